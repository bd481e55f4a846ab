// SPDX-License-Identifier: Apache-2.0
// Which row of a profile each call of a schedule belongs to, what it computes and what it moves.
#include "run/executor.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace teranga::model {
namespace {

double bytes_of(const TensorRef& tensor) {
  double count = static_cast<double>(size_of(static_cast<ElementType>(tensor.type)));
  if (tensor.shape)
    for (const std::int64_t extent : *tensor.shape) count *= static_cast<double>(extent);
  return count;
}

Pass pass_of(std::int32_t which) { return which == TRG_FORWARD ? Pass::forward : which == TRG_BACKWARD ? Pass::backward : Pass::gradient; }

std::string described(const Graph& graph, const Op& op) {
  return op.kind == OpKind::loss ? "loss" : fmt::format("{} {}", graph.at(op.node).name, op.kind == OpKind::accumulate ? "backward" : to_string(pass_of(op.which)));
}

}  // namespace

int Executor::profile_row(const std::string& name, Pass pass) const { return profile_->row(context_.profile_prefix + name, pass); }

// Operations are those that the layer's plan counts. Tensors count that the call is given and has said to read, or writes; of a lookup's table the rows
// that it can touch.
Work Executor::work_of(const Op& op, const ScheduledCall& call) const {
  const NodePlaces& places = schedule_->layout.nodes[static_cast<std::size_t>(op.node)];
  const PlanAnswer& answer = call.plan->answer();
  const CallFacts& facts = answer.calls[static_cast<std::size_t>(op.which)];
  const bool forward = op.which == TRG_FORWARD, ranged = op.granularity == TRG_RANGE;
  const double share = ranged ? static_cast<double>(call.range_end - call.range_begin) / static_cast<double>(facts.axis_length) : 1;

  Work work{profile_row(context_.graph.at(op.node).name, pass_of(op.which))};
  work.flops = facts.flops * share / static_cast<double>(facts.sums.size());  // of one pass
  const TensorRef *const inputs = call.tensors.data(), *const outputs = inputs + call.inputs;
  double out_bytes = 0;
  for (std::size_t i = 0; i < call.outputs; ++i) out_bytes += bytes_of(outputs[i]);
  for (std::size_t i = 0; i < call.inputs; ++i) {
    if (forward || answer.input_flags[i] & TRG_READ_IN_BACKWARD) work.bytes += bytes_of(inputs[i]);
    if (call.d_inputs()[i].buffer) work.bytes += bytes_of(call.d_inputs()[i]);
  }
  for (std::size_t i = 0; i < call.outputs; ++i) {
    if (forward || answer.outputs[i].flags & TRG_READ_IN_BACKWARD) work.bytes += bytes_of(outputs[i]);
    if (call.d_outputs()[i].buffer) work.bytes += bytes_of(call.d_outputs()[i]);
  }
  for (std::size_t i = 0; i < call.parameters; ++i) {
    const TensorRef& used = op.which == TRG_BACKWARD_PARAMS ? call.d_parameters()[i] : call.parameter_refs()[i];
    if (used.buffer) work.bytes += (answer.parameters[i].touched_by >= 0 ? std::min(out_bytes, bytes_of(used)) : bytes_of(used)) * share;
  }
  if (places.saved >= 0) work.bytes += static_cast<double>(answer.buffers[TRG_SAVED].size(call.rows));
  if (places.carry >= 0 && !forward) work.bytes += static_cast<double>(answer.buffers[TRG_CARRY].size(call.rows));
  return work;
}

Work Executor::work_of_losses(const BatchSlice& slice) const {
  Work work{profile_row("loss", Pass::loss)};
  for (std::size_t t = 0; t < context_.objective.terms.size(); ++t)
    for (const TensorRef* tensor : {&slice.comparisons[t].prediction, &slice.comparisons[t].target, &slice.comparisons[t].gradient})
      if (tensor->shape) work.bytes += bytes_of(*tensor);
  return work;
}

void Executor::watch_stage(StageFrames& stage) {
  const double element = static_cast<double>(size_of(context_.compute));
  for (OpFrames& op : stage.ops)
    for (std::size_t f = 0; f < op.frames.size(); ++f) {
      Frame& frame = op.frames[f];
      switch (op.op->op.kind) {
        case OpKind::call: frame.work = work_of(op.op->op, op.op->calls[f]); break;
        case OpKind::accumulate: frame.work = {profile_row(context_.graph.at(op.op->op.node).name + " (added)", Pass::backward), 0, 3 * element * static_cast<double>(frame.elements)}; break;
        case OpKind::loss: frame.work = work_of_losses(schedule_->slices[f]); break;
      }
    }
  const std::string first = described(context_.graph, stage.ops.front().op->op), last = described(context_.graph, stage.ops.back().op->op);
  const char* kind = stage.stage->granularity == TRG_SLICE ? "slices" : stage.stage->granularity == TRG_RANGE ? "ranges" : "lent to";
  stage.wait = profile_row(first == last ? fmt::format("{}, {}", kind, first) : fmt::format("{}, {} to {}", kind, first, last), Pass::wait);
}

void Executor::watch() {
  for (StageFrames& stage : stages_) watch_stage(stage);
  const bool looks_up = !schedule_->gradients.lookups.empty();
  const auto clearing = [&] { return profile_row("clearing gradients", Pass::prepare); };
  clear_.bytes = gradients_.cleared_bytes();
  if (clear_.bytes > 0 || looks_up) clear_.row = clearing();
  if (looks_up) find_.row = profile_row("finding touched rows", Pass::prepare);
  if (schedule_->memory.partial_bytes > 0) clear_slice_ = {clearing(), 0, static_cast<double>(schedule_->memory.partial_bytes)};
  if (!context_.objective.metrics.empty()) metrics_.row = profile_row("metrics", Pass::metrics);
  for (std::size_t d = 0; d < derived_.size(); ++d) derived_[d].work.row = profile_row(context_.graph.at(schedule_->derived[d].node).name, Pass::prepare);
  for (std::size_t u = 0; u < updates_.size(); ++u) updates_[u].work.row = profile_row(context_.graph.at(schedule_->state_updates[u].node).name, Pass::update);
  derive_wait_ = profile_row("preparing weights", Pass::wait);
  drop_wait_ = profile_row("dropping copies", Pass::wait);
  drop_row_ = profile_row("dropping copies", Pass::prepare);
  gradients_.watch(schedule_->slices.size(), [this](const std::string& name, Pass pass) { return profile_row(name, pass); });
}

}  // namespace teranga::model
