// SPDX-License-Identifier: Apache-2.0
// What a layer answers while it plans, looked through before anyone uses it: counts, names, shapes, sizes. No exception passes through the layer's frames.
#pragma once

#include "graph/node_plan.hpp"

#include <string>

namespace teranga::model {

class PlanCollector {
 public:
  PlanCollector(PlanAnswer& answer, const trg_plan_request& request);
  PlanCollector(const PlanCollector&) = delete;
  PlanCollector& operator=(const PlanCollector&) = delete;

  const trg_planner& planner() const noexcept { return planner_; }
  // The first thing that is wrong, as "declares the parameter "x" twice"; or "". When the plan is complete.
  std::string fault();

 private:
  template <class F>
  static void take(void* context, F&& f) noexcept;

  void take_input(std::int32_t index, std::int32_t flags);
  void take_output(const trg_port* port);
  void take_parameter(const trg_parameter* parameter);
  void take_state(const trg_state* state);
  void take_buffer(std::int32_t kind, std::int64_t bytes_per_row, std::int64_t bytes);
  void take_passes(std::int32_t which, std::int32_t count, const std::int64_t* sums, std::int32_t synchronised);
  void take_granularity(std::int32_t which, std::int32_t offered, std::int64_t axis_length, std::int64_t multiple);
  void take_cost(std::int32_t which, double flops);

  CallFacts& call(std::int32_t which);
  Shape shape(const std::string& owner, const std::int64_t* extents, std::int32_t rank) const;
  std::int64_t samples() const;

  PlanAnswer& answer_;
  const trg_plan_request& request_;
  trg_planner planner_;
  std::string fault_;
};

// What the second plan of a layer answers otherwise than the first: the sizes of buffers and the samples (axis 0) may differ, all else must not. "" where nothing does.
std::string difference(const PlanAnswer& first, const PlanAnswer& second);

}  // namespace teranga::model
