// SPDX-License-Identifier: Apache-2.0
// The sums over ranks that layers and losses ask for within a step.
#pragma once

#include <span>

#include <teranga/comm/communicator.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/profile.hpp>

namespace teranga::train {

class RankSums final : public model::StepHooks {
 public:
  explicit RankSums(Communicator& comm) : comm_(comm) {}

  // Their time goes there.
  void set_profile(Profile& profile, const Work& work) { profile_ = &profile, work_ = work; }
  // For a step: null where the rank is alone.
  model::StepHooks* hooks() noexcept { return comm_.size() > 1 ? this : nullptr; }

  void sum_over_ranks(std::span<double> numbers) override {
    LapTimer lap(profile_, 0);
    comm_.sum(numbers);
    lap.done(work_);
  }

 private:
  Communicator& comm_;
  Profile* profile_ = nullptr;
  Work work_;
};

}  // namespace teranga::train
