// SPDX-License-Identifier: Apache-2.0
// Asks a layer for a plan and keeps its answers. Nothing that it says is believed before it was looked at.
#include <teranga/conformance/layer/plan.hpp>

#include <teranga/conformance/call.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <utility>

#include <fmt/format.h>

namespace teranga::conformance {

trg_error fresh_error() {
  trg_error error{};
  error.size = sizeof(error);
  error.sample = -1;
  return error;
}

void need_ok(std::int32_t status, const trg_error& error, const char* call) {
  if (status == TRG_OK) return;
  const auto text = [](const char* bytes, std::size_t room) { return std::string(bytes, strnlen(bytes, room)); };
  throw Failure{error.code, text(error.text, sizeof(error.text)), text(error.where, sizeof(error.where)), text(error.hint, sizeof(error.hint)), call};
}

bool PlannedCall::summed() const {
  return std::ranges::any_of(sums, [](std::int64_t count) { return count > 0; });
}

LivingLayer::LivingLayer(const trg_layer_calls& table, const trg_options* options) : calls(table) {
  trg_error error = fresh_error();
  const Call crumb("create");
  need_ok(calls.create(options, &handle, &error), error, "create");
}

namespace {

std::exception_ptr thrown_by_destroy;

template <class F>
void destroy_quietly(const char* name, F&& destroy) {
  try {
    const Call crumb(name);
    destroy();
  } catch (...) {
    thrown_by_destroy = std::current_exception();
  }
}

}  // namespace

void rethrow_of_destroy() {
  if (thrown_by_destroy) std::rethrow_exception(std::exchange(thrown_by_destroy, nullptr));
}

LivingLayer::~LivingLayer() {
  destroy_quietly("destroy", [&] {
    if (calls.destroy) calls.destroy(handle);
  });
}

namespace {

constexpr std::int32_t most_axes = TRG_MOST_AXES, most_passes = TRG_MOST_PASSES;

LayerPlan& of(void* context) { return *static_cast<LayerPlan*>(context); }

void nonsense(void* context, std::string text, std::string where, std::string mend) { of(context).nonsense.push_back({std::move(text), std::move(where), std::move(mend)}); }

std::string text_of(const trg_value* value) { return value && value->text ? value->text : ""; }

// Name, shape and type as far as they can be read.
template <class D>
bool declare(void* context, D& to, const char* kind, const char* name, std::int32_t rank, const std::int64_t* shape) {
  to.name = name ? name : "";
  const std::string where = fmt::format("plan, {} \"{}\"", kind, to.name);
  if (to.name.empty()) nonsense(context, fmt::format("it declares a {} without a name", kind), "plan", "Give it a name.");
  if (rank < 0 || rank > most_axes || (rank > 0 && !shape)) {
    nonsense(context, fmt::format("its rank is {}{}, expected 0 to {}", rank, shape ? "" : " without a shape", most_axes), where, "Declare as many axes as the tensor has, and their lengths.");
    return false;
  }
  if (rank > 0) to.shape.assign(shape, shape + rank);
  double elements = 1;
  for (const std::int64_t extent : to.shape) {
    if (extent < 0) return nonsense(context, fmt::format("its shape is {}, expected no negative length", words_of_shape(to.shape)), where, "Refuse inputs that are too small for it with TRG_BAD_SHAPE."), false;
    elements *= static_cast<double>(extent);
  }
  if (elements * 8 > 9e18) {
    nonsense(context, fmt::format("its shape is {}: so many bytes cannot be counted in 64 bits", words_of_shape(to.shape)), where, "Refuse what cannot be computed with TRG_BAD_SHAPE.");
    return false;
  }
  return true;
}

void on_input(void* context, std::int32_t index, std::int32_t flags) {
  auto& all = of(context).input_flags;
  if (index < 0 || static_cast<std::size_t>(index) >= all.size()) return nonsense(context, fmt::format("it sets flags of input {}, of {} inputs", index, all.size()), "plan, call input", "Count inputs from 0.");
  all[static_cast<std::size_t>(index)] |= flags;
}

void on_output(void* context, const trg_port* port) {
  PlannedPort p;
  p.type = port->type, p.flags = port->flags, p.shares_with = port->shares_with, p.mask_rank = port->mask_rank;
  if (declare(context, p, "output", port->name, port->rank, port->shape)) of(context).outputs.push_back(p);
}

void on_parameter(void* context, const trg_parameter* parameter) {
  PlannedParameter p;
  p.trainable = parameter->trainable != 0;
  p.initializer = text_of(parameter->initializer);
  for (std::size_t i = 0; i < std::min<std::size_t>(parameter->piece_count, 1024) && parameter->pieces; ++i)
    p.pieces.push_back({parameter->pieces[i].begin, parameter->pieces[i].end, text_of(parameter->pieces[i].initializer)});
  p.l1 = parameter->l1, p.l2 = parameter->l2;
  p.fan_in = parameter->fan_in, p.fan_out = parameter->fan_out;
  p.touched_by = parameter->touched_by;
  if (declare(context, p, "parameter", parameter->name, parameter->rank, parameter->shape)) of(context).parameters.push_back(p);
}

void on_state(void* context, const trg_state* state) {
  PlannedState s;
  s.type = state->type, s.kind = state->kind, s.merge = state->merge;
  s.initializer = text_of(state->initializer);
  if (s.initializer == "teranga.ones") s.initial = 1;
  if (declare(context, s, "state", state->name, state->rank, state->shape)) of(context).states.push_back(s);
}

void on_buffer(void* context, std::int32_t kind, std::int64_t per_row, std::int64_t bytes) {
  if (kind < TRG_SAVED || kind > TRG_DERIVED) return nonsense(context, fmt::format("it asks for a buffer of kind {}", kind), "plan, call buffer", "Name one of enum trg_buffer_kind.");
  PlannedBuffer& buffer = of(context).buffers[kind];
  if (per_row < 0 || bytes < 0 || __builtin_add_overflow(buffer.per_row, per_row, &buffer.per_row) || __builtin_add_overflow(buffer.bytes, bytes, &buffer.bytes)) {
    nonsense(context, fmt::format("it asks for a buffer of {} bytes a sample and {} bytes, expected numbers of 0 or more", per_row, bytes), fmt::format("plan, call buffer, kind {}", kind),
             "Compute sizes in int64_t, and refuse shapes that are too large with TRG_BAD_SHAPE.");
    buffer = {};
  }
}

PlannedCall* call_of(void* context, std::int32_t which, const char* name) {
  if (which >= TRG_FORWARD && which <= TRG_BACKWARD_PARAMS) return &of(context).calls[which];
  nonsense(context, fmt::format("it speaks of call {}", which), fmt::format("plan, call {}", name), "Name one of enum trg_which.");
  return nullptr;
}

void on_passes(void* context, std::int32_t which, std::int32_t count, const std::int64_t* sums, std::int32_t flags) {
  PlannedCall* const call = call_of(context, which, "passes");
  if (!call) return;
  bool right = count >= 1 && count <= most_passes && sums;
  for (std::int32_t i = 0; right && i < count; ++i) right = sums[i] >= 0 && sums[i] < (std::int64_t{1} << 48);
  if (right) call->sums.assign(sums, sums + count), call->synchronised = flags & TRG_SYNCHRONISED;
  else nonsense(context, fmt::format("it declares {} passes with {} sums, expected 1 to {} passes with 0 sums or more", count, count > 0 && sums ? sums[0] : 0, most_passes), "plan, call passes", "Give one number of sums a pass.");
}

void on_granularity(void* context, std::int32_t which, std::int32_t offered, std::int64_t axis, std::int64_t multiple) {
  PlannedCall* const call = call_of(context, which, "granularity");
  if (!call) return;
  if (!(offered & (TRG_SLICE | TRG_RANGE | TRG_BATCH)) || (offered & ~(TRG_SLICE | TRG_RANGE | TRG_BATCH | TRG_FRESH)))
    return nonsense(context, fmt::format("it offers the granularities {}, which are none of enum trg_granularity", offered), "plan, call granularity", "Offer bits of enum trg_granularity.");
  if ((offered & TRG_RANGE) && (axis < 1 || multiple < 1))
    return nonsense(context, fmt::format("it offers ranges of an axis of {} in multiples of {}", axis, multiple), "plan, call granularity", "Give the length of the axis and a multiple of 1 or more.");
  call->offered = offered, call->axis = axis, call->multiple = multiple;
}

void on_cost(void* context, std::int32_t which, double flops) {
  PlannedCall* const call = call_of(context, which, "cost");
  if (call && (!std::isfinite(flops) || flops < 0)) nonsense(context, fmt::format("its cost is {} operations", flops), "plan, call cost", "Count in double, from 0 up.");
  else if (call) call->flops = flops;
}

void on_absorb(void* context, std::size_t count) { of(context).absorbed = count; }

}  // namespace

NativeRequest::NativeRequest(const LayerCase& given, const PlanRequest& wanted) {
  for (const Array& in : given.inputs) {
    shapes_.push_back(in.shape);
    if (!shapes_.back().empty()) shapes_.back()[0] = wanted.samples;
    names_.push_back(names_.empty() ? "input" : fmt::format("input{}", names_.size()));
  }
  for (std::size_t i = 0; i < given.inputs.size(); ++i) {
    const std::int32_t element = given.inputs[i].type < 0 ? wanted.type : given.inputs[i].type;
    trg_input in{};
    in.size = sizeof(in);
    in.name = names_[i].c_str();
    in.tensor = {nullptr, shapes_[i].data(), static_cast<std::int32_t>(shapes_[i].size()), element};
    in.mask_rank = i < given.masks.size() ? static_cast<std::int32_t>(given.masks[i].shape.size()) : 0;
    in.needs_gradient = element == wanted.type;
    for (const int unwanted : given.no_gradient) in.needs_gradient = in.needs_gradient && unwanted != static_cast<int>(i);
    inputs_.push_back(in);
  }
  native.size = sizeof(native);
  native.type = wanted.type;
  native.mode = given.mode;
  native.inputs = inputs_.data();
  native.input_count = inputs_.size();
  native.input_stride = sizeof(trg_input);
  native.max_workers = wanted.workers;
  native.granularity = wanted.granularity;
  native.followers = given.followers.data();
  native.follower_count = given.followers.size();
  native.follower_stride = sizeof(trg_follower);
}

LayerPlan::LayerPlan(const trg_layer_calls& table, void* layer, const LayerCase& given, const PlanRequest& wanted) : input_flags(given.inputs.size()), table_(table) {
  const NativeRequest request(given, wanted);
  const trg_planner planner = {sizeof(trg_planner), this, on_input, on_output, on_parameter, on_state, on_buffer, on_passes, on_granularity, on_cost, on_absorb};
  trg_error error = fresh_error();
  {
    const Call crumb("plan");
    need_ok(table.plan(layer, &request.native, &planner, &handle, &error), error, "plan");
  }
  judge(given, wanted);
}

LayerPlan::~LayerPlan() {
  destroy_quietly("destroy_plan", [&] {
    if (table_.destroy_plan) table_.destroy_plan(handle);
  });
}

}  // namespace teranga::conformance
