// SPDX-License-Identifier: Apache-2.0
// What a plugin asks of the C library while a Call runs: memory, clocks, random numbers, files. The addresses that its library file calls through are turned to functions that count and pass on; no other part of the
// process notices, apart from libstdc++, whose operator new counts and whose files are watched too.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace teranga::conformance {

struct Asked {
  std::uint64_t allocations = 0;  // malloc, operator new and their like
  std::uint64_t bytes = 0;
  std::uint64_t clocks = 0;       // time, clock_gettime, std::chrono clocks ...
  std::uint64_t random = 0;       // rand, random_device ...
  const char* clock = "";         // the function of the last one
  const char* source = "";        // of random numbers
};

// Of calls since the start of the process, on threads that are within a Call. Rules take the difference of two.
Asked asked_by_the_plugin() noexcept;

// A refused allocation is a finding (calls/memory), unless the rule asked for something absurd on purpose and says so here.
void forget_refused_memory() noexcept;

// While it is on, calls of the plugin that open a file of the root folder for writing are refused, and the last of them is kept.
void guard_root_folder(bool on) noexcept;
std::string refused_in_root_folder();  // "/steps.csv"; empty: there was none

// Files that the process has loaded.
std::set<std::string> loaded_files();
// Turns the calls of the files that were loaded since then. Once, by the engine, when the library has been opened.
void watch_files_loaded_since(const std::set<std::string>& before);

}  // namespace teranga::conformance
