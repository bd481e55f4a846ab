// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/bench.hpp>

#include "bench/step_bench.hpp"
#include "run/profile_report.hpp"
#include "session/agreement.hpp"
#include "session/group.hpp"
#include "session/same_work.hpp"

#include <teranga/core/peak_memory.hpp>
#include <teranga/math/machine_speed.hpp>

#include <deque>
#include <optional>

namespace teranga::train {

ExitCode bench(const std::vector<BenchTask>& tasks, const BenchOptions& options, const std::function<void(const StepSpeed&)>& told) {
  std::deque<CheckedTask> checked;
  for (const BenchTask& task : tasks) checked.push_back(check_task(task));
  return in_group("bench", [&](Communicator& comm) {
    Team team(place_threads(options.threads, options.pin, comm).threads);
    MachineSpeed machine{comm.size(), team.threads()};
    if (options.marks) machine.triad_gbytes = of_all(comm, team, math::triad_gbytes);
    for (const CheckedTask& task : checked) {
      require_same(comm, {profile_fact(options.profile), recipe_fact(recipe::resolve(task.recipe)), plugin_fact(plugins_of(task.recipe, task.registry))});
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
