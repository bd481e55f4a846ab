// SPDX-License-Identifier: Apache-2.0
// Adds up the partial gradients of slices, in the order of the slices, whoever computed them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <teranga/parallel/profile.hpp>

#include "plan/gradient_plan.hpp"

namespace teranga::model {

class GradientReducer {
 public:
  GradientReducer(const GradientPlan& plan, ParameterStore& store, Team& team) : plan_(plan), store_(store), team_(team), works_(plan.chunks.size()) {}

  void clear() const;                       // before the calls of a step
  void clear_partial(char* partial) const;  // of one slice; any thread
  // Adds up the partials of so many slices, which lie one behind another, for the gradients of one bucket.
  void reduce(std::size_t bucket, const char* partials, std::size_t slices, bool onto, Profile* profile) const;
  std::size_t without_bucket() const noexcept { return plan_.of_bucket.size() - 1; }

  double cleared_bytes() const;
  // `row`: the number of the profile's row of that name and pass.
  void watch(std::size_t slices, const std::function<int(const std::string&, Pass)>& row);

 private:
  template <class T>
  void add_up(const GradientPlan::Chunk& chunk, const char* partials, std::size_t slices, bool onto) const;

  const GradientPlan& plan_;
  ParameterStore& store_;
  Team& team_;
  std::vector<Work> works_;  // by chunk
  int wait_ = -1;            // row of the profile
};

}  // namespace teranga::model
