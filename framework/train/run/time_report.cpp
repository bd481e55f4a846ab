// SPDX-License-Identifier: Apache-2.0
#include "run/time_report.hpp"

#include <teranga/core/json.hpp>

#include <algorithm>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr double shortest_judged = 10;     // s: what a shorter training does says little
constexpr double much_data = 0.2, much_checkpoints = 0.1, much_averaging = 0.3;  // shares of the time
constexpr double much_slower = 1.25, much_lost = 0.1;  // than the others on average; of the time

template <class Number>
Spread spread_of(const std::vector<RankTimes>& ranks, Number&& number) {
  Spread out;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const double one = number(ranks[i]);
    out.least = i == 0 ? one : std::min(out.least, one);
    out.most = i == 0 ? one : std::max(out.most, one);
    out.mean += one / static_cast<double>(ranks.size());
  }
  return out;
}

constexpr double mebibyte = 1 << 20;

std::string time_row(const TimeReport& report, const std::string& name, const Spread& seconds) {
  const double share = report.whole().mean > 0 ? 100 * seconds.mean / report.whole().mean : 0;
  if (report.ranks.size() == 1) return fmt::format("{:<16} {:>12.3f} {:>7.1f}%", name, seconds.mean, share);
  return fmt::format("{:<16} {:>12.3f} {:>12.3f} {:>12.3f} {:>9.2f} {:>7.1f}%", name, seconds.least, seconds.mean, seconds.most, seconds.imbalance(), share);
}

std::string memory_row(const TimeReport& report) {
  const Spread memory = report.peak_memory();
  if (report.ranks.size() == 1) return fmt::format("{:<16} {:>12.1f}", "peak memory, MiB", memory.mean / mebibyte);
  return fmt::format("{:<16} {:>12.1f} {:>12.1f} {:>12.1f} {:>9.2f}", "peak memory, MiB", memory.least / mebibyte, memory.mean / mebibyte, memory.most / mebibyte, memory.imbalance());
}

std::string work_line(const TimeReport& report) {
  const double speed = report.flops / report.whole().mean / 1e9;
  std::string out = fmt::format("work of the layers: {:.4g} Gflop, {:.4g} Gflop/s over the whole time", report.flops / 1e9, speed);
  if (report.peak_gflops > 0) out += fmt::format(", {:.1f} % of the {:.4g} Gflop/s that the machine can do", 100 * speed / report.peak_gflops, report.peak_gflops);
  return out;
}

std::string fact_of(const char* event, const std::string& name, const Spread& numbers) {
  return fmt::format("{{\"event\":\"{}\",\"name\":{},\"least\":{},\"mean\":{},\"most\":{}}}", event, json_text(name), json_number(numbers.least), json_number(numbers.mean), json_number(numbers.most));
}

std::string percent_of(double share) { return fmt::format("{:.0f} %", 100 * share); }

// The rank whose work takes much longer than that of the others, or -1.
std::ptrdiff_t slow_rank(const TimeReport& report) {
  if (report.ranks.size() < 2) return -1;
  const auto slowest = std::ranges::max_element(report.ranks, {}, &RankTimes::work);
  const double all = std::accumulate(report.ranks.begin(), report.ranks.end(), 0.0, [](double sum, const RankTimes& rank) { return sum + rank.work(); });
  const double others = (all - slowest->work()) / static_cast<double>(report.ranks.size() - 1);
  const bool slow = slowest->work() > much_slower * others && slowest->work() - others > much_lost * slowest->whole;
  return slow ? slowest - report.ranks.begin() : -1;
}

std::string note_on_slow_rank(const TimeReport& report, std::size_t rank) {
  std::vector<double> others;
  for (std::size_t r = 0; r < report.ranks.size(); ++r)
    if (r != rank) others.push_back(report.ranks[r].work());
  const double mean = std::accumulate(others.begin(), others.end(), 0.0) / static_cast<double>(others.size());
  return fmt::format("NOTE: process {} on {} computed for {:.1f} s, the others for {:.1f} s on average, and they waited for it; see what else runs on {} (top), and whether the process has as many cores and threads as the others (the line \"hosts\" of this log)",
                     rank, report.ranks[rank].host, report.ranks[rank].work(), mean, report.ranks[rank].host);
}

std::string note_on_checkpoints(double share, const recipe::CheckpointRecipe& when) {
  std::string cure = when.every_steps > 0 ? fmt::format("every_steps = {}", 10 * when.every_steps) : when.every_epochs > 0 ? fmt::format("every_epochs = {}", 10 * when.every_epochs) : std::string();
  if (when.every_seconds > 0) cure += fmt::format("{}every_seconds = {:.1f}", cure.empty() ? "" : " and ", std::max(600.0, 10 * when.every_seconds));
  if (cure.empty()) cure = "a run folder on a faster disk (--run FOLDER)";
  else cure += " in [checkpoint], or a run folder on a faster disk (--run FOLDER)";
  return fmt::format("NOTE: the training waited for checkpoints in {} of its time; {} makes that less", percent_of(share), cure);
}

std::string note_on_averaging(double share, const recipe::TrainingRecipe& training) {
  const bool rounds = training.averaging && training.averaging->every > 1, half = training.averaging && training.averaging->wire == "bf16";
  std::string cure;
  if (!training.reproducible) {
    if (!half) cure = "averaging.wire = \"bf16\" in [training] sends half of the bytes; ";
    cure += fmt::format("averaging.every = {} averages less often, which changes what is learnt; ", rounds ? 4 * training.averaging->every : 16);
  }
  return fmt::format("NOTE: the processes exchanged what they learnt in {} of their time at the least; {}a larger batch_size, or fewer processes with more threads each, give each exchange more work", percent_of(share), cure);
}

}  // namespace

double RankTimes::other() const { return std::max(0.0, whole - std::accumulate(seconds.begin(), seconds.end(), 0.0)); }

Spread TimeReport::whole() const { return spread_of(ranks, [](const RankTimes& rank) { return rank.whole; }); }
Spread TimeReport::of(Section section) const { return spread_of(ranks, [section](const RankTimes& rank) { return rank.of(section); }); }
Spread TimeReport::other() const { return spread_of(ranks, [](const RankTimes& rank) { return rank.other(); }); }
Spread TimeReport::peak_memory() const { return spread_of(ranks, [](const RankTimes& rank) { return rank.peak_memory; }); }

std::vector<RankTimes> gathered(const RankTimes& own, Communicator& comm) {
  std::string packed = fmt::format("{} {}", own.whole, own.peak_memory);
  for (const double seconds : own.seconds) packed += fmt::format(" {}", seconds);
  std::vector<RankTimes> out;
  for (const std::string& text : comm.gather(packed + " " + own.host)) {
    RankTimes& rank = out.emplace_back();
    std::istringstream in(text);
    in >> rank.whole >> rank.peak_memory;
    for (double& seconds : rank.seconds) in >> seconds;
    in >> rank.host;
  }
  return out;
}

std::vector<std::string> time_lines(const TimeReport& report) {
  const bool several = report.ranks.size() > 1;
  std::vector<std::string> out;
  out.push_back(several ? fmt::format("{:<16} {:>12} {:>12} {:>12} {:>9} {:>8}", "time, s", "least", "mean", "most", "most/mean", "share") : fmt::format("{:<16} {:>12} {:>8}", "time", "s", "share"));
  for (std::size_t i = 0; i < section_names.size(); ++i) out.push_back(time_row(report, section_names[i], report.of(static_cast<Section>(i))));
  out.push_back(time_row(report, "other", report.other()));
  out.push_back(time_row(report, "whole", report.whole()));
  if (report.peak_memory().least > 0) out.push_back(memory_row(report));
  if (report.flops > 0 && report.whole().mean > 0) out.push_back(work_line(report));
  return out;
}

std::vector<std::string> time_facts(const TimeReport& report) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < section_names.size(); ++i) out.push_back(fact_of("time", section_names[i], report.of(static_cast<Section>(i))));
  out.push_back(fact_of("time", "other", report.other()));
  out.push_back(fact_of("time", "whole", report.whole()));
  out.push_back(fact_of("memory", "peak", report.peak_memory()));
  return out;
}

std::vector<std::string> time_notes(const TimeReport& report, const recipe::Recipe& recipe) {
  std::vector<std::string> out;
  const double whole = report.whole().mean;
  if (whole < shortest_judged) return out;
  if (const double share = report.of(Section::data).mean / whole; share > much_data)
    out.push_back(fmt::format("NOTE: the training waited for data in {} of its time; each process makes its batches with one thread beside the training: more processes with fewer threads each (mpirun -n N, --threads N) make more of them at once, "
                              "and a file on a local disk is read faster than one on a file system that many share", percent_of(share)));
  if (const double share = report.of(Section::checkpoints).mean / whole; share > much_checkpoints) out.push_back(note_on_checkpoints(share, recipe.checkpoint));
  const std::ptrdiff_t slow = slow_rank(report);
  if (slow >= 0) out.push_back(note_on_slow_rank(report, static_cast<std::size_t>(slow)));
  // Of the rank that waits least for others.
  if (const double share = report.of(Section::averaging).least / whole; report.ranks.size() > 1 && share > much_averaging) out.push_back(note_on_averaging(share, recipe.training));
  return out;
}

}  // namespace teranga::train
