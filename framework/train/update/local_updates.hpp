// SPDX-License-Identifier: Apache-2.0
// Rounds of updates that each rank makes alone: on its share of each batch, with its own optimizer, and without a message. At the end of a round the change of each
// rank's weights, weighted by the samples that it saw, is averaged; the weights of the round's begin take the mean change, or an outer optimizer takes it as a negative
// gradient. All ranks hold the same weights then. Their optimizers stay their own.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/updater.hpp>

#include "session/former_run.hpp"
#include "session/snapshot_copy.hpp"
#include "update/phase.hpp"

namespace teranga::train {

class LocalUpdates {
 public:
  // Whether a recipe asks for it. A rank alone makes the same updates in rounds as without them, but for an outer optimizer.
  static bool wanted(const recipe::TrainingRecipe& training, const Communicator& comm);
  // All must outlive it.
  LocalUpdates(const recipe::TrainingRecipe& training, std::deque<Phase>& phases, model::ParameterStore& store, const host::Registry& registry, Communicator& comm, Team& team);

  bool applies(std::int64_t epoch) const noexcept { return epoch >= recipe_.after_epoch; }  // from 0
  std::int64_t every() const noexcept { return recipe_.every; }

  // Before each batch of this rank: it has so many of the batch's samples.
  void begin(std::int64_t rows, std::int64_t global_rows);
  // Collective: the numbers of the phases, and the weights. Throws AgreedError(diverged).
  void end_round(const StepOfRun& at);

  // For checkpoints, which are at the end of a round: the outer optimizer, and what each rank but the first keeps of its own. Rank 0 gets the latter; collective.
  void store(SnapshotViews& snapshot) const;
  std::vector<checkpoint::RankState> gather() const;
  void take(const FormerRun& former);  // rank 0
  void share();                        // collective: what rank 0 took to the ranks

  void set_profile(Profile& profile);

 private:
  struct Piece {
    std::size_t begin, count;  // elements of the flat arrays
  };
  float* weight(std::size_t at) const { return static_cast<float*>(store_.weights()) + at; }
  float* gradient(std::size_t at) const { return static_cast<float*>(store_.gradients()) + at; }
  template <class F>
  void each_piece(F&& f);  // f(begin, count) for all that is averaged, on all threads; of tables: their touched rows
  void touch();
  void average(float share, std::int64_t epoch);
  void sum_over_ranks();
  std::vector<TensorView> own_views() const;

  const recipe::AveragingRecipe recipe_;
  const Wire wire_;
  std::deque<Phase>& phases_;
  model::ParameterStore& store_;
  Communicator& comm_;
  Team& team_;
  std::vector<std::size_t> trained_;  // by any phase: indices into the store's parameters
  std::unique_ptr<GradientExchange> exchange_;  // of what is not in a table of which rows are known
  std::vector<Piece> pieces_;                   // of that too
  std::optional<Updater> outer_;
  std::vector<float> first_;  // the weights of the round's begin
  std::vector<float> packed_rows_;
  std::int64_t rounds_ = 0;  // ended ones
  std::int64_t rows_ = 0, global_rows_ = 0;  // of the running round
  bool apart_ = false;                       // the ranks' optimizers are no longer the same
  std::vector<checkpoint::RankState> former_ranks_;  // rank 0, until share()
  Profile* profile_ = nullptr;
  Work meeting_;
};

}  // namespace teranga::train
