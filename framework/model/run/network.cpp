// SPDX-License-Identifier: Apache-2.0
#include <teranga/model/network.hpp>

#include "graph/objective.hpp"
#include "plan/shared_values.hpp"
#include "run/executor.hpp"
#include "run/own_fields.hpp"

#include <teranga/recipe/catalogue.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::model {
namespace {

constexpr double slice_work = 16e6;        // of a slice's whole step, and half of it at the least: so that its fixed costs vanish
constexpr double element_work = 60;        // operations in the time that a number takes from layer to layer and its gradient back
constexpr std::int64_t least_slice = 8;    // samples: matrix products of fewer rows are slow
constexpr std::int64_t most_slices = 64;
constexpr std::int64_t tile_rows = 4;      // samples that kernels take at once, at least: a slice that ends within a tile pays for all of it

// What one sample costs a step, in operations: those that layers name, and for every number that a layer makes the time of reading and writing it there
// and back.
double sample_work(const Graph& graph) {
  double work = 0;
  for (const auto& node : graph.nodes) {
    for (const CallFacts& call : node->facts.calls) work += call.flops;
    for (const OutputPort& output : node->facts.outputs)
      if (!node->is_input()) work += element_work * static_cast<double>(element_count(output.shape));
  }
  return work;
}

std::int64_t cut_up(std::int64_t batch, std::int64_t slices) { return (batch + slices - 1) / slices; }

// So many rows that there are 1, 2, 4, 8, 16 ... slices: equal shares for as many threads. Nine slices keep one of two threads busy for five of them, and
// one of four for three. More slices sooner than fewer, unless they would be too short.
std::int64_t in_equal_shares(std::int64_t rows, std::int64_t batch) {
  const auto slices = static_cast<std::uint64_t>(cut_up(batch, rows));
  const auto more = static_cast<std::int64_t>(std::bit_ceil(slices)), fewer = static_cast<std::int64_t>(std::bit_floor(slices));
  return cut_up(batch, cut_up(batch, more) >= std::min(batch, least_slice) ? more : fewer);
}

// A function of the recipe and its shapes alone: neither of ranks nor of threads.
std::int64_t choose_slice(const recipe::Recipe& recipe, const Graph& graph) {
  if (const std::int64_t rows = recipe::rows_in_order(recipe.training)) return rows;
  if (recipe.training.slice > 0) return recipe.training.slice;
  const std::int64_t batch = recipe.training.batch_size;
  const double work = std::max(sample_work(graph), 1.0);
  const auto by_work = static_cast<std::int64_t>(std::min(std::ceil(slice_work / work), static_cast<double>(batch)));
  const std::int64_t rows = in_equal_shares(std::max({std::int64_t{1}, std::min(batch, least_slice), by_work, cut_up(batch, most_slices)}), batch);
  const std::int64_t whole_tiles = cut_up(rows, tile_rows) * tile_rows;
  return 10 * whole_tiles <= 11 * rows ? std::min(batch, whole_tiles) : rows;  // unless that unbalances the shares
}

}  // namespace

struct Network::Impl {
  std::vector<Field> fields;
  Graph graph;
  Objective objective;
  std::shared_ptr<ParameterStore> store;
  ParameterIndex parameter_index;
  std::vector<std::size_t> trained;
  std::vector<int> updated_states;
  OwnFields own;
  PlanContext context;
  SharedPart shared_part;
  std::int64_t batch_size;
  std::map<std::pair<std::int64_t, Purpose>, std::unique_ptr<Executor>> executors;
  std::vector<std::unique_ptr<ComparePlan<trg_metric_calls>>> metric_plans;
  Work planning, drawing;  // of the profile
  PassTicks passes;

  Impl(const recipe::Recipe& recipe, std::vector<Field> fields_, const host::Registry& registry, Team& team, ElementType compute, std::shared_ptr<ParameterStore> shared)
      : fields(std::move(fields_)),
        graph(build_graph(recipe, fields, registry, compute)),
        objective(build_objective(recipe, graph, fields, registry, compute)),
        store(shared ? std::move(shared) : std::make_shared<ParameterStore>(graph, registry, static_cast<std::uint64_t>(recipe.training.seed), compute)),
        parameter_index(index_in_store(recipe)),
        own(fields, entering(graph)),
        context{graph, objective, fields, *store, parameter_index, team, compute, choose_slice(recipe, graph), {}},
        batch_size(recipe.training.batch_size) {
    context.in_order = recipe.training.reproducible;
    context.passes = &passes;
    context.guards = std::getenv("TERANGA_CHECK_PLUGINS") != nullptr;
    for (const MetricUse& use : objective.metrics) {
      const CompareQuestion question(compute, graph.port(use.prediction), &fields[static_cast<std::size_t>(use.target)], 1, nullptr);
      metric_plans.push_back(std::make_unique<ComparePlan<trg_metric_calls>>(*use.metric, question.native()));
    }
    find_trained();
    refuse_unlearnt(recipe);
  }

  // The field of each input layer.
  static std::vector<std::size_t> entering(const Graph& graph) {
    std::vector<std::size_t> out;
    for (const auto& node : graph.nodes)
      if (node->is_input()) out.push_back(static_cast<std::size_t>(node->field));
    return out;
  }

  // Weights that were made for samples of another length, or for another input than a call gives, have other shapes where those go with it.
  ParameterIndex index_in_store(const recipe::Recipe& recipe) const {
    ParameterIndex out = store->parameter_index(graph);
    recipe::Diagnostics diagnostics = recipe.diagnostics();
    const auto of_sample = [](const Shape& shape) { return to_string(Shape(shape.begin() + 1, shape.end())); };
    const bool of_calls = std::any_of(recipe.layers.begin(), recipe.layers.end(), [](const recipe::LayerRecipe& layer) { return !layer.copy_of.empty(); });
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const Node& node = *graph.nodes[n];
      const auto compare = [&](const auto& kept, const Shape& needed) {
        if (kept.shape == needed) return;
        if (of_calls)
          diagnostics.add(node.position, fmt::format("{} has weights whose shape depends on that of its input: \"{}\" is {} where its network runs by itself, and {} for the input {} that it gets here", node.who(), kept.name, to_string(kept.shape),
                                                     to_string(needed), of_sample(graph.port(node.inputs[0]).shape)),
                          takes_data(recipe, call_of(node)) ? "end the network with a pooling over the steps or with the last step of a recurrent layer, or leave out buckets"
                                                            : fmt::format("let what enters \"{}\" have the shape that the network's own input layer has", call_of(node)));
        else diagnostics.add(node.position,
                        fmt::format("{} has weights that depend on the length of the samples: \"{}\" is {} for those of the longest bucket, and {} for those of {}", node.who(), kept.name, to_string(kept.shape),
                                    to_string(needed), lengths_text()),
                        "end the network with a pooling over the steps or with the last step of a recurrent layer, or leave out buckets");
      };
      for (std::size_t i = 0; node.weights_of < 0 && i < node.facts.parameters.size(); ++i) compare(store->parameters()[static_cast<std::size_t>(out.parameters[n][i])], node.facts.parameters[i].shape);
      for (std::size_t i = 0; i < node.facts.states.size(); ++i)
        if (node.facts.states[i].kind != TRG_ROW) compare(store->states()[static_cast<std::size_t>(out.states[n][i])], node.facts.states[i].shape);
    }
    diagnostics.throw_if_any();
    return out;
  }

  static std::string call_of(const Node& node) { return node.name.substr(0, node.name.find('/')); }
  static bool takes_data(const recipe::Recipe& recipe, const std::string& call) {
    return std::any_of(recipe.layers.begin(), recipe.layers.end(), [&](const recipe::LayerRecipe& layer) { return layer.network == call && recipe::short_type(layer.type) == "input" && recipe::origin_of(&layer) == "data"; });
  }

  // "x (32)"
  std::string lengths_text() const {
    std::vector<std::string> out;
    for (const Field& field : fields)
      if (field.role == Role::feature && field.origin == Origin::data) out.push_back(fmt::format("{} {}", field.name, to_string(field.shape)));
    return fmt::format("{}", fmt::join(out, ", "));
  }

  void find_trained() {
    std::set<std::size_t> parameters;
    std::set<int> states;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const Node& node = *graph.nodes[n];
      if (!node.trainable) continue;
      for (const int index : parameter_index.parameters[n])
        if (store->parameters()[static_cast<std::size_t>(index)].trainable) parameters.insert(static_cast<std::size_t>(index));
      for (std::size_t i = 0; node.calls && node.calls->update_state && i < parameter_index.states[n].size(); ++i)
        if (node.facts.states[i].kind != TRG_ROW) states.insert(parameter_index.states[n][i]);
    }
    trained.assign(parameters.begin(), parameters.end());
    updated_states.assign(states.begin(), states.end());
  }

  Executor& executor(std::int64_t rows, Purpose purpose) {
    auto& slot = executors[{rows, purpose}];
    if (!slot) slot = std::make_unique<Executor>(context, rows, purpose);
    return *slot;
  }

  // A layer that no gradient reaches would stay as it was drawn, silently.
  void refuse_unlearnt(const recipe::Recipe& recipe) {
    if (objective.terms.empty()) return;
    const auto probe = make_schedule(context, 1, Purpose::training);
    const std::set<int> judged = nodes_before_losses();
    recipe::Diagnostics diagnostics = recipe.diagnostics();
    for (const int n : probe->layout.unlearnt) {
      if (const Node* wall = without_backward_behind(n))
        throw Error(ExitCode::plugin, fmt::format("{}: its table of calls has no backward (in C++: template <class T> void backward(const sdk::Slice<T>&) const), so no gradient passes through it, and {} would never learn", wall->who(), graph.at(n).who()));
      diagnostics.add(graph.at(n).position, fmt::format("{} would never learn: no gradient of the loss reaches it", graph.at(n).who()),
                      judged.contains(n) ? "behind an activation \"step\" of the last layer use the loss type = \"perceptron\"; else set trainable = false"
                                         : "let another layer take its output, so that it reaches the loss, or set trainable = false");
    }
    diagnostics.throw_if_any();
  }

  // The first layer that would have to pass a gradient on to that one, and has no call for it.
  const Node* without_backward_behind(int node) const {
    std::vector<bool> wanted(graph.nodes.size());
    wanted[static_cast<std::size_t>(node)] = true;
    for (std::size_t n = static_cast<std::size_t>(node) + 1; n < graph.nodes.size(); ++n) {
      const Node& behind = *graph.nodes[n];
      for (std::size_t i = 0; i < behind.inputs.size(); ++i) {
        if (!wanted[static_cast<std::size_t>(behind.inputs[i].node)] || (behind.facts.input_flags[i] & TRG_NO_GRADIENT)) continue;
        if (!behind.calls->backward) return &behind;
        wanted[n] = true;
      }
    }
    return nullptr;
  }

  // What the losses judge, and all that it is made of.
  std::set<int> nodes_before_losses() const {
    std::set<int> judged;
    std::vector<int> open;
    for (const LossTerm& term : objective.terms) open.push_back(term.shown.node);
    while (!open.empty()) {
      const int n = open.back();
      open.pop_back();
      if (!judged.insert(n).second) continue;
      for (const Source& source : graph.at(n).inputs) open.push_back(source.node);
    }
    return judged;
  }
};

Network::Network(const recipe::Recipe& recipe, std::vector<Field> fields, const host::Registry& registry, Team& team, ElementType compute)
    : impl_(std::make_unique<Impl>(recipe, std::move(fields), registry, team, compute, nullptr)) {
  // Layers of an unfolded recipe may be used otherwise by other phases. In the order of the samples, the gradients of tables are added up as others are.
  if (!impl_->context.in_order && std::all_of(recipe.layers.begin(), recipe.layers.end(), [](const recipe::LayerRecipe& layer) { return layer.copy_of.empty(); })) impl_->store->find_touched(impl_->graph);
}
Network::Network(const recipe::Recipe& recipe, std::vector<Field> fields, const host::Registry& registry, Team& team, std::shared_ptr<ParameterStore> store)
    : impl_(std::make_unique<Impl>(recipe, std::move(fields), registry, team, store->type(), store)) {}
Network::~Network() = default;

ParameterStore& Network::store() noexcept { return *impl_->store; }
std::shared_ptr<ParameterStore> Network::shared_store() noexcept { return impl_->store; }
const std::vector<std::size_t>& Network::trained() const noexcept { return impl_->trained; }
PassTicks Network::pass_ticks() const noexcept { return impl_->passes; }
const std::vector<int>& Network::updated_states() const noexcept { return impl_->updated_states; }
std::int64_t Network::rows_in_order() const noexcept { return impl_->context.in_order ? impl_->context.slice_rows : 0; }
void Network::commit() {
  impl_->store->commit(impl_->updated_states);
  impl_->store->row_states().swap(Purpose::training);
}
const std::vector<Field>& Network::fields() const noexcept { return impl_->fields; }

std::vector<std::size_t> Network::inputs() const {
  std::vector<std::size_t> out = Impl::entering(impl_->graph);
  std::erase_if(out, [&](std::size_t field) { return impl_->fields[field].role == Role::target; });
  return out;
}

std::vector<std::size_t> Network::targets() const {
  std::vector<std::size_t> out;
  for (const LossTerm& term : impl_->objective.terms)
    if (term.target >= 0) out.push_back(static_cast<std::size_t>(term.target));
  return out;
}

namespace {

// The node whose option is the length of the output's last axis, and the option: behind it stand only nodes without weights that keep this axis.
std::pair<std::string, std::string> size_of_output(const Graph& graph, Source output) {
  const std::int64_t width = graph.port(output).shape.back();
  for (;;) {
    const Node& node = graph.at(output.node);
    for (const Option& option : node.options)
      if ((option.name == "units" || option.name == "filters") && option.value.is<std::int64_t>() && option.value.as<std::int64_t>() == width) return {node.states_name, option.name};
    if (node.inputs.size() != 1 || !node.facts.parameters.empty() || graph.port(node.inputs[0]).shape.back() != width) return {};
    output = node.inputs[0];
  }
}

}  // namespace

std::vector<LossTarget> Network::loss_targets() const {
  std::vector<LossTarget> out;
  for (const LossTerm& term : impl_->objective.terms) {
    if (term.target < 0) continue;
    const Node& maker = impl_->graph.at(term.shown.node);
    LossTarget one;
    one.loss = recipe::short_type(term.loss->item().name);
    one.position = term.position;
    one.field = static_cast<std::size_t>(term.target);
    one.output = impl_->graph.port(term.shown).shape;
    one.output.erase(one.output.begin());
    one.layer = maker.sugar ? impl_->graph.at(maker.inputs[0].node).name : maker.name;
    if (term.behind_activation) one.activation = recipe::short_type(maker.item_name), one.by_option = maker.activation.has_value();
    std::tie(one.sized_layer, one.size_option) = size_of_output(impl_->graph, term.shown);
    one.targets = term.targets;
    one.ignored = term.ignored;
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<LookedUp> Network::looked_up() const {
  std::vector<LookedUp> out;
  for (const auto& node : impl_->graph.nodes)
    for (const ParameterFacts& p : node->facts.parameters) {
      if (p.touched_by < 0 || p.touched_by >= static_cast<int>(node->inputs.size())) continue;
      const Node& ids = impl_->graph.at(node->inputs[static_cast<std::size_t>(p.touched_by)].node);
      if (!ids.is_input() || impl_->fields[static_cast<std::size_t>(ids.field)].origin != Origin::data) continue;
      const auto option = std::ranges::find_if(node->options, [&](const Option& one) { return one.value.is<std::int64_t>() && one.value.as<std::int64_t>() == p.shape[0]; });
      out.push_back({node->name, std::string(recipe::short_type(node->item_name)), static_cast<std::size_t>(ids.field), p.shape[0], option == node->options.end() ? "" : option->name, node->position});
    }
  return out;
}

std::vector<MetricFacts> Network::metrics() const {
  std::vector<MetricFacts> out;
  for (const MetricUse& use : impl_->objective.metrics) out.push_back({use.name, use.metric->item().name, use.direction, use.sum_count});
  return out;
}

std::size_t Network::sum_count() const noexcept { return impl_->objective.sum_count(); }

double Network::metric_value(std::size_t metric, std::span<const double> sums) const {
  std::size_t at = impl_->objective.terms.size();
  for (std::size_t m = 0; m < metric; ++m) at += static_cast<std::size_t>(impl_->objective.metrics[m].sum_count);
  const MetricUse& use = impl_->objective.metrics[metric];
  double value = 0;
  use.metric->guard("value", [&](trg_error* error) { return use.metric->calls().value(impl_->metric_plans[metric]->handle(), sums.data() + at, &value, error); });
  return value;
}

std::size_t Network::loss_terms() const noexcept { return impl_->objective.terms.size(); }

Summary Network::summary(std::optional<std::int64_t> rows) {
  Summary out;
  const Graph& graph = impl_->graph;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = *graph.nodes[n];
    LayerSummary layer;
    layer.name = node.name;
    layer.type = node.item_name;
    layer.output.assign(node.facts.outputs[0].shape.begin() + 1, node.facts.outputs[0].shape.end());
    for (const Source& source : node.inputs) layer.inputs.push_back(graph.at(source.node).name);
    layer.flops = node.facts.calls[TRG_FORWARD].flops;
    layer.borrows = node.weights_of >= 0;
    const bool made_before = n < impl_->shared_part.made_before.size() && impl_->shared_part.made_before[n];
    bool learns = false;
    for (const ParameterFacts& p : node.facts.parameters) {
      const bool trained = p.trainable && node.trainable;
      learns = learns || trained;
      if (layer.borrows) continue;
      layer.parameters += element_count(p.shape);
      if (trained) layer.trainable += element_count(p.shape);
    }
    for (const StateFacts& s : node.facts.states) out.states += element_count(s.shape) * (s.kind == TRG_ROW ? impl_->batch_size * node.fold : 1);
    out.parameters += layer.parameters;
    out.trainable += layer.trainable;
    // The first layers need no gradient of their inputs; those that carry run backward all the same.
    if (made_before) out.taken_flops += node.facts.calls[TRG_FORWARD].flops;
    out.step_flops += node.facts.calls[TRG_FORWARD].flops + (node.runs_backward ? node.facts.calls[TRG_BACKWARD].flops : 0) + (learns ? node.facts.calls[TRG_BACKWARD_PARAMS].flops : 0);
    out.layers.push_back(std::move(layer));
  }
  out.step_flops *= static_cast<double>(impl_->batch_size);
  out.taken_flops *= static_cast<double>(impl_->batch_size);
  out.slice_rows = impl_->context.slice_rows;
  const std::size_t element = size_of(impl_->context.compute);
  out.bytes_per_rank = (impl_->store->elements() + impl_->store->trainable_elements() + 2 * impl_->store->state_elements()) * element;
  for (const RowState& s : impl_->store->row_states().states()) out.bytes_per_rank += 2 * s.bytes * static_cast<std::size_t>(rows.value_or(impl_->batch_size));
  if (rows == 0) return out;
  const auto probe = make_schedule(impl_->context, rows.value_or(impl_->batch_size), impl_->objective.terms.empty() ? Purpose::prediction : Purpose::training);
  out.bytes_per_rank += probe->memory.bytes + probe->derived_bytes();
  if (const auto& shared = impl_->shared_part.shared) out.bytes_per_rank += shared->offset(shared->values.size(), rows.value_or(impl_->batch_size));
  return out;
}

void Network::set_class_weights(std::vector<double> weights) { impl_->context.class_weights = std::move(weights); }

void Network::share_values(std::span<Network* const> networks) {
  std::vector<SharedSource> sources;
  for (const Network* network : networks) sources.push_back({network->impl_->graph, network->impl_->objective, network->impl_->parameter_index, network->impl_->trained, network->impl_->context.slice_rows});
  std::vector<SharedPart> parts = find_shared(sources, networks.front()->impl_->fields);
  for (std::size_t k = 0; k < networks.size(); ++k) {
    Impl& impl = *networks[k]->impl_;
    impl.shared_part = std::move(parts[k]);
    impl.context.shared = impl.shared_part.shared ? &impl.shared_part : nullptr;
  }
}

void Network::set_gradient_buckets(GradientBuckets buckets) {
  std::erase_if(impl_->executors, [](const auto& entry) { return entry.first.second == Purpose::training; });
  impl_->context.buckets = std::move(buckets);
}

void Network::set_profile(Profile& profile, const std::string& prefix) {
  impl_->context.profile = &profile;
  impl_->context.profile_prefix = prefix;
  impl_->planning.row = profile.row(prefix + "plans", Pass::prepare);
  if (!impl_->own.all_of_data()) impl_->drawing.row = profile.row(prefix + "own inputs", Pass::data);
}

void Network::train(const Batch& batch, const Step& step, std::span<double> sums) {
  if (batch.rows == 0) {
    impl_->store->clear_touched(impl_->context.team);
    std::memset(impl_->store->gradients(), 0, impl_->store->trainable_elements() * size_of(impl_->store->type()));
    if (step.hooks) impl_->executor(0, Purpose::training).run(batch, step, sums);
    return;
  }
  const Ticks from = ticks_now();
  LapTimer lap(impl_->context.profile, 0);
  const Batch all = impl_->own.complete(batch, step.random_key, impl_->context.team);
  lap.done(impl_->drawing);
  const std::size_t known = impl_->executors.size();
  Executor& executor = impl_->executor(batch.rows, Purpose::training);
  if (impl_->executors.size() > known) lap.done(impl_->planning);
  impl_->passes.forward += ticks_now() - from;
  executor.run(all, step, sums);
}

void Network::begin_pass() {
  for (const Purpose walk : {Purpose::evaluation, Purpose::prediction}) impl_->store->row_states().end(walk);
}

void Network::evaluate(const Batch& batch, const Step& step, std::span<double> sums) {
  if (batch.rows == 0) {
    if (step.hooks) impl_->executor(0, Purpose::evaluation).run(batch, step, sums);
    return;
  }
  const Batch all = impl_->own.complete(batch, step.random_key, impl_->context.team);
  impl_->executor(batch.rows, Purpose::evaluation).run(all, step, sums);
}

std::span<const float> Network::predict(const Batch& batch, Shape& shape, const Step& step) {
  const Source output = impl_->graph.outputs.front();
  shape = impl_->graph.port(output).shape;
  shape[0] = batch.rows;
  if (batch.rows == 0) return {};
  Executor& executor = impl_->executor(batch.rows, Purpose::prediction);
  const Batch all = impl_->own.complete(batch, step.random_key, impl_->context.team);
  executor.run(all, {step.random_key}, {});
  return {static_cast<const float*>(executor.value(output)), static_cast<std::size_t>(element_count(shape))};
}

std::string Network::first_not_finite(const Batch& batch, const Step& step) {
  if (batch.rows == 0) return {};
  const Batch all = impl_->own.complete(batch, step.random_key, impl_->context.team);
  const int node = impl_->executor(batch.rows, Purpose::training).first_not_finite(all, {step.random_key});
  return node < 0 ? std::string() : impl_->graph.at(node).name;
}

}  // namespace teranga::model
