// SPDX-License-Identifier: Apache-2.0
#include "scale_point.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/json.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

#define BOOST_BIND_GLOBAL_PLACEHOLDERS  // property_tree still takes boost::bind from its former place
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <fmt/format.h>

namespace teranga::launcher {
namespace pt = boost::property_tree;
namespace {

// Frames of Ethernet, IP and TCP around the bytes of messages.
constexpr double share_of_payload = 0.95;
// A message over TCP takes calls of the kernel on both sides.
constexpr double message_seconds = 5e-6;
constexpr int kinds = 5;

std::string json_of(const RankEvent& event) {
  return fmt::format("[{},{:.9g},{:.9g},{},{},{},{},{},{},{}]", static_cast<int>(event.kind), event.seconds, event.look, event.channel, static_cast<int>(event.answers), json_number(event.far_messages),
                     json_number(event.far_bytes), json_number(event.near_messages), json_number(event.near_bytes), json_number(event.bytes));
}

std::string json_of(const train::RehearsedStep& step) {
  std::string out = fmt::format("{{\"nodes\":{},\"processes\":{},\"processes_a_node\":{},\"threads\":{},\"fixed_batch\":{},\"own_samples\":{},\"samples\":{},\"steps\":{},\"memory_bytes\":{},\"stretch\":{},"
                                "\"copied_bytes_a_second\":{},\"memory_bytes_a_second\":{},\"seconds_a_byte_added\":{},\"parts\":[",
                                step.nodes, step.record.ranks, step.record.ranks_on_node, step.threads, step.fixed_batch, step.own_rows, step.rows, json_number(step.steps), json_number(step.memory_bytes),
                                json_number(step.stretch), json_number(step.copied_bytes_per_second), json_number(step.memory_bytes_per_second), json_number(step.seconds_per_byte_added));
  for (std::size_t p = 0; p < step.record.parts.size(); ++p) {
    out += fmt::format("{}{{\"times\":{},\"events\":[", p ? "," : "", json_number(step.record.parts[p].times));
    for (std::size_t e = 0; e < step.record.parts[p].events.size(); ++e) out.append(e ? "," : "").append(json_of(step.record.parts[p].events[e]));
    out += "]}";
  }
  return out + "]}";
}

// What no measuring could have found is refused like what is no number.
double number_in(const pt::ptree& tree, double least) {
  const auto value = tree.get_value<double>();
  if (!std::isfinite(value) || value < least || value > 1e18) throw pt::ptree_bad_data("out of range", value);
  return value;
}

double number_at(const pt::ptree& tree, const char* name, double least) { return number_in(tree.get_child(name), least); }

RankEvent event_in(const pt::ptree& tree) {
  std::vector<double> numbers;
  for (const auto& [name, child] : tree) numbers.push_back(number_in(child, -1));
  if (numbers.size() != 10 || numbers[0] < 0 || numbers[0] >= kinds) throw pt::ptree_bad_data("no event", numbers.size());
  for (const std::size_t i : {1, 2, 5, 6, 7, 8, 9})
    if (numbers[i] < 0) throw pt::ptree_bad_data("no event", numbers[i]);
  RankEvent out;
  out.kind = static_cast<RankEvent::Kind>(static_cast<int>(numbers[0]));
  out.seconds = numbers[1], out.look = numbers[2];
  out.channel = static_cast<int>(std::min(numbers[3], 1e6));
  out.answers = numbers[4] > 0;
  out.far_messages = numbers[5], out.far_bytes = numbers[6], out.near_messages = numbers[7], out.near_bytes = numbers[8], out.bytes = numbers[9];
  return out;
}

train::RehearsedStep step_in(const pt::ptree& line) {
  const pt::ptree& tree = line.get_child("profile");
  train::RehearsedStep out;
  out.recipe = line.get<std::string>("workload");
  constexpr double most = 1e6;
  const auto count = [&](const char* name) { return static_cast<int>(std::min(number_at(tree, name, 1), most)); };
  out.nodes = count("nodes"), out.threads = count("threads");
  out.record.ranks = count("processes"), out.record.ranks_on_node = count("processes_a_node");
  out.fixed_batch = tree.get<bool>("fixed_batch");
  out.own_rows = static_cast<std::int64_t>(number_at(tree, "own_samples", 1)), out.rows = static_cast<std::int64_t>(number_at(tree, "samples", 1));
  out.steps = number_at(tree, "steps", 1);
  out.memory_bytes = number_at(tree, "memory_bytes", 0);
  out.stretch = number_at(tree, "stretch", 1);
  out.copied_bytes_per_second = number_at(tree, "copied_bytes_a_second", 1);
  out.memory_bytes_per_second = number_at(tree, "memory_bytes_a_second", 1);
  out.seconds_per_byte_added = number_at(tree, "seconds_a_byte_added", 0);
  for (const auto& [unnamed, part] : tree.get_child("parts")) {
    StepRecord::Part& into = out.record.parts.emplace_back();
    into.times = std::min(number_at(part, "times", 1), most);
    for (const auto& [no_name, event] : part.get_child("events")) into.events.push_back(event_in(event));
  }
  if (out.record.parts.empty()) throw pt::ptree_bad_data("no steps", 0);
  return out;
}

}  // namespace

ScalePoint predict(const train::RehearsedStep& step, const Link& link, double alone_samples_per_second) {
  Network network;
  network.bytes_per_second = share_of_payload * link.bits_per_second / 8;
  network.latency = link.latency;
  network.message_seconds = message_seconds;
  network.copied_bytes_per_second = step.copied_bytes_per_second;
  network.memory_bytes_per_second = step.memory_bytes_per_second;
  network.seconds_per_byte_added = step.seconds_per_byte_added;
  ScalePoint out{step, cost_of(step.record, network, step.record.ranks > 1 ? step.stretch : 1), 1};
  if (alone_samples_per_second > 0) out.efficiency = out.samples_per_second() / (step.record.ranks * alone_samples_per_second);
  return out;
}

std::string json_line(const ScalePoint& point, const Link& link, double alone_samples_per_second) {
  return fmt::format("{{\"workload\":{},\"nodes\":{},\"processes\":{},\"step_ms\":{:.6g},\"compute_ms\":{:.6g},\"wait_ms\":{:.6g},\"efficiency\":{:.4g},\"samples_per_second\":{:.6g},\"sent_mb\":{:.6g},"
                     "\"memory_mb\":{:.5g},\"bandwidth\":{},\"latency\":{},\"alone_samples_per_second\":{},\"profile\":{}}}\n",
                     json_text(point.step.recipe), point.step.nodes, point.step.record.ranks, point.step_ms(), point.working_ms(), point.waiting_ms(), point.efficiency, point.samples_per_second(), point.sent_bytes() / 1e6,
                     point.step.memory_bytes / 1e6, json_number(link.bits_per_second), json_number(link.latency), json_number(alone_samples_per_second), json_of(point.step));
}

KeptSteps read_steps(const std::string& file) {
  const auto fault = [&](const std::string& found) {
    return Error(ExitCode::usage, fmt::format("scale: --from {}: expected what teranga scale --json printed, found {}", file, found), fmt::format("teranga scale RECIPE --json > {}", file));
  };
  std::ifstream in(file);
  if (!in) throw fault("no file that can be read");
  KeptSteps out;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) try {
      std::istringstream stream(text);
      pt::ptree tree;
      pt::read_json(stream, tree);
      out.steps.push_back(step_in(tree));
      out.alone_samples_per_second = number_at(tree, "alone_samples_per_second", 0);
    } catch (const pt::ptree_error&) {
      throw fault(fmt::format("something else in line {}", number));
    }
  if (out.steps.empty()) throw fault("an empty file");
  return out;
}

}  // namespace teranga::launcher
