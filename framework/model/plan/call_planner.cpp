// SPDX-License-Identifier: Apache-2.0
#include "plan/call_planner.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace teranga::model {
namespace {

constexpr double range_work = 4e6;  // operations of one range: enough to make its call worth it
constexpr double lookup_work = 8;   // operations in the time in which a table gets one number of a gradient: it lies anywhere
constexpr std::int64_t most_ranges = 64;
constexpr std::int64_t narrowest_range = 128;  // of the axis, for ranges of values: products of fewer columns are slow where weights come from memory

const char* call_name(std::int32_t which) { return which == TRG_FORWARD ? "forward" : which == TRG_BACKWARD ? "backward" : "backward_params"; }

std::int32_t rank_of(const Shape& shape) { return static_cast<std::int32_t>(shape.size()); }

}  // namespace

void CallPlanner::plan() {
  plan_sums();
  plan_derived();
  plan_stages();
  if (schedule_.training()) plan_state_updates();
  if (schedule_.has_losses) plan_losses();
}

void CallPlanner::plan_sums() {
  for (std::size_t n = 0; n < layout_.nodes.size(); ++n)
    for (std::size_t which = 0; which < 2; ++which) {
      first_sums_.push_back(static_cast<int>(schedule_.sums.size()));
      if (context_.graph.nodes[n]->is_input()) continue;
      const CallFacts& call = schedule_.plans->full(static_cast<int>(n)).answer().calls[which];
      for (const std::int64_t count : call.sums) schedule_.sums.push_back({count, call.synchronised || context_.in_order});
    }
}

void CallPlanner::plan_derived() {
  for (std::size_t n = 0; n < context_.graph.nodes.size(); ++n) {
    const Node& node = *context_.graph.nodes[n];
    if (!node.calls || !node.calls->derive) continue;
    for (const NodePlan* plan : schedule_.plans->all_of(n)) {
      const std::size_t bytes = plan->answer().buffers[TRG_DERIVED].size(0);
      if (!bytes) continue;
      DerivedWeights& derived = schedule_.derived.emplace_back(DerivedWeights{static_cast<int>(n), plan, bytes, {}});
      for (std::size_t i = 0; i < plan->answer().parameters.size(); ++i)
        derived.parameters.push_back(weights(context_.store.parameters()[static_cast<std::size_t>(context_.parameter_index.parameter_of(static_cast<int>(n), static_cast<int>(i)))]));
    }
  }
}

void CallPlanner::plan_stages() {
  bool sliced = false;
  for (const Stage& stage : layout_.stages) {
    ScheduledStage planned = plan_stage(stage);
    const bool first_of_slices = stage.granularity == TRG_SLICE && !std::exchange(sliced, true);
    planned.clears_partials = first_of_slices && schedule_.gradients.partial_bytes > 0;
    planned.finds_rows = first_of_slices && !schedule_.gradients.lookups.empty();
    schedule_.stages.push_back(std::move(planned));
  }
}

ScheduledStage CallPlanner::plan_stage(const Stage& stage) {
  ScheduledStage planned;
  planned.granularity = stage.granularity;
  planned.evaluates_loss = stage.evaluates_loss;
  planned.buckets = stage.buckets;
  for (const Op& op : stage.reductions) planned.reductions.push_back(sums_of(op.node, op.which, op.pass));
  for (const Op& op : stage.ops) planned.ops.push_back(plan_op(op));
  if (stage.granularity != TRG_RANGE) return planned;
  for (std::size_t op = 0; op < planned.ops.size(); ++op)
    for (std::size_t range = 0; range < planned.ops[op].calls.size(); ++range) planned.items.emplace_back(op, range);
  std::ranges::stable_sort(planned.items, {}, [&](const auto& item) {
    return context_.team.owner(static_cast<std::int64_t>(item.second), static_cast<std::int64_t>(planned.ops[item.first].calls.size()));
  });
  return planned;
}

ScheduledOp CallPlanner::plan_op(const Op& op) {
  ScheduledOp planned;
  planned.op = op;
  const auto for_each_slice = [&](auto&& make) {
    for (std::size_t s = 0; s < schedule_.slices.size(); ++s) planned.calls.push_back(make(Rows{static_cast<int>(s), schedule_.slices[s].first, schedule_.slices[s].rows}));
  };
  if (op.kind == OpKind::loss) {
    for_each_slice([](const Rows& rows) {
      ScheduledCall call;
      call.slice = rows.slice;
      return call;
    });
    return planned;
  }
  if (op.kind == OpKind::accumulate) {
    for_each_slice([&](const Rows& rows) { return plan_sum(op, rows); });
    return planned;
  }
  const trg_layer_calls& calls = *context_.graph.at(op.node).calls;
  planned.function = op.which == TRG_FORWARD ? calls.forward : op.which == TRG_BACKWARD ? calls.backward : calls.backward_params;
  planned.call_name = call_name(op.which);
  planned.shared = schedule_.shared && schedule_.shared->made_before[static_cast<std::size_t>(op.node)] && op.which == TRG_FORWARD;
  const Rows all{-1, 0, planned_rows_};
  if (op.granularity == TRG_SLICE) {
    for_each_slice([&](const Rows& rows) { return plan_call(op, rows); });
  } else if (op.granularity == TRG_BATCH) {
    planned.calls.push_back(plan_call(op, all));
  } else {
    const CallFacts& facts = schedule_.plans->whole(op.node).answer().calls[static_cast<std::size_t>(op.which)];
    const std::int64_t units = (facts.axis_length + facts.multiple - 1) / facts.multiple, ranges = std::min(ranges_of(op), units);
    for (std::int64_t r = 0; r < ranges; ++r)
      planned.calls.push_back(plan_call(op, all, units * r / ranges * facts.multiple, std::min(facts.axis_length, units * (r + 1) / ranges * facts.multiple)));
  }
  return planned;
}

// A function of the work alone, never of the number of threads.
std::int64_t CallPlanner::ranges_of(const Op& op) const {
  const PlanAnswer& answer = schedule_.plans->whole(op.node).answer();
  const CallFacts& facts = answer.calls[static_cast<std::size_t>(op.which)];
  const bool lookup = std::ranges::any_of(answer.parameters, [](const ParameterFacts& p) { return p.touched_by >= 0; });
  const double work = facts.flops * (lookup ? lookup_work : 1);
  auto ranges = static_cast<std::int64_t>(std::clamp(std::ceil(work / range_work), 1.0, static_cast<double>(most_ranges)));
  if (lookup) ranges = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(ranges)));  // equal shares for 2, 4, 8 threads: each is short
  return op.which == TRG_BACKWARD_PARAMS ? ranges : std::min(ranges, std::max<std::int64_t>(1, facts.axis_length / narrowest_range));
}

ScheduledCall CallPlanner::plan_sum(const Op& op, const Rows& rows) const {
  ScheduledCall call;
  call.slice = rows.slice;
  call.from = at(op.from, rows);
  call.into = at(op.into, rows);
  call.elements = op.row_elements * rows.count;
  return call;
}

ScheduledCall CallPlanner::plan_call(const Op& op, const Rows& samples, std::int64_t range_begin, std::int64_t range_end) {
  const auto n = static_cast<std::size_t>(op.node);
  const NodePlaces& places = layout_.nodes[n];
  Rows rows = samples;
  rows.fold = context_.graph.at(op.node).fold;
  ScheduledCall call;
  call.plan = &schedule_.plans->of(op.node, op.granularity, rows.count);
  call.slice = rows.slice;
  call.first_row = rows.first * rows.fold;
  call.rows = rows.count * rows.fold;
  call.range_begin = range_begin;
  call.range_end = range_end;
  call.fresh = op.which == TRG_BACKWARD_PARAMS && op.granularity == TRG_RANGE && schedule_.gradients.overwrites[n];
  refer_to_tensors(call, op, rows, call.plan->answer());
  if (places.saved >= 0) call.saved = at(places.saved, rows);
  if (places.carry >= 0) call.carry = at(places.carry, rows);
  for (std::size_t d = 0; d < schedule_.derived.size(); ++d)
    if (schedule_.derived[d].plan == call.plan) call.derived = {Arena::derived, static_cast<int>(d), 0};
  if (op.which != TRG_BACKWARD_PARAMS) refer_to_sums(call, op);
  if (context_.guards) refer_to_guards(call, op, rows);
  return call;
}

// Behind what the call writes to in the memory of its slice. What lies in the memory of the batch is one piece for all slices.
void CallPlanner::refer_to_guards(ScheduledCall& call, const Op& op, const Rows& rows) const {
  const NodePlaces& places = layout_.nodes[static_cast<std::size_t>(op.node)];
  if (const BufferFacts& scratch = call.plan->answer().buffers[TRG_SCRATCH]; scratch.size(rows.count) > 0) call.scratch_guard = static_cast<std::ptrdiff_t>(scratch.size(rows.count));
  if (op.granularity != TRG_SLICE) return;
  const auto guard = [&](int storage, const char* what) {
    if (storage < 0) return;
    const Storage& s = layout_.storages[static_cast<std::size_t>(storage)];
    if (s.whole || s.shared >= 0 || s.life.birth < 0) return;
    const std::int64_t bytes = s.bytes_per_row * std::min(planned_rows_, context_.slice_rows) + s.bytes;
    call.guards.emplace_back(BufferRef{Arena::slice, rows.slice, s.life.offset + static_cast<std::size_t>(bytes)}, what);
  };
  if (op.which == TRG_FORWARD) {
    for (const TensorPlace& out : places.outputs) guard(out.storage, "outputs");
    guard(places.saved, "saved memory");
  } else if (op.which == TRG_BACKWARD) {
    for (const Contribution& d : places.d_inputs) guard(d.storage, "gradients of inputs");
    guard(places.carry, "carry memory");
  }
}

void CallPlanner::refer_to_tensors(ScheduledCall& call, const Op& op, const Rows& rows, const PlanAnswer& answer) {
  const Node& node = context_.graph.at(op.node);
  const NodePlaces& places = layout_.nodes[static_cast<std::size_t>(op.node)];
  call.inputs = node.inputs.size(), call.outputs = answer.outputs.size(), call.parameters = answer.parameters.size(), call.states = answer.states.size();
  call.tensors.resize(3 * call.inputs + 3 * call.outputs + 2 * call.parameters + 2 * call.states);
  TensorRef *const in = call.tensors.data(), *const out = in + call.inputs, *const d_in = out + call.outputs, *const d_out = d_in + call.inputs, *const parameters = d_out + call.outputs;
  TensorRef *const states = parameters + 2 * call.parameters, *const masks_in = states + 2 * call.states, *const masks_out = masks_in + call.inputs;
  const auto gradient = [&](const TensorRef& value, int storage, bool given) { return TensorRef{given && storage >= 0 ? at(storage, rows) : BufferRef(), value.shape, value.type}; };
  for (std::size_t i = 0; i < call.inputs; ++i) {
    in[i] = tensor(context_.graph.port(node.inputs[i]), place_of(node.inputs[i]), rows);
    d_in[i] = gradient(in[i], i < places.d_inputs.size() ? places.d_inputs[i].storage : -1, op.which == TRG_BACKWARD);
    d_in[i].type = compute();
    masks_in[i] = mask(node.inputs[i], rows);
    if (op.which != TRG_FORWARD && !(answer.input_flags[i] & TRG_READ_IN_BACKWARD)) in[i].buffer = {Arena::undeclared, 0, 0};
  }
  for (std::size_t i = 0; i < call.outputs; ++i) {
    out[i] = tensor(answer.outputs[i], places.outputs[i], rows);
    d_out[i] = gradient(out[i], places.outputs[i].gradient, op.which != TRG_FORWARD);
    if (answer.outputs[i].mask_rank > 0) masks_out[i] = mask({op.node, static_cast<int>(i)}, rows);
    if (op.which != TRG_FORWARD && !(answer.outputs[i].flags & TRG_READ_IN_BACKWARD)) out[i].buffer = {Arena::undeclared, 0, 0};
  }
  refer_to_parameters(call, op, rows, static_cast<std::size_t>(parameters - in));
  refer_to_states(call, op, rows, answer, static_cast<std::size_t>(states - in));
}

void CallPlanner::refer_to_parameters(ScheduledCall& call, const Op& op, const Rows& rows, std::size_t at) {
  for (std::size_t i = 0; i < call.parameters; ++i) {
    const auto index = static_cast<std::size_t>(context_.parameter_index.parameter_of(op.node, static_cast<int>(i)));
    const Parameter& p = context_.store.parameters()[index];
    TensorRef &value = call.tensors[at + i], &gradient = call.tensors[at + call.parameters + i];
    value = gradient = weights(p);
    gradient.buffer = {};
    if (!schedule_.training() || !p.trainable || op.which != TRG_BACKWARD_PARAMS) continue;
    const auto partial = schedule_.gradients.partials[index];
    gradient.buffer = partial ? BufferRef{Arena::partial, std::max(rows.slice, 0), *partial} : BufferRef{Arena::gradients, 0, value.buffer.offset};
  }
}

void CallPlanner::refer_to_states(ScheduledCall& call, const Op& op, const Rows& rows, const PlanAnswer& answer, std::size_t at) {
  for (std::size_t i = 0; i < call.states; ++i)
    for (const bool next : {false, true})
      call.tensors[at + (next ? call.states : 0) + i] = answer.states[i].kind == TRG_ROW ? row_state(op.node, i, next, rows) : shared_state(op.node, i, next);
}

void CallPlanner::refer_to_sums(ScheduledCall& call, const Op& op) const {
  const int own = sums_of(op.node, op.which, op.pass);
  if (schedule_.sums[static_cast<std::size_t>(own)].count > 0) call.sums = own;
  if (op.pass > 0) call.sums_before = own - 1;
}

void CallPlanner::plan_state_updates() {
  std::set<std::size_t> updated;
  for (std::size_t n = 0; n < context_.graph.nodes.size(); ++n) {
    const Node& node = *context_.graph.nodes[n];
    if (!node.calls || !node.calls->update_state || !node.trainable || schedule_.plans->full(static_cast<int>(n)).answer().states.empty()) continue;
    schedule_.state_updates.push_back(plan_state_update(static_cast<int>(n), updated));
  }
}

StateUpdate CallPlanner::plan_state_update(int n, std::set<std::size_t>& updated) {
  const Node& node = context_.graph.at(n);
  const NodePlan& plan = schedule_.plans->full(n);
  const std::size_t states = plan.answer().states.size();
  StateUpdate update{n, &plan, states, std::vector<TensorRef>(2 * states), -1, schedule_.former_states.size(), 0};
  for (std::size_t i = 0; i < states; ++i) {
    TensorRef& before = update.tensors[i] = shared_state(n, i, false);
    update.tensors[states + i] = shared_state(n, i, true);
    if (node.facts.states[i].kind == TRG_ROW) continue;
    const auto state = static_cast<std::size_t>(context_.parameter_index.state_of(n, static_cast<int>(i)));
    if (updated.insert(state).second) continue;
    const std::size_t bytes = context_.store.states()[state].count * size_of(context_.compute);
    schedule_.former_states.push_back({before.buffer.offset, bytes});
    before.buffer = {Arena::former_state, static_cast<int>(update.first_former + update.formers++), 0};
  }
  for (int sums = sums_of(n, TRG_FORWARD, 0); sums < sums_of(n, TRG_BACKWARD, 0); ++sums)
    if (schedule_.sums[static_cast<std::size_t>(sums)].count > 0) update.sums = sums;
  return update;
}

void CallPlanner::plan_losses() {
  const Objective& objective = context_.objective;
  const auto field_of = [&](int target) { return target < 0 ? nullptr : &context_.fields[static_cast<std::size_t>(target)]; };
  for (std::size_t s = 0; s < schedule_.slices.size(); ++s) {
    BatchSlice& slice = schedule_.slices[s];
    for (std::size_t t = 0; t < objective.terms.size(); ++t) {
      const LossTerm& term = objective.terms[t];
      Comparison& one = slice.comparisons.emplace_back(compare(slice, static_cast<int>(s), term.prediction, term.shown, term.target, term.leading, layout_.term_gradients[t]));
      const Node* producer = term.absorbs ? &context_.graph.at(term.shown.node) : nullptr;
      const CompareQuestion question(context_.compute, context_.graph.port(term.shown), field_of(term.target), slice.rows, producer);
      one.loss = std::make_unique<ComparePlan<trg_loss_calls>>(*term.loss, question.native());
    }
    for (const MetricUse& use : objective.metrics) {
      Comparison& one = slice.comparisons.emplace_back(compare(slice, static_cast<int>(s), use.prediction, use.prediction, use.target, use.leading, -1));
      const CompareQuestion question(context_.compute, context_.graph.port(use.prediction), field_of(use.target), slice.rows, nullptr);
      one.metric = std::make_unique<ComparePlan<trg_metric_calls>>(*use.metric, question.native());
      if (const std::int64_t sums = one.metric->answer.sum_count; sums != use.sum_count)
        throw Error(ExitCode::plugin, fmt::format("{}: its plans declare {} sums for one sample, and {} for {}; expected the same number for any", use.metric->who(), use.sum_count, sums, slice.rows));
    }
  }
}

Comparison CallPlanner::compare(const BatchSlice& slice, int index, Source source, Source shown, int target, std::int32_t leading, int gradient) {
  const Rows rows{index, slice.first, slice.rows};
  const OutputPort& port = context_.graph.port(source);
  Comparison one;
  one.prediction = tensor(port, place_of(source), rows);
  if (target >= 0) {
    const Field& field = context_.fields[static_cast<std::size_t>(target)];
    OutputPort target_port{field.name, field.type, field.shape, 0, -1, 0};
    target_port.shape.insert(target_port.shape.begin(), 1);
    one.target = tensor(target_port, TensorPlace{-1, target, -1}, rows);
  }
  one.gradient = one.prediction;
  one.gradient.buffer = gradient >= 0 ? at(gradient, rows) : BufferRef();
  one.elements = slice.rows;
  for (std::int32_t i = 1; i < leading; ++i) one.elements *= port.shape[static_cast<std::size_t>(i)];
  // A mask of more axes than there are losses says nothing of them.
  const TensorRef given = mask(shown, rows);
  if (given.buffer && rank_of(*given.shape) <= leading) {
    one.mask = given;
    one.mask_repeats = one.elements / std::max<std::int64_t>(element_count(*given.shape), 1);
  }
  return one;
}

BufferRef CallPlanner::at(int storage, const Rows& rows) const {
  if (storage < 0) return {};
  const Storage& s = layout_.storages[static_cast<std::size_t>(storage)];
  const auto first = static_cast<std::size_t>(rows.first * s.bytes_per_row);
  if (s.shared >= 0) return {Arena::shared, 0, schedule_.shared->shared->offset(static_cast<std::size_t>(s.shared), planned_rows_) + first};
  if (s.whole) return {Arena::batch, 0, s.life.offset + first + static_cast<std::size_t>(rows.first / context_.slice_rows * s.bytes)};
  return rows.slice < 0 ? BufferRef() : BufferRef{Arena::slice, rows.slice, s.life.offset};  // a call over the batch has not declared that it reads this one
}

const Shape* CallPlanner::shape_with(const Shape& shape, std::int64_t rows, std::int64_t fold) {
  Shape wanted = shape;
  wanted[0] = rows;
  wanted = folded(wanted, fold);
  for (const Shape& known : schedule_.shapes)
    if (known == wanted) return &known;
  return &schedule_.shapes.emplace_back(std::move(wanted));
}

TensorRef CallPlanner::tensor(const OutputPort& port, const TensorPlace& place, const Rows& rows) {
  const Shape& shape = *shape_with(port.shape, rows.count, rows.fold);
  const auto type = static_cast<std::int32_t>(port.type);
  if (place.field < 0) return {at(place.storage, rows), &shape, type};
  const std::size_t row = static_cast<std::size_t>(element_count(shape) / std::max<std::int64_t>(rows.count, 1)) * size_of(port.type);
  return {{Arena::field, place.field, row * static_cast<std::size_t>(rows.first)}, &shape, type};
}

// The mask that travels with a tensor.
TensorRef CallPlanner::mask(Source tensor, const Rows& rows) {
  const auto made_for = context_.graph.mask_of(tensor);
  if (!made_for) return {{}, nullptr, TRG_U8};
  const OutputPort& port = context_.graph.port(*made_for);
  const Shape& shape = *shape_with(Shape(port.shape.begin(), port.shape.begin() + port.mask_rank), rows.count, port.mask_rank > 1 ? rows.fold : 1);
  return {at(place_of(*made_for).mask, rows), &shape, TRG_U8};
}

TensorRef CallPlanner::weights(const Parameter& parameter) const { return {{Arena::weights, 0, parameter.offset * size_of(context_.compute)}, &parameter.shape, compute()}; }

// Without a buffer where the state is one of rows.
TensorRef CallPlanner::shared_state(int node, std::size_t index, bool next) const {
  if (context_.graph.at(node).facts.states[index].kind == TRG_ROW) return {{}, nullptr, compute()};
  const State& s = context_.store.states()[static_cast<std::size_t>(context_.parameter_index.state_of(node, static_cast<int>(index)))];
  return {{next ? Arena::next_state : Arena::state, 0, s.offset * size_of(context_.compute)}, &s.shape, compute()};
}

// Those of a layer that is folded lie folded, as its samples do.
TensorRef CallPlanner::row_state(int node, std::size_t index, bool next, const Rows& rows) {
  const int number = context_.parameter_index.state_of(node, static_cast<int>(index));
  const RowState& s = context_.store.row_states().states()[static_cast<std::size_t>(number)];
  Shape batch = s.shape;
  batch.insert(batch.begin(), 1);
  return {{next ? Arena::next_row_state : Arena::row_state, number, static_cast<std::size_t>(rows.first) * s.bytes}, shape_with(batch, rows.count, rows.fold), compute()};
}

}  // namespace teranga::model
