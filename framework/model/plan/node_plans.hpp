// SPDX-License-Identifier: Apache-2.0
// The plans of all layers for one number of samples: for a full slice, for the short slice at the end, and for the whole batch where a layer has calls over it.
#pragma once

#include <memory>
#include <vector>

#include "plan/plan_context.hpp"

namespace teranga::model {

class NodePlans {
 public:
  // `shared`: what the network shares with others, or null. Throws Error as the layers report it.
  NodePlans(const PlanContext& context, std::int64_t rows, Purpose purpose, const SharedPart* shared);

  const std::vector<std::unique_ptr<NodePlan>>& full() const noexcept { return full_; }  // of a full slice, by node; null for inputs
  const NodePlan& full(int node) const { return *full_[static_cast<std::size_t>(node)]; }
  const NodePlan& whole(int node) const { return *whole_[static_cast<std::size_t>(node)]; }
  // For a call of that granularity; `slice_rows` count for calls by slices.
  const NodePlan& of(int node, std::int32_t granularity, std::int64_t slice_rows) const;
  std::vector<const NodePlan*> all_of(std::size_t node) const;
  std::size_t scratch_bytes() const;  // that a call needs at most

 private:
  void require_alike(int node) const;
  std::unique_ptr<NodePlan> make(const Node& node, const std::vector<const Node*>& followers, std::int64_t rows, std::int32_t granularity) const;

  const PlanContext& context_;
  std::int64_t rows_, full_rows_, short_rows_;
  Purpose purpose_;
  std::vector<std::unique_ptr<NodePlan>> full_, short_, whole_;
};

}  // namespace teranga::model
