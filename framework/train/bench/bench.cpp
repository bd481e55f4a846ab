// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/bench.hpp>

#include "session/agreement.hpp"
#include "session/group.hpp"
#include "session/part_evaluation.hpp"
#include "session/rank_sums.hpp"
#include "update/local_updates.hpp"
#include "update/phase.hpp"
#include "update/sent_parameters.hpp"
#include "run/profile_report.hpp"
#include "session/same_work.hpp"

#include <teranga/core/peak_memory.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/math/machine_speed.hpp>
#include <teranga/train/class_weights.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/recipe_checks.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

namespace teranga::train {
namespace {

using Clock = std::chrono::steady_clock;

double ms(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

struct Checked {
  host::Registry registry;
  recipe::Recipe recipe;
};

// One recipe with a batch in memory.
class StepBench {
 public:
  StepBench(const Checked& task, Communicator& comm, Team& team) : recipe_(task.recipe), comm_(comm), source_(open_data(task.recipe, task.registry)) {
    source_->fit();
    networks_.emplace(recipe_, *source_, task.registry, team);
    check_row_states(recipe_, networks_->store(), *source_);
    networks_->store().row_states().begin(model::Purpose::training, data::share_of(recipe_.training.batch_size, rank_of(comm, recipe::rows_in_order(recipe_.training))).rows);
    phases_ = phases_of(*networks_, class_weights(recipe_, *source_, *networks_).factors, wire_of(recipe_.training), task.registry, comm, team);
    if (LocalUpdates::wanted(recipe_.training, comm)) local_.emplace(recipe_.training, phases_, networks_->store(), task.registry, comm, team);
    data::LoaderOptions loading;
    loading.batch_size = recipe_.training.batch_size;
    loading.shuffle = recipe_.training.shuffle;
    loading.seed = static_cast<std::uint64_t>(recipe_.training.seed);
    loading.who = rank_of(comm, recipe::rows_in_order(recipe_.training));
    loading.ahead = 1;
    loader_.emplace(*source_, loading);
    batch_ = view_of(*loader_->next(), pointers_);
    for (const PhaseNetwork& phase : networks_->phases()) epoch_ = std::max(epoch_, phase.recipe.from_epoch - 1);
    if (local_) epoch_ = std::max(epoch_, recipe_.training.averaging->after_epoch);
  }

  StepSpeed run(const BenchOptions& options, const MachineSpeed& machine) {
    StepSpeed out;
    out.machine = machine;
    out.recipe = recipe_.name;
    out.batch = batch_.global_rows;
    out.parameters = networks_->layers().summary(0).parameters;
    out.flops = flops();
    if (options.profile.wanted) {
      comm_.barrier();  // traces of ranks begin together
      profile_.emplace(machine.threads, traced_steps(options.profile, 0, machine.threads));
      for (Phase& phase : phases_) phase.set_profile(*profile_);
      if (local_) local_->set_profile(*profile_);
    }
    const auto warm = Clock::now();
    for (std::int64_t r = 0; goes_on(options.steps ? r < 2 : r < 3 || (r < 10 && ms(Clock::now() - warm) < 200 * options.seconds)); ++r) {
      round();
      if (r == 0) out.first_loss = last_loss();
    }
    if (profile_) profile_->restart();
    std::vector<double> times;
    const auto begin = Clock::now();
    while (goes_on(options.steps ? out.steps < options.steps : out.steps < 30 || ms(Clock::now() - begin) < 1000 * options.seconds)) {
      const auto before = Clock::now();
      timed_round();
      times.push_back(ms(Clock::now() - before) / static_cast<double>(steps_of_round()));
      out.steps += steps_of_round();
    }
    std::ranges::sort(times);
    out.median_ms = (times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2;
    out.least_ms = times.front();
    out.loss = last_loss();
    if (profile_) {
      ProfileReport report = report_of(*profile_, machine, comm_);
      out.profile_table = std::move(report.table), out.profile_json = std::move(report.summary), out.trace = std::move(report.trace);
    }
    return out;
  }

 private:
  // Rank 0 decides; at the same time no rank begins a round before the others have ended theirs.
  bool goes_on(bool mine) {
    std::int64_t more = mine;
    comm_.broadcast(&more, sizeof(more), 0);
    return more != 0;
  }

  // Of the phases that run, for the samples that there are.
  double flops() const {
    return networks_->step_flops(epoch_) * static_cast<double>(batch_.global_rows) / static_cast<double>(recipe_.training.batch_size);
  }

  // So many steps from one meeting of the ranks to the next.
  std::int64_t steps_of_round() const { return recipe_.training.accumulate * (local_ ? local_->every() : 1); }

  void step() {
    PhaseCursor first;
    const StepOfRun at{step_, epoch_, static_cast<std::uint64_t>(step_), (step_ + 1) % recipe_.training.accumulate == 0, local_.has_value()};
    if (local_) local_->begin(batch_.rows, batch_.global_rows);
    update_all(phases_, comm_, batch_, at, first, {}, [] { return true; });
    if (local_ && (step_ + 1) % steps_of_round() == 0) local_->end_round(at);
    ++step_;
  }

  // Of all phases together.
  double last_loss() const {
    NamedNumbers numbers;
    for (const Phase& phase : phases_) phase.step_numbers(step_ - 1, numbers);
    double loss = 0;
    for (const auto& [name, value] : numbers)
      if (name.ends_with("loss")) loss += value;
    return loss;
  }

  // A name of its own, never inlined: a profiler that counts within it counts whole steps and nothing else.
  [[gnu::noinline]] void timed_round() { round(); }

  void round() {
    for (std::int64_t s = 0; s < steps_of_round(); ++s) {
      if (profile_) profile_->begin_step(step_ + 1);
      step();
      if (profile_) profile_->end_step();
    }
  }

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

}  // namespace

ExitCode bench(const std::vector<BenchTask>& tasks, const BenchOptions& options, const std::function<void(const StepSpeed&)>& told) {
  std::deque<Checked> checked;
  for (const BenchTask& task : tasks) {
    host::Registry registry = open_plugins(recipe::plugin_files(task.recipe, task.overrides));
    recipe::Recipe recipe = load_recipe(task.recipe, task.overrides, registry);
    recipe.require_data();
    checked.push_back({std::move(registry), std::move(recipe)});
  }
  return in_group([&](Communicator& comm) {
    Team team(threads_for(options.threads, comm));
    MachineSpeed machine{comm.size(), team.threads()};
    if (options.marks) machine.triad_gbytes = of_all(comm, team, math::triad_gbytes);
    for (const Checked& task : checked) {
      require_same(comm, {version_fact(), program_fact(comm), profile_fact(options.profile), recipe_fact(recipe::resolve(task.recipe)), plugin_fact(plugins_of(task.recipe, task.registry))});
      forget_peak_memory();
      std::optional<StepBench> bench;
      together(comm, [&] { bench.emplace(task, comm, team); });
      if (options.marks) machine.peak_gflops = of_all(comm, team, math::multiply_add_gflops);
      StepSpeed speed = bench->run(options, machine);
      speed.message_ns = team.message_ns();
      comm.maximum(std::span<double>(&speed.message_ns, 1));
      speed.peak_memory_bytes = static_cast<double>(peak_memory_bytes());
      comm.maximum(std::span<double>(&speed.peak_memory_bytes, 1));
      if (comm.is_root()) told(speed);
    }
    return ExitCode::done;
  });
}

}  // namespace teranga::train
