// SPDX-License-Identifier: Apache-2.0
#include "run/log_head.hpp"

#include <teranga/core/shell_word.hpp>
#include <teranga/train/libraries_used.hpp>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

// "node1: 2 processes x 4 threads, 8 cores", for the ranks on the node of rank `first`.
std::string host_words(const Placement& placement, std::size_t first) {
  std::vector<int> threads;
  for (std::size_t rank = first; rank < placement.ranks.size(); ++rank)
    if (placement.ranks[rank].node == placement.ranks[first].node) threads.push_back(placement.threads_of_ranks[rank]);
  const bool alike = std::equal(threads.begin() + 1, threads.end(), threads.begin());
  const RankCores& host = placement.ranks[first];
  return fmt::format("{}: {} process{} x {} thread{}, {} core{}", host.host, threads.size(), threads.size() == 1 ? "" : "es", alike ? fmt::format("{}", threads.front()) : fmt::format("{}", fmt::join(threads, "/")),
                     alike && threads.front() == 1 ? "" : "s", host.online, host.online == 1 ? "" : "s");
}

std::string date_text() {
  const std::time_t now = std::time(nullptr);
  char text[40];
  std::tm local{};
  localtime_r(&now, &local);
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &local);
  return text;
}

}  // namespace

std::vector<std::string> log_head(const TrainOptions& options, const Placement& placement, std::span<const checkpoint::PluginIdentity> plugins) {
  std::vector<std::string> hosts, names, typed, lines;
  for (const std::string& word : options.command) typed.push_back(shell_text(word));
  for (std::size_t rank = 0; rank < placement.ranks.size(); ++rank)
    if (std::none_of(placement.ranks.begin(), placement.ranks.begin() + static_cast<std::ptrdiff_t>(rank), [&](const RankCores& other) { return other.node == placement.ranks[rank].node; }))
      hosts.push_back(host_words(placement, rank));
  for (const checkpoint::PluginIdentity& plugin : plugins) names.push_back(fmt::format("{} {} ({})", plugin.name, plugin.version, plugin.hash.substr(0, 8)));
  std::error_code error;
  if (!options.program.empty()) lines.push_back("program: " + options.program);
  lines.push_back("libraries: " + libraries_used());
  lines.push_back("instruction set: " + instruction_set_used());
  if (!typed.empty()) lines.push_back(fmt::format("command: {}", fmt::join(typed, " ")));
  lines.push_back("folder: " + std::filesystem::current_path(error).string());
  lines.push_back("date: " + date_text());
  lines.push_back(fmt::format("hosts: {}", fmt::join(hosts, "; ")));
  lines.push_back(fmt::format("plugins: {}", fmt::join(names, ", ")));
  return lines;
}

}  // namespace teranga::train
