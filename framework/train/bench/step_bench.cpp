// SPDX-License-Identifier: Apache-2.0
#include "bench/step_bench.hpp"

#include "run/profile_report.hpp"
#include "session/part_evaluation.hpp"
#include "session/rank_sums.hpp"
#include "update/sent_parameters.hpp"

#include <teranga/train/class_weights.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/recipe_checks.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <chrono>

namespace teranga::train {
namespace {

using BenchClock = std::chrono::steady_clock;

double bench_ms(BenchClock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

}  // namespace

CheckedTask check_task(const BenchTask& task) {
  host::Registry registry = open_plugins(recipe::plugin_files(task.recipe, task.overrides));
  recipe::Recipe recipe = load_recipe(task.recipe, task.overrides, registry);
  recipe.require_data();
  return {std::move(registry), std::move(recipe)};
}

StepBench::StepBench(const CheckedTask& task, Communicator& comm, Team& team, std::optional<BatchRows> rows) : recipe_(task.recipe), comm_(comm), source_(open_data(task.recipe, task.registry)) {
  source_->fit();
  networks_.emplace(recipe_, *source_, task.registry, team);
  check_row_states(recipe_, networks_->store(), *source_);
  networks_->store().row_states().begin(model::Purpose::training, rows ? rows->own : data::share_of(recipe_.training.batch_size, rank_of(comm, recipe::rows_in_order(recipe_.training))).rows);
  phases_ = phases_of(*networks_, class_weights(recipe_, *source_, *networks_).factors, wire_of(recipe_.training), task.registry, comm, team);
  if (LocalUpdates::wanted(recipe_.training, comm)) local_.emplace(recipe_.training, phases_, networks_->store(), task.registry, comm, team);
  data::LoaderOptions loading;
  loading.batch_size = rows ? rows->own : recipe_.training.batch_size;
  loading.shuffle = recipe_.training.shuffle;
  loading.seed = static_cast<std::uint64_t>(recipe_.training.seed);
  loading.random = true;
  if (!rows) loading.who = rank_of(comm, recipe::rows_in_order(recipe_.training));
  loading.ahead = 1;
  loader_.emplace(*source_, loading);
  batch_ = view_of(*loader_->next(), pointers_);
  if (rows) batch_.global_rows = std::max(rows->all * batch_.rows / rows->own, batch_.rows);
  for (const PhaseNetwork& phase : networks_->phases()) epoch_ = std::max(epoch_, phase.recipe.from_epoch - 1);
  if (local_) epoch_ = std::max(epoch_, recipe_.training.averaging->after_epoch);
}

Profile& StepBench::add_profile(int threads, Profile::Traced traced) {
  profile_.emplace(threads, traced);
  for (Phase& phase : phases_) phase.set_profile(*profile_);
  if (local_) local_->set_profile(*profile_);
  return *profile_;
}

StepSpeed StepBench::run(const BenchOptions& options, const MachineSpeed& machine) {
  StepSpeed out;
  out.machine = machine;
  out.recipe = recipe_.name;
  out.batch = batch_.global_rows;
  out.parameters = networks_->layers().summary(0).parameters;
  out.flops = flops();
  if (options.profile.wanted) {
    comm_.barrier();  // traces of ranks begin together
    add_profile(machine.threads, traced_steps(options.profile, 0, machine.threads));
  }
  const auto warm = BenchClock::now();
  for (std::int64_t r = 0; goes_on(options.steps ? r < 2 : r < 3 || (r < 10 && bench_ms(BenchClock::now() - warm) < 200 * options.seconds)); ++r) {
    round();
    if (r == 0) out.first_loss = last_loss();
  }
  if (profile_) profile_->restart();
  std::vector<double> times;
  const auto begin = BenchClock::now();
  while (goes_on(options.steps ? out.steps < options.steps : out.steps < 30 || bench_ms(BenchClock::now() - begin) < 1000 * options.seconds)) {
    const auto before = BenchClock::now();
    timed_round();
    times.push_back(bench_ms(BenchClock::now() - before) / static_cast<double>(steps_of_round()));
    out.steps += steps_of_round();
  }
  if (local_) local_->wait();
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

// Rank 0 decides; at the same time no rank begins a round before the others have ended theirs.
bool StepBench::goes_on(bool mine) {
  std::int64_t more = mine;
  comm_.broadcast(&more, sizeof(more), 0);
  return more != 0;
}

// Of the phases that run, for the samples that there are.
double StepBench::flops() const {
  return networks_->step_flops(epoch_) * static_cast<double>(batch_.global_rows) / static_cast<double>(recipe_.training.batch_size);
}

void StepBench::step() {
  PhaseCursor first;
  const StepOfRun at{step_, epoch_, static_cast<std::uint64_t>(step_), (step_ + 1) % recipe_.training.accumulate == 0, local_.has_value(), local_ ? local_->hooks() : nullptr};
  if (local_) local_->begin(batch_.rows, batch_.global_rows);
  update_all(phases_, comm_, batch_, at, first, {}, [] { return true; });
  if (local_ && (step_ + 1) % steps_of_round() == 0) local_->end_round(at, false);
  ++step_;
}

// Of all phases together.
double StepBench::last_loss() const {
  NamedNumbers numbers;
  for (const Phase& phase : phases_) phase.step_numbers(step_ - 1, numbers);
  double loss = 0;
  for (const auto& [name, value] : numbers)
    if (name.ends_with("loss")) loss += value;
  return loss;
}

// A name of its own, never inlined: a profiler that counts within it counts whole steps and nothing else.
[[gnu::noinline]] void StepBench::timed_round() { round(); }

void StepBench::round() {
  for (std::int64_t s = 0; s < steps_of_round(); ++s) {
    if (profile_) profile_->begin_step(step_ + 1);
    step();
    if (profile_) profile_->end_step();
  }
}

}  // namespace teranga::train
