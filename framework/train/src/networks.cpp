// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/networks.hpp>

#include <fmt/format.h>

namespace teranga::train {

Networks::Networks(const recipe::Recipe& recipe, const std::vector<model::Field>& fields, const host::Registry& registry, Team& team) {
  if (recipe.phases.empty()) {
    phases_.push_back({recipe::phases_of(recipe).front(), std::make_unique<model::Network>(recipe, fields, registry, team)});
    return;
  }
  all_ = std::make_unique<model::Network>(recipe::unfold_networks(recipe), fields, registry, team);
  if (const auto& rows = store().row_states().states(); !rows.empty()) {
    recipe::Diagnostics found = recipe.diagnostics();
    found.add(recipe.find_layer(rows.front().layer) ? recipe.find_layer(rows.front().layer)->position : recipe.phases.front().position,
              fmt::format("the layer \"{}\" is stateful, which layers of a recipe with phases cannot be: several updates would go on from one state", rows.front().layer), "stateful = false");
    found.throw_if_any();
  }
  for (const recipe::PhaseRecipe& phase : recipe.phases) {
    phases_.push_back({phase, std::make_unique<model::Network>(recipe::unfold(recipe, phase), fields, registry, team, all_->shared_store())});
    if (!phases_.back().network->trained().empty()) continue;
    recipe::Diagnostics found = recipe.diagnostics();
    found.add(phase.position, fmt::format("the phase \"{}\" trains nothing: no layer of its networks has weights that learn", phase.name), "leave the phase out, or trainable = true");
    found.throw_if_any();
  }
}

model::Summary Networks::summary(std::optional<std::int64_t> rows) {
  if (!all_) return layers().summary(rows);
  model::Summary out = all_->summary(0);
  out.step_flops = 0;
  for (const PhaseNetwork& phase : phases_) {
    const model::Summary whole = phase.network->summary(rows);
    out.step_flops += whole.step_flops * static_cast<double>(phase.recipe.steps) / static_cast<double>(phase.recipe.every);
    out.bytes_per_rank += whole.bytes_per_rank - phase.network->summary(0).bytes_per_rank;
    out.slice_rows = whole.slice_rows;
  }
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

}  // namespace teranga::train
