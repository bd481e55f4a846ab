// SPDX-License-Identifier: Apache-2.0
// teranga bench run, bench step: how long training steps take, and how much of the machine they use.
#include <teranga/core/counted.hpp>
#include <teranga/core/json.hpp>
#include <teranga/train/bench.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"
#include "profile_options.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace fs = std::filesystem;
namespace {

// The recipes that come with the program, beside its own folder: so in an installed tree, and so the build lays them out.
fs::path workload_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "share/teranga/benchmarks";
}

std::vector<std::string> workloads(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  if (names.empty()) throw Error(ExitCode::failure, fmt::format("expected the recipes of the workloads in {}, found none", folder.string()), fmt::format("install the whole tree: cmake --install build/release --prefix '{}'", folder.parent_path().parent_path().parent_path().string()));
  std::ranges::sort(names);
  return names;
}

std::string json_line(const train::StepSpeed& s) {
  return fmt::format("{{\"workload\":{},\"step_ms\":{:.6g},\"share_of_peak\":{:.4g},\"peak_gflops\":{:.5g},\"min_ms\":{:.6g},\"gflops\":{:.5g},\"threads\":{},\"ranks\":{},\"batch\":{},"
                     "\"parameters\":{},\"steps\":{},\"mflop\":{:.6g},\"triad_gbytes\":{:.4g},\"message_ns\":{:.4g},\"peak_memory_mb\":{:.5g},\"first_loss\":{},\"loss\":{}{}}}\n",
                     json_text(s.recipe), s.median_ms, s.share_of_peak(), s.machine.peak_gflops, s.least_ms, s.gflops(), s.machine.threads, s.machine.ranks, s.batch, s.parameters, s.steps,
                     s.flops / 1e6, s.machine.triad_gbytes, s.message_ns, s.peak_memory_bytes / 1e6, json_number(s.first_loss), json_number(s.loss),
                     s.profile_json.empty() ? "" : ",\"profile\":" + s.profile_json);
}

std::string text_line(const train::StepSpeed& s, bool first) {
  std::string out;
  if (first)
    out = fmt::format("{} x {}; memory {:.1f} GB/s (triad)\n{:<16}{:>12}{:>12}{:>10}{:>15}{:>13}{:>14}{:>16}{:>12}\n", counted(s.machine.ranks, "process", "processes"), counted(s.machine.threads, "thread"), s.machine.triad_gbytes, "workload", "step_ms",
                      "min_ms", "gflops", "share_of_peak", "peak_gflops", "parameters", "peak_memory_mb", "message_ns");
  return out + fmt::format("{:<16}{:>12.4f}{:>12.4f}{:>10.1f}{:>15.3f}{:>13.1f}{:>14}{:>16.1f}{:>12.0f}\n", s.recipe, s.median_ms, s.least_ms, s.gflops(), s.share_of_peak(), s.machine.peak_gflops, grouped(s.parameters), s.peak_memory_bytes / 1e6, s.message_ns) +
         (s.profile_table.empty() ? "" : "\n" + s.profile_table + "\n");
}

void write_trace(const std::string& path, const std::string& trace) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << trace;
  file.close();
  if (!file) throw Error(ExitCode::failure, fmt::format("bench: cannot write the trace to {}", path), fmt::format("--trace {} writes it into this folder", fs::path(path).filename().string()));
}

int bench(const Arguments& arguments, std::vector<train::BenchTask> tasks) {
  train::BenchOptions options;
  options.threads = arguments.threads();
  options.pin = arguments.one_of("pin", {"auto", "none"}) == "auto";
  options.seconds = arguments.real("seconds", 0, options.seconds);
  options.steps = arguments.integer("steps", 1, 0);
  options.marks = !arguments.has("no-marks");
  for (train::BenchTask& task : tasks) task.overrides = arguments.overrides();
  options.profile = profiling_of(arguments, "bench");
  const std::string trace = arguments.text("trace");
  options.profile.trace = !trace.empty();
  if (!trace.empty() && !options.profile.wanted) throw Error(ExitCode::usage, fmt::format("bench: --trace {} needs --profile", trace), fmt::format("--profile --trace {}", trace));
  if (trace.empty() && options.profile.first_traced) throw Error(ExitCode::usage, "bench: --trace-steps needs --trace FILE", "--profile --trace trace.json --trace-steps " + arguments.text("trace-steps"));
  const bool json = arguments.has("json");
  bool first = true;
  return static_cast<int>(train::bench(tasks, options, [&](const train::StepSpeed& speed) {
    print_out("{}", json ? json_line(speed) : text_line(speed, first));
    std::fflush(stdout);
    if (!trace.empty()) write_trace(trace, speed.trace);
    first = false;
  }));
}

int run_workloads(const Arguments& arguments) {
  const fs::path folder = workload_folder();
  const std::vector<std::string> all = workloads(folder);
  std::vector<train::BenchTask> tasks;
  for (const std::string& name : arguments.operands().empty() ? all : arguments.operands()) {
    if (std::ranges::find(all, name) == all.end())
      throw Error(ExitCode::usage, fmt::format("bench run: there is no workload \"{}\"", name), fmt::format("the workloads are {}; a recipe of your own: teranga bench step RECIPE", fmt::join(all, ", ")));
    tasks.push_back({(folder / (name + ".toml")).string(), {}});
  }
  return bench(arguments, std::move(tasks));
}

int run_step(const Arguments& arguments) { return bench(arguments, {{arguments.operand(0), {}}}); }

Command with_options(Command command) {
  command.about +=
      "\nA step is the forward pass, the loss, the backward pass, the averaging over the processes and the update, of all phases, on one batch in memory. step_ms is the median of 30 steps or more, after "
      "some that are not timed. If a recipe accumulates gradients or averages after several updates, whole rounds are timed. step_ms is the time of the median round divided by its steps. "
      "peak_gflops is what the same threads reach in multiply-adds of f32 in registers, in the widest vectors of the CPU, measured just before (the best of 40 rounds). "
      "share_of_peak is the arithmetic of a step, as teranga summary counts it, divided by step_ms and peak_gflops. The triad is a[i] = b[i] + s c[i] over three arrays of 64 MiB (the best of 8 rounds). "
      "peak_memory_mb is the most memory that a process held, in MB of 10^6 bytes, as Linux counts it (VmHWM), with the program and its libraries. message_ns is the time of a message between two threads, "
      "to and fro. Where it is over 200, their cores share no cache, and values that both use cost more; 0 means that it was not measured, as with one thread. Other work on the machine makes "
      "all of these numbers wrong.";
  command.options = {threads_option(), pin_option(), {"seconds", "S", "seconds of timed steps for each workload (default: 3)"}, {"steps", "N", "the number of timed steps, after two that are not timed"},
                     profile_option("a table under the times. It slows a step down a little"), {"no-marks", "", "do not measure the speed of the machine; peak_gflops, share_of_peak and the triad are then 0"},
                     {"json", "", "one JSON object a line: workload, step_ms, share_of_peak, peak_gflops and more"}, set_option()};
  command.collective = true;
  return command;
}

}  // namespace

Command bench_run_command() {
  Command command;
  command.name = "bench run";
  command.summary = "time the training steps of the workloads that come with the program";
  command.operands = "[NAME...]";
  command.most_operands = 1000;
  command.about = "Times one training step of each named workload, or of all: small and large perceptrons, convolutional, recurrent and attention nets, two updates in turn. Each is a recipe of its own, in "
                  "share/teranga/benchmarks, with random samples.";
  command.examples = {"teranga bench run", "teranga bench run mlp lstm --threads 1", "teranga bench run --json --seconds 1"};
  command.run = run_workloads;
  return with_options(std::move(command));
}

Command bench_step_command() {
  Command command;
  command.name = "bench step";
  command.summary = "time the training step of a recipe";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Times one training step of the recipe, on the first batch of its own data.";
  command.examples = {"teranga bench step lenet-fashion-mnist.toml", "teranga bench step recipe.toml --set training.batch_size=512 --threads 4", "teranga bench step recipe.toml --profile --trace trace.json"};
  command.run = run_step;
  command = with_options(std::move(command));
  command.options.push_back({"trace", "FILE", "with --profile: write a trace for https://ui.perfetto.dev or chrome://tracing there"});
  command.options.push_back(trace_steps_option("the first ten timed ones"));
  return command;
}

}  // namespace teranga::launcher
