// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/networks.hpp>

#include <teranga/train/data_opening.hpp>
#include <teranga/train/weight_constraints.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {

namespace {

// What to type for a phase that trains nothing.
std::string what_may_learn(const recipe::Recipe& recipe, const recipe::PhaseRecipe& phase) {
  for (const recipe::LayerRecipe& layer : recipe.layers)
    if (!layer.trainable && std::ranges::find(phase.train, layer.network) != phase.train.end()) return fmt::format("trainable = true in the layer \"{}\"", layer.name);
  return "leave the phase out";
}

// What layers ask of their updates.
void set_constraints(recipe::PhaseRecipe& phase, const recipe::Recipe& recipe) {
  for (const recipe::LayerRecipe& layer : recipe.layers) phase.optimizer.constraints.insert(phase.optimizer.constraints.end(), layer.constraints.begin(), layer.constraints.end());
}

// Learning rates of some layers; and those that are meant for a smaller batch, or for a larger one.
void set_rates(recipe::PhaseRecipe& phase, const recipe::TrainingRecipe& training, std::int64_t samples) {
  phase.optimizer.layer_rates = training.layer_rates;
  if (!training.base_batch_size) return;
  recipe::OptimizerRecipe& optimizer = phase.optimizer;
  optimizer.rate_factor = static_cast<double>(training.batch_size * training.accumulate) / static_cast<double>(*training.base_batch_size);
  if (optimizer.rate_factor <= 1 || optimizer.warmup_steps > 0) return;
  const std::int64_t batches = training.steps_per_epoch.value_or((samples + training.batch_size - 1) / training.batch_size);
  const std::int64_t updates = (batches + training.accumulate - 1) / training.accumulate * phase.steps / phase.every;
  optimizer.warmup_steps = 5 * updates;
  optimizer.warmup_from = 1 / optimizer.rate_factor;
}

std::vector<std::string> names_of_parameters(const std::string& layer, const model::ParameterStore& store) {
  std::vector<std::string> out;
  for (const model::Parameter& p : store.parameters())
    if (p.name.starts_with(layer + "/"))
      if (std::string name = p.name.substr(p.name.rfind('/') + 1); std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
  return out;
}

// Constraints of parameters and axes that there are not.
void check_constraints(const recipe::Recipe& recipe, const model::ParameterStore& store) {
  recipe::Diagnostics found = recipe.diagnostics();
  for (const recipe::LayerRecipe& layer : recipe.layers)
    for (const recipe::WeightConstraint& constraint : layer.constraints) {
      const std::string who = fmt::format("\"{}_constraint\" of layer \"{}\"", constraint.parameter, layer.name);
      const std::vector<std::size_t> parameters = parameters_of(constraint, store);
      if (parameters.empty()) {
        const std::vector<std::string> names = names_of_parameters(layer.name, store);
        if (names.empty()) found.add(constraint.position, fmt::format("{}: the layer has no weights of its own", who), fmt::format("leave out {}_constraint", constraint.parameter));
        else found.add(constraint.position, fmt::format("{}: the layer has no weights \"{}\"; it has {}", who, constraint.parameter, fmt::join(names, ", ")), fmt::format("{}_constraint", nearest_name(constraint.parameter, names).value_or(names.front())));
      }
      for (const std::size_t index : parameters) {
        const auto rank = static_cast<std::int64_t>(store.parameters()[index].shape.size());
        for (const std::int64_t axis : constraint.axis)
          if (axis < -rank || axis >= rank) found.add(constraint.position, fmt::format("{}: there is no axis {} in the shape {} of \"{}\"", who, axis, to_string(store.parameters()[index].shape), store.parameters()[index].name), "axis = 0");
      }
    }
  found.throw_if_any();
}

}  // namespace

void PhaseNetwork::set_class_weights(const std::vector<double>& weights) const {
  network->set_class_weights(weights);
  for (const auto& one : shorter) one->set_class_weights(weights);
}

Networks::Networks(const recipe::Recipe& recipe, const data::Source& source, const host::Registry& registry, Team& team) {
  const std::vector<model::Field> fields = fields_of(source);
  if (recipe.phases.empty()) {
    phases_.push_back({recipe::phases_of(recipe).front(), std::make_unique<model::Network>(recipe, fields, registry, team)});
    add_shorter(recipe, source, registry, team);
    set_rates(phases_.front().recipe, recipe.training, source.count(data::Part::training));
    set_constraints(phases_.front().recipe, recipe);
    check_constraints(recipe, store());
    return;
  }
  all_ = std::make_unique<model::Network>(recipe::unfold_networks(recipe), fields, registry, team);
  if (const auto& rows = store().row_states().states(); !rows.empty()) {
    recipe::Diagnostics found = recipe.diagnostics();
    const recipe::LayerRecipe* const keeper = recipe.find_layer(rows.front().layer);
    const bool persists = keeper && find_option(keeper->options, "persistent");
    found.add(keeper ? keeper->position : recipe.phases.front().position,
              fmt::format("the layer \"{}\" is stateful, which layers of a recipe with phases cannot be: several updates would go on from one state", rows.front().layer), persists ? "persistent = false" : "stateful = false");
    found.throw_if_any();
  }
  for (const recipe::PhaseRecipe& phase : recipe.phases) {
    phases_.push_back({phase, std::make_unique<model::Network>(recipe::unfold(recipe, phase), fields, registry, team, all_->shared_store())});
    if (!phases_.back().network->trained().empty()) continue;
    recipe::Diagnostics found = recipe.diagnostics();
    found.add(phase.position, fmt::format("the phase \"{}\" trains nothing: no layer of its networks has weights that learn", phase.name), what_may_learn(recipe, phase));
    found.throw_if_any();
  }
  add_shorter(recipe, source, registry, team);
  for (PhaseNetwork& phase : phases_) set_rates(phase.recipe, recipe.training, source.count(data::Part::training)), set_constraints(phase.recipe, recipe);
  check_constraints(recipe, store());
  for (std::size_t bucket = 0; bucket < source.bucket_count(); ++bucket) {
    std::vector<model::Network*> networks;
    for (const PhaseNetwork& phase : phases_) networks.push_back(&phase.of(bucket));
    model::Network::share_values(networks);
  }
}

// The same layers on shorter samples: same weights, same order of all sums, and the same rows of tables that lookups touch.
void Networks::add_shorter(const recipe::Recipe& recipe, const data::Source& source, const host::Registry& registry, Team& team) {
  for (PhaseNetwork& phase : phases_)
    for (std::size_t bucket = 0; bucket + 1 < source.bucket_count(); ++bucket) {
      auto network = std::make_unique<model::Network>(recipe.phases.empty() ? recipe : recipe::unfold(recipe, phase.recipe), fields_of(source, bucket), registry, team, layers().shared_store());
      if (network->sum_count() != phase.network->sum_count()) {
        recipe::Diagnostics found = recipe.diagnostics();
        const std::vector<model::MetricFacts> here = network->metrics(), whole = phase.network->metrics();
        const auto [at, other] = std::ranges::mismatch(here, whole, {}, &model::MetricFacts::sum_count, &model::MetricFacts::sum_count);
        found.add(phase.recipe.position, fmt::format("the metric \"{}\" adds up {} numbers for samples of {} steps and {} for longer ones, which cannot go together", at->name, at->sum_count, source.buckets()[bucket], other->sum_count),
                  fmt::format("leave out the metric \"{}\", or leave out buckets in [data]", at->name));
        found.throw_if_any();
      }
      phase.shorter.push_back(std::move(network));
    }
}

double Networks::step_flops(std::optional<std::int64_t> epoch) const {
  double sum = 0;
  bool before = false;  // whether a phase before this one runs in every step
  for (const PhaseNetwork& phase : phases_) {
    if (epoch && phase.recipe.to_epoch && *phase.recipe.to_epoch <= *epoch) continue;
    const model::Summary one = phase.network->summary(0);
    sum += (one.step_flops - (before ? one.taken_flops : 0)) * static_cast<double>(phase.recipe.steps) / static_cast<double>(phase.recipe.every);
    before = before || phase.recipe.every == 1;
  }
  return sum;
}

model::Summary Networks::summary(std::optional<std::int64_t> rows) {
  model::Summary out = layers().summary(0);
  out.step_flops = step_flops();
  std::size_t most = out.bytes_per_rank;  // they share the store, and run in the same memory
  for (const PhaseNetwork& phase : phases_) {
    const model::Summary whole = phase.network->summary(rows);
    most = std::max(most, whole.bytes_per_rank);
    for (const auto& one : phase.shorter) most = std::max(most, one->summary(rows).bytes_per_rank);
    out.slice_rows = whole.slice_rows;
  }
  out.bytes_per_rank = most;
  return out;
}

std::vector<model::MetricFacts> Networks::metrics() const {
  std::vector<model::MetricFacts> out;
  for (const PhaseNetwork& phase : phases_)
    for (model::MetricFacts& metric : phase.network->metrics()) {
      metric.name = phase.named(metric.name);
      out.push_back(std::move(metric));
    }
  return out;
}

void set_weights(model::Network& network, const checkpoint::Snapshot& snapshot, const std::string& from) {
  network.store().set_parameters(snapshot.parameters, from);
  network.store().set_states(snapshot.states, from);
}

}  // namespace teranga::train
