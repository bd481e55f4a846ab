// SPDX-License-Identifier: Apache-2.0
// teranga scale: what training steps would take on clusters, predicted from a step that is measured here.
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/parallel/cpu.hpp>
#include <teranga/train/scale.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"
#include "quantities.hpp"
#include "scale_chart.hpp"
#include "scale_point.hpp"
#include "table.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace {

constexpr const char* usual_nodes = "1,2,4,8,16,32,64,128,256,512,1024";
constexpr std::int64_t most_processes = 16384;

Error scale_error(const std::string& message, std::string hint) { return Error(ExitCode::usage, "scale: " + message, std::move(hint)); }

Link link_of(const Arguments& arguments) {
  const std::string speed = arguments.text("bandwidth", "1gbit"), latency = arguments.text("latency", "50us");
  const auto bits = bits_per_second(speed);
  if (!bits) throw scale_error(fmt::format("--bandwidth: expected a speed such as 1gbit, 100mbit or 25Gbit/s, found \"{}\"", speed), "--bandwidth 1gbit");
  const auto seconds = seconds_of(latency);
  if (!seconds) throw scale_error(fmt::format("--latency: expected a time with its unit, such as 50us or 0.1ms, found \"{}\"", latency), "--latency 50us");
  return {*bits, *seconds};
}

std::vector<int> nodes_of(const Arguments& arguments, std::int64_t ranks_on_node) {
  const std::string given = arguments.text("nodes", usual_nodes);
  const auto nodes = ascending_numbers(given);
  if (!nodes) throw scale_error(fmt::format("--nodes: expected whole numbers from 1 on with commas between them, found \"{}\"", given), "--nodes 1,2,4");
  if (nodes->back() * ranks_on_node > most_processes)
    throw scale_error(fmt::format("--nodes: expected at most {} processes in all, found {} nodes with {} each", most_processes, nodes->back(), ranks_on_node), fmt::format("--nodes {}", std::max<std::int64_t>(1, most_processes / ranks_on_node)));
  return *nodes;
}

// What a kept profile has already decided.
void require_alone(const Arguments& arguments) {
  for (const char* const option : {"ranks-per-node", "fixed-batch", "threads", "seconds", "set"})
    if (arguments.has(option)) throw scale_error(fmt::format("--from takes what was measured before, and --{} is of measuring", option), fmt::format("leave out --{}, or --from", option));
  if (!arguments.operand(0).empty()) throw scale_error(fmt::format("--from takes what was measured before, and \"{}\" is a recipe to measure", arguments.operand(0)), "leave out the recipe, or --from");
}

KeptSteps kept_steps(const Arguments& arguments) {
  require_alone(arguments);
  KeptSteps kept = read_steps(arguments.text("from"));
  if (!arguments.has("nodes")) return kept;
  std::vector<train::RehearsedStep> wanted;
  for (const int nodes : nodes_of(arguments, 1)) {
    const auto found = std::ranges::find(kept.steps, nodes, &train::RehearsedStep::nodes);
    if (found == kept.steps.end()) {
      std::string all;
      for (const train::RehearsedStep& step : kept.steps) all.append(all.empty() ? "" : ",").append(std::to_string(step.nodes));
      throw scale_error(fmt::format("--nodes: {} holds no step for so many nodes: {}", arguments.text("from"), nodes), "--nodes " + all);
    }
    wanted.push_back(*found);
  }
  kept.steps = std::move(wanted);
  return kept;
}

std::string counted(std::int64_t number, const char* one, const char* many) { return grouped(number) + (number == 1 ? one : many); }

class Output {
 public:
  Output(const Arguments& arguments, const Link& link) : link_(link), json_(arguments.has("json")), chart_(arguments.text("svg")) {
    if (chart_.empty()) return;
    std::ofstream probe(chart_, std::ios::app);  // before minutes of measuring
    if (!probe) throw Error(ExitCode::failure, fmt::format("scale: cannot write the chart to {}", chart_), fmt::format("--svg {} writes it into this folder", std::filesystem::path(chart_).filename().string()));
  }

  void add(const train::RehearsedStep& step, double alone) {
    points_.push_back(predict(step, link_, alone));
    if (!json_) return;
    print_out("{}", json_line(points_.back(), link_, alone));
    std::fflush(stdout);
  }

  void end() const {
    if (!json_) print_out("{}\n\n{}", headline(), table());
    if (chart_.empty()) return;
    std::vector<ChartPoint> chart;
    for (const ScalePoint& point : points_) chart.push_back({point.step.nodes, point.efficiency});
    std::ofstream file(chart_, std::ios::binary | std::ios::trunc);
    file << efficiency_chart(fmt::format("Predicted efficiency of {}", points_.front().step.recipe), subtitle(), chart);
    file.close();
    if (!file) throw Error(ExitCode::failure, fmt::format("scale: the chart in {} is not whole: the disk may be full", chart_));
  }

 private:
  std::string subtitle() const {
    const train::RehearsedStep& step = points_.front().step;
    return fmt::format("{} a node, {} each; {}, {} of latency; {}", counted(step.record.ranks_on_node, " process", " processes"), counted(step.threads, " thread", " threads"), speed_text(link_.bits_per_second), time_text(link_.latency),
                       step.fixed_batch ? counted(step.rows, " sample in all", " samples in all") : counted(step.own_rows, " sample a process", " samples a process"));
  }
  std::string headline() const { return points_.front().step.recipe + ": " + subtitle(); }

  std::string table() const {
    Table table({"nodes", "processes", "step_ms", "compute_ms", "wait_ms", "efficiency", "samples/s", "sent_MB", "memory_MB"});
    for (const ScalePoint& point : points_)
      table.add({std::to_string(point.step.nodes), std::to_string(point.step.record.ranks), fmt::format("{:.2f}", point.step_ms()), fmt::format("{:.2f}", point.working_ms()), fmt::format("{:.2f}", point.waiting_ms()),
                 fmt::format("{:.1f}%", 100 * point.efficiency), grouped(static_cast<std::int64_t>(point.samples_per_second())), fmt::format("{:.3f}", point.sent_bytes() / 1e6), fmt::format("{:.1f}", point.step.memory_bytes / 1e6)});
    return table.text();
  }

  Link link_;
  bool json_;
  std::string chart_;
  std::vector<ScalePoint> points_;
};

int run_scale(const Arguments& arguments) {
  const Link link = link_of(arguments);
  if (arguments.has("from")) {
    const KeptSteps kept = kept_steps(arguments);
    Output output(arguments, link);
    for (const train::RehearsedStep& step : kept.steps) output.add(step, kept.alone_samples_per_second);
    output.end();
    return 0;
  }
  if (arguments.operand(0).empty()) throw scale_error("expected RECIPE or --from FILE, found neither", "teranga scale RECIPE");
  train::ScaleOptions options;
  options.ranks_on_node = static_cast<int>(arguments.integer("ranks-per-node", 1, 1));
  options.nodes = nodes_of(arguments, options.ranks_on_node);
  options.fixed_batch = arguments.has("fixed-batch");
  options.threads = arguments.threads();
  const auto cores = static_cast<std::int64_t>(usable_cores());
  if (options.threads == 0) options.threads = static_cast<int>(std::max<std::int64_t>(1, cores / options.ranks_on_node));
  if (options.threads * options.ranks_on_node > cores)
    log::warning(fmt::format("{} processes of {} threads are predicted for a node, and this machine has {} cores: the computing of a node that has no more is predicted too fast", options.ranks_on_node, options.threads, cores));
  options.seconds = arguments.real("seconds", 0, options.seconds);
  Output output(arguments, link);
  const std::vector<train::RehearsedStep> steps = train::rehearse({arguments.operand(0), arguments.overrides()}, options);
  const double alone = predict(steps.front(), link, 0).samples_per_second();
  for (std::size_t i = 1; i < steps.size(); ++i) output.add(steps[i], alone);
  output.end();
  return 0;
}

}  // namespace

Command scale_command() {
  Command command;
  command.name = "scale";
  command.summary = "predict the training steps of a recipe on clusters of 1 to 1,024 nodes";
  command.operands = "[RECIPE]";
  command.most_operands = 1;
  command.about =
      "Predicts how long a training step takes on a given number of nodes, how long a process waits for the network, how many bytes it sends, and how much memory it needs.\n"
      "One process of the cluster runs here, without the others. It computes and packs messages as in a real training, and these times are measured. The time of the messages is computed from --bandwidth and --latency. "
      "All processes are assumed to be equally fast.\n"
      "step_ms is the sum of compute_ms, the time of the computing, and wait_ms, the time of waiting for messages. efficiency is samples/s, divided by the samples per second that the same number of processes would compute without messages. If a recipe accumulates gradients or averages after several updates, step_ms is the time of a round divided by its steps.\n"
      "The guide to clusters lists all assumptions, and how close the predictions were to measurements.";
  command.options = {{"nodes", "N,N,...", fmt::format("the numbers of nodes (default: {})", usual_nodes)},
                     {"ranks-per-node", "N", "the number of processes on each node (default: 1)"},
                     {"bandwidth", "SPEED", "the speed of the network card of a node, in each direction: 1gbit, 25Gbit/s, 12.5e9 (bits a second) or 3GB/s (default: 1gbit)"},
                     {"latency", "TIME", "the time that a message travels: 50us, 0.1ms (default: 50us)"},
                     {"fixed-batch", "", "all processes together take batch_size samples in a step; without this option, each process takes batch_size samples"},
                     {"seconds", "S", "the time to measure for each number of nodes; at least five rounds are measured (default: 1)"},
                     threads_option(),
                     {"from", "FILE", "measure nothing, and read the output of an earlier teranga scale --json, from this machine or another one"},
                     {"svg", "FILE", "write a chart of the efficiency to this file"},
                     {"json", "", "print all measured values as JSON, one object in each line"},
                     set_option()};
  command.examples = {"teranga scale lenet-fashion-mnist.toml --bandwidth 10gbit --latency 20us", "teranga scale recipe.toml --nodes 2,4,8 --ranks-per-node 2 --threads 8 --fixed-batch",
                      "teranga scale recipe.toml --set training.averaging.every=16 --svg efficiency.svg", "teranga scale recipe.toml --json > measured.jsonl", "teranga scale --from measured.jsonl --bandwidth 25gbit"};
  command.run = run_scale;
  return command;
}

}  // namespace teranga::launcher
