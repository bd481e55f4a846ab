// SPDX-License-Identifier: Apache-2.0
// One kind of update of a run, on one rank: forward, backward, averaging over the ranks, the optimizer. A recipe without phases has one, without a
// name.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/train/measured.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/updater.hpp>

#include "session/former_run.hpp"
#include "session/named_numbers.hpp"
#include "session/snapshot_copy.hpp"
#include "update/gradient_averaging.hpp"
#include "update/gradient_sum.hpp"
#include "update/step_ticks.hpp"

namespace teranga::train {

// Which step of a run it is; steps and epochs from 0.
struct StepOfRun {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::uint64_t random_key = 0;
  bool updates = true;  // false: the gradients are kept for the update of a later step
  bool alone = false;   // each rank updates by its own gradients; LocalUpdates brings the ranks together
  model::StepHooks* beside = nullptr;  // of a rank alone: for messages that travel meanwhile
};

// Updates of a run that were left out, of all phases.
struct LeftOut {
  std::int64_t most = 0, count = 0;
};

class Phase {
 public:
  // The phase's network must outlive it.
  Phase(const PhaseNetwork& what, Wire wire, const host::Registry& registry, Communicator& comm, Team& team);

  // Steps and epochs from 0: finished ones.
  bool due(std::int64_t step, std::int64_t epoch) const;
  std::int64_t steps() const noexcept { return what_.recipe.steps; }

  // The gradients of a batch, in addition to those of the batches since the last update.
  void learn(const model::Batch& batch, std::uint64_t random_key, const StepOfRun& at);
  bool has_learnt() const noexcept { return window_.turns > 0; }
  // One update of all ranks, by the mean of these gradients. `piggybacked` are further numbers of this rank that become their sums. Throws AgreedError(diverged).
  void update(const StepOfRun& at, std::span<double> piggybacked);
  // From now on an update whose loss or gradients are not finite is left out, as long as the count stays below the limit; else, and without this call, update() throws.
  void leave_out_diverged(LeftOut& count) noexcept { left_out_ = &count; }
  // After a divergence that the run goes back from: nothing is left of what was learnt since the last update.
  void forget();
  void slow_down(double factor) noexcept { updater_.slow_down(factor); }
  // Of updates that ranks made alone since they met last: sums of loss and metrics, and states. Collective; throws AgreedError(diverged).
  void meet(const StepOfRun& at);
  // The rows of a table that those updates touched; nullptr: they may have changed all of it.
  model::TouchedRows* round_rows(std::size_t parameter) noexcept;
  const std::vector<std::size_t>& trained() const noexcept { return network_.trained(); }
  // What is a rank's own when it updates alone.
  std::vector<TensorView> own_views() const;
  // The last update's step, loss and rate: what the end of a step tells of.
  std::array<double, 3> last() const noexcept { return {static_cast<double>(last_step_), last_loss_, last_rate_}; }
  void set_last(const std::array<double, 3>& last) noexcept;
  // What the update of that step (from 0) tells observers, if there was one.
  struct LastUpdate {
    double loss, rate, gradient_norm;  // the norm is NaN unless it is watched
  };
  std::optional<LastUpdate> update_of(std::int64_t step) const;
  // From now on each update that all ranks make together takes the norm of all its gradients, before clipping.
  void watch_gradient_norm() noexcept { watches_norm_ = true; }
  const std::string& name() const noexcept { return what_.recipe.name; }
  // Of the last update of that step (from 0), if there was one: its loss and rate.
  void step_numbers(std::int64_t step, NamedNumbers& out) const;
  // Of the running epoch; nothing where it had no update.
  void epoch_numbers(NamedNumbers& out) const;
  void rate_number(std::int64_t epoch, NamedNumbers& out) const;
  void begin_epoch();  // its sums are 0
  void end_epoch(std::int64_t epoch, const NamedNumbers& numbers, const std::vector<Measured>& measured);

  // The average of the weights, where the optimizer keeps one: it begins with the weights; it changes places with them.
  void begin_average() { updater_.begin_average(); }
  void swap_average() { updater_.swap_average(); }

  // For checkpoints.
  void store(SnapshotViews& snapshot, std::int64_t step) const;
  void take(const FormerRun& former);
  void share(Communicator& comm);  // rank 0's memory to all

  // What updates do goes into rows of the profile, of the phase's networks too. Before the first one; it must outlive the last.
  void set_profile(Profile& profile);

  // Of learn() and update(); of meet() nothing.
  const StepTicks& ticks() const noexcept { return ticks_; }

  // Advice that helps against divergence.
  std::string calmer(std::int64_t epoch) const;
  // " --set optimizer.learning_rate=0.001" where the rate is far too large for any step; else empty.
  std::string usual_rate(std::int64_t epoch) const;
  bool trains(const std::string& parameter) const;

 private:
  std::string section_of_optimizer() const;
  double calmer_rate(std::int64_t epoch) const;
  void look_for_fault(const model::Batch& batch, const model::Step& context);
  void run_network(const model::Batch& batch, const model::Step& context, std::size_t bucket);
  void update_together(const StepOfRun& at, std::span<double> piggybacked);
  bool is_own(const model::State& state) const;
  void commit_states(const model::Batch& batch);
  void update_alone(const StepOfRun& at);
  void count(double loss, double samples, std::span<const double> sums, std::vector<double>& into) const;
  void merge_states(double rows, double global_rows, bool alone);
  std::string not_finite_of(const model::Batch& batch) const;
  std::string state_that_is_not_finite() const;
  struct Divergence {
    bool of_data = false;
    std::string what = {}, state = {};  // the state that was not finite before the step; empty: none
  };
  Divergence divergence(double loss, std::int64_t first_step, const StepOfRun& at);  // collective
  [[noreturn]] void diverged(double loss, std::int64_t first_step, const StepOfRun& at);
  void leave_out(double loss, const StepOfRun& at);
  void keep_states();

  const PhaseNetwork& what_;
  model::Network& network_;
  model::ParameterStore& store_;
  Communicator& comm_;
  Team& team_;
  GradientAveraging averaging_;
  Updater updater_;
  // What was learnt since the last update.
  struct Window {
    std::int64_t first_step = 0, turns = 0;
    std::int64_t batches = 0;  // the turns in which this rank learnt: all, but for those without samples when it is alone
    std::int64_t rows = 0, global_rows = 0;  // of this rank, of all
    bool summed = false;  // the gradients are in gradient_sum_, not in the store
    std::vector<double> sums;
  };
  Window window_;
  std::string data_fault_, state_fault_, layer_fault_;  // of this rank: where the first number is that is not finite
  // Updates that this rank made alone since the ranks met.
  struct Round {
    std::int64_t first_step = 0, updates = 0;
    std::vector<double> sums;  // as epoch_sums_
    std::vector<model::TouchedRows> rows;
  };
  Round round_;
  LeftOut* left_out_ = nullptr;
  std::vector<float> kept_states_;  // of before the window, where an update may be left out
  std::vector<NamedTensor> kept_row_states_;
  std::optional<GradientSum> gradient_sum_;  // made where an update is of several batches
  std::vector<float> packed_states_;
  std::vector<double> step_sums_;   // sums of a window, then what rides on them
  std::vector<double> epoch_sums_;  // loss x samples, samples, then the metrics' sums
  std::int64_t updates_ = 0;
  std::int64_t last_step_ = -1;
  double last_loss_ = 0, last_rate_ = 0, last_norm_ = std::numeric_limits<double>::quiet_NaN();
  bool watches_norm_ = false;
  StepTicks ticks_;
  Profile* profile_ = nullptr;
  Work adding_, states_, penalties_;
};

// The phases of these networks, in their order. The networks must outlive them. `class_weights` as class_weights.hpp gives them; gradients travel as `wire`.
std::deque<Phase> phases_of(Networks& networks, const std::vector<double>& class_weights, Wire wire, const host::Registry& registry, Communicator& comm, Team& team);

// While it lives, averages of the weights stand in their place, where optimizers keep some.
class AveragesInPlace {
 public:
  explicit AveragesInPlace(std::deque<Phase>& phases) : phases_(phases) { swap(); }
  ~AveragesInPlace() { swap(); }
  AveragesInPlace(const AveragesInPlace&) = delete;
  AveragesInPlace& operator=(const AveragesInPlace&) = delete;

 private:
  void swap() {
    for (Phase& phase : phases_) phase.swap_average();
  }
  std::deque<Phase>& phases_;
};

// Which update of a step comes next: the phase, and how often it has run in this step.
struct PhaseCursor {
  std::size_t phase = 0;
  std::int64_t runs = 0;

  bool begins() const noexcept { return phase == 0 && runs == 0; }
};

// One step of all ranks: every phase that is due, as often as it runs, from `next` on. `piggybacked` as in Phase::update, with every update; a step that updates
// nothing leaves them alone. Between two updates goes_on() looks at the sums and puts new numbers in their place, and says the same on all ranks; false: `next` is the update that was left, and the
// answer is false. Else `next` is the first one of the next step.
bool update_all(std::deque<Phase>& phases, Communicator& comm, const model::Batch& batch, const StepOfRun& at, PhaseCursor& next, std::span<double> piggybacked,
                const std::function<bool()>& goes_on);

}  // namespace teranga::train
