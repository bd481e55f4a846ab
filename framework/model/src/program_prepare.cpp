// SPDX-License-Identifier: Apache-2.0
// Making a program: plans for each shape, slices and prepared calls. Main thread, once a number of samples.
#include "program_frames.hpp"

#include "followers.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace teranga::model {
namespace {

constexpr double range_work = 4e6;  // operations of one range: enough to make its call worth it
constexpr double lookup_work = 8;   // operations in the time in which a table gets one number of a gradient: it lies anywhere
constexpr std::int64_t most_ranges = 64;
constexpr std::int64_t narrowest_range = 128;  // of the axis, for ranges of values: products of fewer columns are slow where weights come from memory

const char* call_name(std::int32_t which) { return which == TRG_FORWARD ? "forward" : which == TRG_BACKWARD ? "backward" : "backward_params"; }

}  // namespace

Program::~Program() = default;

Program::Program(PlanContext& context, std::int64_t rows, Purpose purpose)
    : context_(context), rows_(rows), purpose_(purpose), training_(purpose == Purpose::training), profile_(training_ ? context.profile : nullptr), shared_(training_ ? context.shared : nullptr), gradients_(context.store, context.team) {
  if (purpose != Purpose::prediction && !context.objective.terms.empty()) loss_ = std::make_unique<LossEvaluator>(context.objective, context.fields, context.objective.counts_itself(context.graph), training_ ? &context.class_weights : nullptr);
  make_plans(purpose);
  if (shared_ && !shares_as_found()) shared_ = nullptr;
  layout_ = make_layout(context.graph, context.objective, full_, purpose, std::min(rows, context.slice_rows), rows, shared_);
  cut_slices();
  lay_out_memory();
  make_sums();
  prepare_derived();
  prepare();
  prepare_loss();
  for (const auto& node : context.graph.nodes)
    if (node->fold > 1) folded_keys_[node->fold].resize(static_cast<std::size_t>(rows * node->fold));
  errors_.resize(static_cast<std::size_t>(context.team.threads()));
  for (trg_error& error : errors_) error.size = sizeof(error);
  if (profile_) watch();
}

void Program::make_plans(Purpose purpose) {
  const std::int64_t full = std::min(rows_, context_.slice_rows), rest = rows_ % full;
  std::set<int> taken;
  for (std::size_t n = 0; n < context_.graph.nodes.size(); ++n) {
    const Node& node = *context_.graph.nodes[n];
    const bool alone = taken.contains(static_cast<int>(n)) || (shared_ && shared_->alike[n]);
    const std::vector<const Node*> followers = alone ? std::vector<const Node*>() : followers_of(context_.graph, context_.objective, static_cast<int>(n));
    const auto make = [&](std::int64_t rows, std::int32_t granularity) -> std::unique_ptr<NodePlan> {
      if (node.is_input()) return nullptr;
      PlanQuestion question;
      question.type = context_.compute;
      question.mode = purpose != Purpose::training ? TRG_INFERENCE : node.trainable ? TRG_TRAINING : TRG_FROZEN;
      question.granularity = granularity;
      question.workers = context_.team.threads();
      question.fold = node.fold;
      for (const Source& source : node.inputs) {
        const OutputPort& port = context_.graph.port(source);
        question.inputs.push_back({port.name, port.type, port.shape, training_ && context_.graph.wants_gradient(source), context_.graph.mask_rank(source)});
        question.inputs.back().shape[0] = rows;
      }
      question.followers = followers;
      auto plan = std::make_unique<NodePlan>(node, question);
      if (full_.size() > n && plan->answer().absorbed != full_[n]->answer().absorbed)
        throw Error(ExitCode::plugin, fmt::format("{}: its plans take in now {} and now {} of the layers behind it", node.who(), full_[n]->answer().absorbed, plan->answer().absorbed));
      return plan;
    };
    full_.push_back(make(full, TRG_SLICE));
    short_.push_back(rest ? make(rest, TRG_SLICE) : nullptr);
    whole_.push_back(nullptr);
    if (node.is_input()) continue;
    for (const int follower : fused_followers(context_.graph, context_.objective, static_cast<int>(n), full_.back()->answer().absorbed)) taken.insert(follower);
    std::int32_t granularity = 0;
    const auto& calls = full_.back()->answer().calls;
    for (std::size_t which = 0; which < calls.size(); ++which)
      if (!(calls[which].offered & TRG_SLICE)) granularity = TRG_BATCH;
      else if ((calls[which].offered & TRG_RANGE) && (training_ || which == TRG_FORWARD)) granularity = std::max<std::int32_t>(granularity, TRG_RANGE);
    if (granularity) whole_.back() = make(rows_, granularity);
  }
}

// What is shared was found by plans of one sample. Where a layer answers otherwise for more of them, this program shares nothing.
bool Program::shares_as_found() const {
  const auto reads = [](std::int32_t flags) { return (flags & TRG_READ_IN_BACKWARD) != 0; };
  for (std::size_t n = 0; n < full_.size(); ++n) {
    if (!shared_->alike[n]) continue;
    const PlanAnswer& answer = full_[n]->answer();
    if (answer.outputs.size() != 1 || !(answer.outputs[0].flags & TRG_REPEATABLE) || answer.buffers[TRG_SAVED].size(1) > 0) return false;
    if (shared_->value_of[n] >= 0) continue;
    if (reads(answer.outputs[0].flags)) return false;
    for (std::size_t m = 0; m < full_.size(); ++m)
      for (std::size_t i = 0; i < context_.graph.nodes[m]->inputs.size(); ++i)
        if (context_.graph.nodes[m]->inputs[i] == Source{static_cast<int>(n), 0} && reads(full_[m]->answer().input_flags[i])) return false;
  }
  return true;
}

void Program::cut_slices() {
  for (std::int64_t first = 0; first < rows_; first += context_.slice_rows) {
    Slice slice;
    slice.first = first;
    slice.rows = std::min(context_.slice_rows, rows_ - first);
    slices_.push_back(std::move(slice));
  }
}

NodePlan& Program::plan_for(int node, const Slice* slice, std::int32_t granularity) {
  const auto n = static_cast<std::size_t>(node);
  if (granularity != TRG_SLICE) return *whole_[n];
  return slice->rows == std::min(rows_, context_.slice_rows) ? *full_[n] : *short_[n];
}

char* Program::address(int storage, const Slice* slice, std::int64_t first) const {
  const Storage& s = layout_.storages[static_cast<std::size_t>(storage)];
  if (s.shared >= 0) return shared_base_ + shared_->shared->offset(static_cast<std::size_t>(s.shared), rows_) + first * s.bytes_per_row;
  if (s.whole)
    return whole_arena_ + s.life.offset + static_cast<std::size_t>(first * s.bytes_per_row + first / context_.slice_rows * s.bytes);
  return slice ? slice->arena + s.life.offset : nullptr;  // a call over the batch has not declared that it reads this one
}

const Shape* Program::shape_with(const Shape& shape, std::int64_t rows, std::int64_t fold) {
  Shape wanted = shape;
  wanted[0] = rows;
  wanted = folded(wanted, fold);
  for (const Shape& known : shapes_)
    if (known == wanted) return &known;
  return &shapes_.emplace_back(std::move(wanted));
}

trg_tensor Program::tensor(const OutputPort& port, const TensorPlace& place, const Slice* slice, std::int64_t first, std::int64_t rows, trg_tensor* slot, std::int64_t fold) {
  const Shape& shape = *shape_with(port.shape, rows, fold);
  trg_tensor t{nullptr, shape.data(), static_cast<std::int32_t>(shape.size()), static_cast<std::int32_t>(port.type)};
  if (place.field >= 0) {
    const std::size_t row = static_cast<std::size_t>(element_count(shape) / std::max<std::int64_t>(rows, 1)) * size_of(port.type);
    patches_.push_back({slot, place.field, row * static_cast<std::size_t>(first)});
  } else {
    t.data = address(place.storage, slice, first);
  }
  return t;
}

// The mask that travels with a tensor, null data where there is none.
trg_tensor Program::mask_tensor(Source tensor, const Slice* slice, std::int64_t first, std::int64_t rows, std::int64_t fold) {
  const auto made_for = context_.graph.mask_of(tensor);
  if (!made_for) return {nullptr, nullptr, 0, TRG_U8};
  const OutputPort& port = context_.graph.port(*made_for);
  const Shape& shape = *shape_with(Shape(port.shape.begin(), port.shape.begin() + port.mask_rank), rows, port.mask_rank > 1 ? fold : 1);
  const TensorPlace& place = layout_.nodes[static_cast<std::size_t>(made_for->node)].outputs[static_cast<std::size_t>(made_for->port)];
  return {address(place.mask, slice, first), shape.data(), static_cast<std::int32_t>(shape.size()), TRG_U8};
}

// Those of a layer that is folded lie folded, as its samples do.
trg_tensor Program::row_state_tensor(int node, std::size_t index, bool next, std::int64_t first, std::int64_t rows, trg_tensor* slot) {
  const int number = context_.places.state_of(node, static_cast<int>(index));
  const RowState& s = context_.store.row_states().states()[static_cast<std::size_t>(number)];
  state_patches_.push_back({slot, static_cast<std::size_t>(first) * s.bytes, next, number});
  Shape batch = s.shape;
  batch.insert(batch.begin(), 1);
  const Shape& shape = *shape_with(batch, rows, context_.graph.at(node).fold);
  return {nullptr, shape.data(), static_cast<std::int32_t>(shape.size()), static_cast<std::int32_t>(context_.compute)};
}

// Of a shared state; without data where it is one of rows.
trg_tensor Program::state_tensor(int node, std::size_t index, bool next, trg_tensor* slot) {
  if (context_.graph.at(node).facts.states[index].kind == TRG_ROW) return {nullptr, nullptr, 0, static_cast<std::int32_t>(context_.compute)};
  const State& s = context_.store.states()[static_cast<std::size_t>(context_.places.state_of(node, static_cast<int>(index)))];
  state_patches_.push_back({slot, s.offset * size_of(context_.compute), next});
  return {nullptr, s.shape.data(), static_cast<std::int32_t>(s.shape.size()), static_cast<std::int32_t>(context_.compute)};
}

void Program::prepare_derived() {
  for (std::size_t n = 0; n < full_.size(); ++n) {
    const Node& node = *context_.graph.nodes[n];
    if (!node.calls || !node.calls->derive) continue;
    for (NodePlan* plan : {full_[n].get(), short_[n].get(), whole_[n].get()}) {
      if (!plan) continue;
      const std::size_t bytes = plan->answer().buffers[TRG_DERIVED].size(0);
      if (!bytes) continue;
      Derived& d = derived_.emplace_back(Derived{static_cast<int>(n), plan, Buffer(bytes)});
      auto& tensors = tensors_.emplace_back();
      for (std::size_t i = 0; i < plan->answer().parameters.size(); ++i) {
        const Parameter& p = context_.store.parameters()[static_cast<std::size_t>(context_.places.parameter_of(static_cast<int>(n), static_cast<int>(i)))];
        tensors.push_back({context_.store.weight(p), p.shape.data(), static_cast<std::int32_t>(p.shape.size()), static_cast<std::int32_t>(context_.compute)});
      }
      d.call.size = sizeof(trg_call);
      d.call.parameters = tensors.data();
    }
  }
  constexpr std::size_t most = 2 << 20;  // stays in the second-level cache, or near it, until it is copied
  const auto threads = static_cast<std::size_t>(context_.team.threads()), room = static_cast<std::size_t>(scratch_ - arenas_);
  for (const Derived& d : derived_) {
    const std::size_t bytes = (d.buffer.size() + 63) / 64 * 64;
    if (threads > 1 && bytes <= most && bytes * threads <= room) staging_bytes_ = std::max(staging_bytes_, bytes);
  }
}

std::size_t Program::derived_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const Derived& d : derived_) bytes += d.buffer.size();
  return bytes;
}

void Program::prepare() {
  bool sliced = false;
  for (const Stage& stage : layout_.stages) {
    PreparedStage& prepared = stages_.emplace_back();
    prepared.granularity = stage.granularity;
    prepared.reductions = stage.reductions;
    prepared.evaluates_loss = stage.evaluates_loss;
    const bool first_of_slices = stage.granularity == TRG_SLICE && !std::exchange(sliced, true);
    prepared.clears_partials = first_of_slices && gradients_.partial_bytes() > 0;
    prepared.finds_rows = first_of_slices && !lookups_.empty();
    for (const Op& op : stage.ops) {
      prepared.ops.push_back(prepare_op(op));
      if (stage.granularity == TRG_RANGE)
        for (std::size_t r = 0; r < prepared.ops.back().frames.size(); ++r) prepared.items.emplace_back(prepared.ops.size() - 1, r);
    }
    std::ranges::stable_sort(prepared.items, {}, [&](const auto& item) {
      return context_.team.owner(static_cast<std::int64_t>(item.second), static_cast<std::int64_t>(prepared.ops[item.first].frames.size()));
    });
  }
  std::set<int> updated;
  for (std::size_t n = 0; training_ && n < full_.size(); ++n) {
    const Node& node = *context_.graph.nodes[n];
    if (!node.calls || !node.calls->update_state || !node.trainable || full_[n]->answer().states.empty()) continue;
    StateUpdate& update = state_updates_.emplace_back(StateUpdate{static_cast<int>(n), full_[n].get()});
    auto& tensors = tensors_.emplace_back();
    const std::size_t states = full_[n]->answer().states.size();
    tensors.resize(2 * states);
    for (std::size_t i = 0; i < states; ++i) {
      tensors[i] = state_tensor(update.node, i, false, &tensors[i]);
      const int state = context_.places.state_of(update.node, static_cast<int>(i));
      if (node.facts.states[i].kind != TRG_ROW && !updated.insert(state).second) {
        state_patches_.pop_back();
        const State& s = context_.store.states()[static_cast<std::size_t>(state)];
        const std::size_t element = size_of(context_.compute);
        tensors[i].data = update.chained.emplace_back(Chained{s.offset * element, s.count * element, Buffer(s.count * element)}).before.data();
      }
      tensors[states + i] = state_tensor(update.node, i, true, &tensors[states + i]);
    }
    update.call.size = sizeof(trg_call);
    update.call.states_in = tensors.data();
    update.call.states_out = tensors.data() + states;
    // The sums of the last pass that sums.
    for (Sums& sums : sums_[n * 2])
      if (sums.count > 0) update.call.local_sums = sums.local.data(), update.call.global_sums = sums.global.data();
  }
}

Program::PreparedOp Program::prepare_op(const Op& op) {
  PreparedOp prepared;
  prepared.op = op;
  if (op.kind == OpKind::loss) {
    prepared.frames.resize(slices_.size());
    return prepared;
  }
  if (op.kind == OpKind::accumulate) {
    for (const Slice& slice : slices_) {
      Frame& frame = prepared.frames.emplace_back();
      frame.from = address(op.from, &slice, slice.first);
      frame.into = address(op.into, &slice, slice.first);
      frame.elements = op.row_elements * slice.rows;
    }
    return prepared;
  }
  const trg_layer_calls& calls = *context_.graph.at(op.node).calls;
  prepared.function = op.which == TRG_FORWARD ? calls.forward : op.which == TRG_BACKWARD ? calls.backward : calls.backward_params;
  prepared.call_name = call_name(op.which);
  prepared.shared = shared_ && shared_->made_before[static_cast<std::size_t>(op.node)] && op.which == TRG_FORWARD;
  if (op.granularity == TRG_SLICE) {
    for (const Slice& slice : slices_) prepare_call(prepared, op, slice.first, slice.rows, &slice, 0, 0);
  } else if (op.granularity == TRG_BATCH) {
    prepare_call(prepared, op, 0, rows_, nullptr, 0, 0);
  } else {
    const CallFacts& call = whole_[static_cast<std::size_t>(op.node)]->answer().calls[static_cast<std::size_t>(op.which)];
    const std::int64_t units = (call.axis_length + call.multiple - 1) / call.multiple;
    const auto& parameters = whole_[static_cast<std::size_t>(op.node)]->answer().parameters;
    const bool lookup = std::any_of(parameters.begin(), parameters.end(), [](const ParameterFacts& p) { return p.touched_by >= 0; });
    const double work = call.flops * (lookup ? lookup_work : 1);
    auto wanted = static_cast<std::int64_t>(std::clamp(std::ceil(work / range_work), 1.0, static_cast<double>(most_ranges)));
    if (lookup) wanted = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(wanted)));  // equal shares for 2, 4, 8 threads: each is short
    if (op.which != TRG_BACKWARD_PARAMS) wanted = std::min(wanted, std::max<std::int64_t>(1, call.axis_length / narrowest_range));
    const std::int64_t ranges = std::min(wanted, units);
    for (std::int64_t r = 0; r < ranges; ++r)
      prepare_call(prepared, op, 0, rows_, nullptr, units * r / ranges * call.multiple, std::min(call.axis_length, units * (r + 1) / ranges * call.multiple));
  }
  return prepared;
}

void Program::prepare_call(PreparedOp& prepared, const Op& op, std::int64_t first, std::int64_t rows, const Slice* slice, std::int64_t range_begin, std::int64_t range_end) {
  const auto n = static_cast<std::size_t>(op.node);
  const Node& node = context_.graph.at(op.node);
  const NodePlaces& places = layout_.nodes[n];
  NodePlan& plan = plan_for(op.node, slice, op.granularity);
  const PlanAnswer& answer = plan.answer();
  Frame& frame = prepared.frames.emplace_back();
  frame.plan = plan.handle();
  trg_call& call = frame.call;
  call.size = sizeof(call);
  call.pass = op.pass;
  call.first_row = first * node.fold;
  call.rows = rows * node.fold;
  call.range_begin = range_begin;
  call.range_end = range_end;
  call.fresh = op.which == TRG_BACKWARD_PARAMS && op.granularity == TRG_RANGE && fresh_[n];

  const std::size_t inputs = node.inputs.size(), outputs = answer.outputs.size(), parameters = answer.parameters.size(), states = answer.states.size();
  auto& tensors = tensors_.emplace_back(3 * inputs + 3 * outputs + 2 * parameters + 2 * states);
  frame.tensors = &tensors;
  trg_tensor* at = tensors.data();
  const auto take = [&](std::size_t count) { return std::exchange(at, at + count); };
  trg_tensor *in = take(inputs), *out = take(outputs), *d_in = take(inputs), *d_out = take(outputs), *par = take(parameters), *d_par = take(parameters);
  call.inputs = in, call.outputs = out, call.d_inputs = d_in, call.d_outputs = d_out, call.parameters = par, call.d_parameters = d_par;
  trg_tensor *states_in = take(states), *states_out = take(states);
  trg_tensor *masks_in = take(inputs), *masks_out = take(outputs);
  call.input_masks = masks_in, call.output_masks = masks_out, call.states_in = states_in, call.states_out = states_out;

  for (std::size_t i = 0; i < inputs; ++i) {
    const OutputPort& port = context_.graph.port(node.inputs[i]);
    in[i] = tensor(port, layout_.nodes[static_cast<std::size_t>(node.inputs[i].node)].outputs[static_cast<std::size_t>(node.inputs[i].port)], slice, first, rows, &in[i], node.fold);
    d_in[i] = in[i];
    d_in[i].type = static_cast<std::int32_t>(context_.compute);
    const int storage = i < places.d_inputs.size() ? places.d_inputs[i].storage : -1;
    d_in[i].data = op.which == TRG_BACKWARD && storage >= 0 ? address(storage, slice, first) : nullptr;
    masks_in[i] = mask_tensor(node.inputs[i], slice, first, rows, node.fold);
  }
  for (std::size_t i = 0; i < outputs; ++i) {
    out[i] = tensor(answer.outputs[i], places.outputs[i], slice, first, rows, &out[i], node.fold);
    d_out[i] = out[i];
    const int storage = places.outputs[i].gradient;
    d_out[i].data = op.which != TRG_FORWARD && storage >= 0 ? address(storage, slice, first) : nullptr;
    if (answer.outputs[i].mask_rank > 0) masks_out[i] = mask_tensor({op.node, static_cast<int>(i)}, slice, first, rows, node.fold);
  }
  for (std::size_t i = 0; i < parameters; ++i) {
    const auto index = static_cast<std::size_t>(context_.places.parameter_of(op.node, static_cast<int>(i)));
    const Parameter& p = context_.store.parameters()[index];
    par[i] = {context_.store.weight(p), p.shape.data(), static_cast<std::int32_t>(p.shape.size()), static_cast<std::int32_t>(context_.compute)};
    d_par[i] = par[i];
    d_par[i].data = nullptr;
    if (!training_ || !p.trainable || op.which != TRG_BACKWARD_PARAMS) continue;
    const auto offset = gradients_.offset(index);
    d_par[i].data = offset ? (slice ? slice->partial : slices_[0].partial) + *offset : context_.store.gradient(p);
  }
  for (std::size_t i = 0; i < states; ++i) {
    const bool of_rows = answer.states[i].kind == TRG_ROW;
    states_in[i] = of_rows ? row_state_tensor(op.node, i, false, first, rows, &states_in[i]) : state_tensor(op.node, i, false, &states_in[i]);
    states_out[i] = of_rows ? row_state_tensor(op.node, i, true, first, rows, &states_out[i]) : state_tensor(op.node, i, true, &states_out[i]);
  }
  if (places.saved >= 0) call.saved = address(places.saved, slice, first);
  if (places.carry >= 0) call.carry = address(places.carry, slice, first);
  for (Derived& d : derived_)
    if (d.plan == &plan) call.derived = d.buffer.data();
  if (op.which == TRG_BACKWARD_PARAMS) return;
  auto& passes = sums_[n * 2 + static_cast<std::size_t>(op.which)];
  Sums& mine = passes[static_cast<std::size_t>(op.pass)];
  if (mine.count > 0) {
    const std::size_t index = slice ? static_cast<std::size_t>(slice - slices_.data()) : 0;
    frame.sums = call.sums = mine.slices.data() + index * static_cast<std::size_t>(mine.count);
    frame.sum_count = mine.count;
  }
  if (op.pass > 0) {
    Sums& before = passes[static_cast<std::size_t>(op.pass) - 1];
    call.local_sums = before.local.data();
    call.global_sums = before.global.data();
  }
}

void Program::add_comparison(std::vector<Comparison>& to, const Slice& slice, Source source, Source shown, int target, std::int32_t leading, int gradient) {
  Comparison& one = to.emplace_back();
  one.tensors.resize(3);
  const OutputPort& port = context_.graph.port(source);
  const TensorPlace& place = layout_.nodes[static_cast<std::size_t>(source.node)].outputs[static_cast<std::size_t>(source.port)];
  one.tensors[0] = tensor(port, place, &slice, slice.first, slice.rows, &one.tensors[0]);
  if (target >= 0) {
    const Field& field = context_.fields[static_cast<std::size_t>(target)];
    OutputPort target_port{field.name, field.type, field.shape, 0, -1, 0};
    target_port.shape.insert(target_port.shape.begin(), 1);
    one.tensors[1] = tensor(target_port, TensorPlace{-1, target, -1}, &slice, slice.first, slice.rows, &one.tensors[1]);
  }
  one.tensors[2] = one.tensors[0];
  one.tensors[2].data = gradient >= 0 ? address(gradient, &slice, slice.first) : nullptr;
  one.elements = slice.rows;
  for (std::int32_t i = 1; i < leading; ++i) one.elements *= port.shape[static_cast<std::size_t>(i)];
  // A mask of more axes than there are losses says nothing of them.
  const trg_tensor mask = mask_tensor(shown, &slice, slice.first, slice.rows);
  std::int64_t values = 1;
  for (std::int32_t i = 0; i < mask.rank; ++i) values *= mask.shape[i];
  if (mask.data && mask.rank <= leading) one.mask = static_cast<const std::uint8_t*>(mask.data), one.mask_repeats = one.elements / std::max<std::int64_t>(values, 1);
}

void Program::prepare_loss() {
  if (!loss_) return;
  const Objective& objective = context_.objective;
  const auto field_of = [&](int target) { return target < 0 ? nullptr : &context_.fields[static_cast<std::size_t>(target)]; };
  for (const Slice& slice : slices_) {
    std::vector<Comparison>& comparisons = loss_->add_slice(slice.first, slice.rows);
    for (std::size_t t = 0; t < objective.terms.size(); ++t) {
      const LossTerm& term = objective.terms[t];
      add_comparison(comparisons, slice, term.prediction, term.shown, term.target, term.leading, layout_.term_gradients[t]);
      const Node* producer = term.absorbs ? &context_.graph.at(term.shown.node) : nullptr;
      const CompareQuestion question(context_.compute, context_.graph.port(term.shown), field_of(term.target), slice.rows, producer);
      comparisons.back().loss = std::make_unique<ComparePlan<trg_loss_calls>>(*term.loss, question.native());
    }
    for (const MetricUse& use : objective.metrics) {
      add_comparison(comparisons, slice, use.prediction, use.prediction, use.target, use.leading, -1);
      const CompareQuestion question(context_.compute, context_.graph.port(use.prediction), field_of(use.target), slice.rows, nullptr);
      comparisons.back().metric = std::make_unique<ComparePlan<trg_metric_calls>>(*use.metric, question.native());
    }
    loss_->complete_slice();
  }
}

}  // namespace teranga::model
