// SPDX-License-Identifier: Apache-2.0
// Which row of a profile each call of a program belongs to, what it computes and what it moves.
#include "program_frames.hpp"

#include <fmt/format.h>

namespace teranga::model {
namespace {

double bytes_of(const trg_tensor& tensor) {
  double count = static_cast<double>(size_of(static_cast<ElementType>(tensor.type)));
  for (std::int32_t axis = 0; axis < tensor.rank; ++axis) count *= static_cast<double>(tensor.shape[axis]);
  return count;
}

Pass pass_of(std::int32_t which) { return which == TRG_FORWARD ? Pass::forward : which == TRG_BACKWARD ? Pass::backward : Pass::gradient; }

std::string described(const Graph& graph, const Op& op) {
  return op.kind == OpKind::loss ? "loss" : fmt::format("{} {}", graph.at(op.node).name, op.kind == OpKind::accumulate ? "backward" : to_string(pass_of(op.which)));
}

}  // namespace

int Program::profile_row(const std::string& name, Pass pass) const { return profile_->row(context_.profile_prefix + name, pass); }

// Operations are those that the layer's plan counts. Tensors count that the call is given and has said to read, or writes; of a lookup's table the rows
// that it can touch.
Work Program::work_of(const Op& op, const Frame& frame, const Slice* slice) const {
  const Node& node = context_.graph.at(op.node);
  const NodePlaces& places = layout_.nodes[static_cast<std::size_t>(op.node)];
  const PlanAnswer& answer = const_cast<Program*>(this)->plan_for(op.node, slice, op.granularity).answer();
  const CallFacts& facts = answer.calls[static_cast<std::size_t>(op.which)];
  const trg_call& call = frame.call;
  const bool forward = op.which == TRG_FORWARD, ranged = op.granularity == TRG_RANGE;
  const double share = ranged ? static_cast<double>(call.range_end - call.range_begin) / static_cast<double>(facts.axis_length) : 1;

  Work work{profile_row(node.name, pass_of(op.which))};
  work.flops = facts.flops * share / static_cast<double>(facts.sums.size());  // of one pass
  double out_bytes = 0;
  for (std::size_t i = 0; i < answer.outputs.size(); ++i) out_bytes += bytes_of(call.outputs[i]);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (forward || answer.input_flags[i] & TRG_READ_IN_BACKWARD) work.bytes += bytes_of(call.inputs[i]);
    if (call.d_inputs[i].data) work.bytes += bytes_of(call.d_inputs[i]);
  }
  for (std::size_t i = 0; i < answer.outputs.size(); ++i) {
    if (forward || answer.outputs[i].flags & TRG_READ_IN_BACKWARD) work.bytes += bytes_of(call.outputs[i]);
    if (call.d_outputs[i].data) work.bytes += bytes_of(call.d_outputs[i]);
  }
  for (std::size_t i = 0; i < answer.parameters.size(); ++i) {
    const trg_tensor& used = op.which == TRG_BACKWARD_PARAMS ? call.d_parameters[i] : call.parameters[i];
    if (used.data) work.bytes += (answer.parameters[i].touched_by >= 0 ? std::min(out_bytes, bytes_of(used)) : bytes_of(used)) * share;
  }
  if (places.saved >= 0) work.bytes += static_cast<double>(answer.buffers[TRG_SAVED].size(call.rows));
  if (places.carry >= 0 && !forward) work.bytes += static_cast<double>(answer.buffers[TRG_CARRY].size(call.rows));
  return work;
}

void Program::watch() {
  const double element = static_cast<double>(size_of(context_.compute));
  for (PreparedStage& stage : stages_) {
    for (PreparedOp& op : stage.ops)
      for (std::size_t f = 0; f < op.frames.size(); ++f) {
        Frame& frame = op.frames[f];
        if (op.op.kind == OpKind::call) {
          frame.work = work_of(op.op, frame, op.op.granularity == TRG_SLICE ? &slices_[f] : nullptr);
        } else if (op.op.kind == OpKind::accumulate) {
          frame.work = {profile_row(context_.graph.at(op.op.node).name + " (added)", Pass::backward), 0, 3 * element * static_cast<double>(frame.elements)};
        } else {
          frame.work.row = profile_row("loss", Pass::loss);
          for (const Comparison& term : loss_->terms(f))
            for (const trg_tensor& tensor : term.tensors)
              if (tensor.shape) frame.work.bytes += bytes_of(tensor);
        }
      }
    const std::string first = described(context_.graph, stage.ops.front().op), last = described(context_.graph, stage.ops.back().op);
    const char* kind = stage.granularity == TRG_SLICE ? "slices" : stage.granularity == TRG_RANGE ? "ranges" : "lent to";
    stage.wait = profile_row(first == last ? fmt::format("{}, {}", kind, first) : fmt::format("{}, {} to {}", kind, first, last), Pass::wait);
  }
  const auto clearing = [&] { return profile_row("clearing gradients", Pass::prepare); };
  clear_.bytes = gradients_.cleared_bytes();
  if (clear_.bytes > 0 || !lookups_.empty()) clear_.row = clearing();
  if (!lookups_.empty()) find_.row = profile_row("finding touched rows", Pass::prepare);
  if (gradients_.partial_bytes() > 0) clear_slice_ = {clearing(), 0, static_cast<double>(gradients_.partial_bytes())};
  if (!context_.objective.metrics.empty()) metrics_.row = profile_row("metrics", Pass::metrics);
  for (Derived& d : derived_) d.work.row = profile_row(context_.graph.at(d.node).name, Pass::prepare);
  for (StateUpdate& update : state_updates_) update.work.row = profile_row(context_.graph.at(update.node).name, Pass::update);
  derive_wait_ = profile_row("preparing weights", Pass::wait);
  drop_wait_ = profile_row("dropping copies", Pass::wait);
  drop_row_ = profile_row("dropping copies", Pass::prepare);
  gradients_.watch(slices_.size(), [this](const std::string& name, Pass pass) { return profile_row(name, pass); });
}

}  // namespace teranga::model
