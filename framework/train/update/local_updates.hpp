// SPDX-License-Identifier: Apache-2.0
// Rounds of updates that each rank makes alone: on its share of each batch, with its own optimizer, and without a message. At the end of a round the change of each
// rank's weights, weighted by the samples that it saw, is averaged; the weights of the round's begin take the mean change, or an outer optimizer takes it as a negative
// gradient. All ranks hold the same weights then. Their optimizers stay their own.
//
// With overlap, the changes of a round travel while the ranks make the next one. At its end, the weights that all ranks have in common take the mean change of the round before, and each
// rank goes on from these plus its own change of the round that ends (Shen et al., arXiv 1906.12043). The last round of an epoch ends as one without overlap.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/comm/communicator.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/updater.hpp>

#include "session/former_run.hpp"
#include "session/snapshot_copy.hpp"
#include "update/change_exchange.hpp"
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
  // For the updates of a round; null where there is nothing to do beside them.
  model::StepHooks* hooks() noexcept { return exchange_.started() ? &exchange_ : nullptr; }
  // Collective: the numbers of the phases, and the weights. `last`: all ranks have the same weights then. Throws AgreedError(diverged).
  void end_round(const StepOfRun& at, bool last);
  // Whether all ranks have the same weights; and between two rounds, that all have them: collective.
  bool together() const noexcept { return !exchange_.started(); }
  void come_together();
  // Waits for messages that are on their way: their memory may go then.
  void wait() { exchange_.wait(); }

  // For checkpoints, which are at the end of a round: the outer optimizer, and what each rank keeps of its own (of the first rank its weights alone, of the others what optimizers
  // keep as well). Rank 0 gets the latter; collective. Where ranks have weights of their own, the parameters of the checkpoint are those that they have in common.
  void store(SnapshotViews& snapshot) const;
  std::vector<checkpoint::RankState> gather() const;
  void take(const FormerRun& former);  // rank 0
  // For a run without such updates: the weights take the mean of the changes that travelled when the checkpoint was made, if there are any.
  static void take_travelled(const std::vector<checkpoint::RankState>& ranks, model::ParameterStore& store);
  void share();                        // collective: what rank 0 took to the ranks

  void set_profile(Profile& profile);

 private:
  void begin_from(std::vector<float>& weights);
  void take_mean_change();
  void end_last_round();
  std::vector<TensorView> own_views() const;
  std::vector<TensorView> weight_views() const;
  void share_weights(int ranks);
  void start_again();
  void add_change(const std::string& weights);

  const recipe::AveragingRecipe recipe_;
  std::deque<Phase>& phases_;
  model::ParameterStore& store_;
  Communicator& comm_;
  Team& team_;
  std::vector<std::size_t> trained_;  // by any phase: indices into the store's parameters
  ChangeExchange exchange_;
  std::optional<Updater> outer_;
  std::vector<float> first_;  // with overlap: the weights of this rank at the round's begin
  std::int64_t rounds_ = 0;   // whose changes were taken
  std::int64_t rows_ = 0, global_rows_ = 0;  // of the running round
  float share_ = 0;     // of this rank, in the round whose changes are on their way
  bool apart_ = false;  // the ranks' optimizers are no longer the same
  std::vector<checkpoint::RankState> former_ranks_;  // rank 0, until share()
  Profile* profile_ = nullptr;
  Work meeting_;
};

}  // namespace teranga::train
