// SPDX-License-Identifier: Apache-2.0
// One recipe with a batch in memory, ready to make steps of a training again and again.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/bench.hpp>
#include <teranga/train/networks.hpp>

#include "update/local_updates.hpp"
#include "update/phase.hpp"

namespace teranga::train {

struct CheckedTask {
  host::Registry registry;
  recipe::Recipe recipe;
};

CheckedTask check_task(const BenchTask& task);

class StepBench {
 public:
  // A rank's samples, and those of all ranks.
  struct BatchRows {
    std::int64_t own = 0, all = 0;
  };
  // This rank's share of the recipe's batch; or `rows`, where the other ranks are not there. All must outlive it.
  StepBench(const CheckedTask& task, Communicator& comm, Team& team, std::optional<BatchRows> rows = std::nullopt);

  StepSpeed run(const BenchOptions& options, const MachineSpeed& machine);

  void step();
  // Goes into the profile from now on.
  Profile& add_profile(int threads, Profile::Traced traced);
  // So many steps from one meeting of the ranks to the next.
  std::int64_t steps_of_round() const { return recipe_.training.accumulate * (local_ ? local_->every() : 1); }
  bool updates_alone() const noexcept { return local_.has_value(); }
  const model::Batch& batch() const noexcept { return batch_; }
  const model::ParameterStore& store() const { return networks_->store(); }

 private:
  bool goes_on(bool mine);
  double flops() const;
  double last_loss() const;
  void timed_round();
  void round();

  const recipe::Recipe& recipe_;
  Communicator& comm_;
  std::unique_ptr<data::Source> source_;
  std::optional<Networks> networks_;
  std::deque<Phase> phases_;
  std::optional<LocalUpdates> local_;
  std::optional<data::Loader> loader_;  // holds the batch
  std::vector<const void*> pointers_;
  model::Batch batch_;
  std::optional<Profile> profile_;
  std::int64_t step_ = 0;
  std::int64_t epoch_ = 0;  // the first one in which all phases have begun
};

}  // namespace teranga::train
