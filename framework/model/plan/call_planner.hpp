// SPDX-License-Identifier: Apache-2.0
// Fills in the stages of a schedule: every call with the buffers that it is given, and what losses and metrics compare.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "plan/schedule.hpp"

namespace teranga::model {

class CallPlanner {
 public:
  // The schedule has its plans, layout, slices and gradients.
  CallPlanner(const PlanContext& context, Schedule& schedule) : context_(context), schedule_(schedule), layout_(schedule.layout), planned_rows_(schedule.rows > 0 ? schedule.rows : 1) {}
  void plan();

 private:
  // The samples of a call: of a slice, or of the whole batch.
  struct Rows {
    int slice;  // -1: the whole batch
    std::int64_t first, count;
    std::int64_t fold = 1;  // of the layer
  };
  int sums_of(int node, std::int32_t which, std::int32_t pass) const { return first_sums_[static_cast<std::size_t>(node) * 2 + static_cast<std::size_t>(which)] + pass; }

  void plan_sums();
  void plan_derived();
  void plan_stages();
  void plan_state_updates();
  void plan_losses();
  ScheduledStage plan_stage(const Stage& stage);
  ScheduledOp plan_op(const Op& op);
  std::int64_t ranges_of(const Op& op) const;
  ScheduledCall plan_sum(const Op& op, const Rows& rows) const;
  ScheduledCall plan_call(const Op& op, const Rows& rows, std::int64_t range_begin = 0, std::int64_t range_end = 0);
  void refer_to_tensors(ScheduledCall& call, const Op& op, const Rows& rows, const PlanAnswer& answer);
  void refer_to_parameters(ScheduledCall& call, const Op& op, const Rows& rows, std::size_t at);
  void refer_to_states(ScheduledCall& call, const Op& op, const Rows& rows, const PlanAnswer& answer, std::size_t at);
  void refer_to_sums(ScheduledCall& call, const Op& op) const;
  void refer_to_guards(ScheduledCall& call, const Op& op, const Rows& rows) const;
  StateUpdate plan_state_update(int node, std::set<std::size_t>& updated);
  Comparison compare(const BatchSlice& slice, int index, Source source, Source shown, int target, std::int32_t leading, int gradient);

  BufferRef at(int storage, const Rows& rows) const;  // where the storage's rows begin
  const Shape* shape_with(const Shape& shape, std::int64_t rows, std::int64_t fold = 1);
  TensorRef tensor(const OutputPort& port, const TensorPlace& place, const Rows& rows);
  TensorRef mask(Source tensor, const Rows& rows);
  TensorRef weights(const Parameter& parameter) const;
  TensorRef shared_state(int node, std::size_t index, bool next) const;
  TensorRef row_state(int node, std::size_t index, bool next, const Rows& rows);
  const TensorPlace& place_of(Source source) const { return layout_.nodes[static_cast<std::size_t>(source.node)].outputs[static_cast<std::size_t>(source.port)]; }
  std::int32_t compute() const { return static_cast<std::int32_t>(context_.compute); }

  const PlanContext& context_;
  Schedule& schedule_;
  const Layout& layout_;
  std::int64_t planned_rows_;
  std::vector<int> first_sums_;  // into Schedule::sums, of [node * 2 + which]
};

}  // namespace teranga::model
