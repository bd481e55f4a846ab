// SPDX-License-Identifier: Apache-2.0
// Where the time of a training went, by process: what ends every log. Each process measures by its first thread; at the end rank 0 gathers the numbers of all.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// What the first thread of a process spends its time on. What is in none of these is the rest.
enum class Section : std::size_t { forward, backward, update, averaging, data, evaluation, checkpoints };
inline constexpr std::array<const char*, 7> section_names{"forward", "backward", "update", "averaging", "data", "evaluation", "checkpoints"};

struct RankTimes {
  std::string host;
  double whole = 0;                                  // s
  std::array<double, section_names.size()> seconds{};  // by section
  double peak_memory = 0;                            // bytes; 0: not known

  double& of(Section section) { return seconds[static_cast<std::size_t>(section)]; }
  double of(Section section) const { return seconds[static_cast<std::size_t>(section)]; }
  double other() const;  // not negative
  double work() const { return of(Section::forward) + of(Section::backward) + of(Section::update); }
};

// One number of all ranks.
struct Spread {
  double least = 0, mean = 0, most = 0;

  double imbalance() const { return mean > 0 ? most / mean : 1; }
};

struct TimeReport {
  std::vector<RankTimes> ranks;  // in their order
  double flops = 0;              // of all ranks; 0: not known
  double peak_gflops = 0;        // of all ranks together, as the profiler measures it; 0: it was not asked

  Spread whole() const;
  Spread of(Section section) const;
  Spread other() const;
  Spread peak_memory() const;
};

// Collective: all ranks are filled on rank 0, none on the others.
std::vector<RankTimes> gathered(const RankTimes& own, Communicator& comm);

// The lines of the log.
std::vector<std::string> time_lines(const TimeReport& report);
// Lines of facts.jsonl: for each part of the time, and for the memory.
std::vector<std::string> time_facts(const TimeReport& report);
// What is plainly wrong, each with what helps. A short training gives none: its first batch alone may be most of it.
std::vector<std::string> time_notes(const TimeReport& report, const recipe::Recipe& recipe);

}  // namespace teranga::train
