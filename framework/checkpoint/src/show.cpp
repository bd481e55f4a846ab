// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <iterator>

#include <teranga/core/printable.hpp>

#include "teranga/checkpoint/checkpoint.hpp"

namespace teranga::checkpoint {
namespace {

void add_tensors(std::string* text, const std::string& title, const std::vector<NamedTensor>& tensors) {
  if (tensors.empty()) return;
  const auto to = std::back_inserter(*text);
  std::size_t bytes = 0;
  for (const NamedTensor& named : tensors) bytes += named.tensor.bytes();
  fmt::format_to(to, "{} ({} tensors, {} bytes)\n", title, tensors.size(), bytes);
  for (const NamedTensor& named : tensors)
    fmt::format_to(to, "  {}  {} {}\n", printable_line(named.name), to_string(named.tensor.type()), to_string(named.tensor.shape()));
}

}  // namespace

std::string show(const std::string& path) {
  const Snapshot snapshot = read(path);
  std::string text;
  const auto to = std::back_inserter(text);
  fmt::format_to(to, "{}\nstep {}, epoch {}, sample {} of the epoch, seed {}\n", path, snapshot.step, snapshot.epoch, snapshot.sample,
                 snapshot.seed);
  add_tensors(&text, "parameters", snapshot.parameters);
  add_tensors(&text, "states", snapshot.states);
  add_tensors(&text, "slots", snapshot.slots);
  add_tensors(&text, "run", snapshot.run);
  add_tensors(&text, "phases", snapshot.phases);
  for (const RankState& state : snapshot.rank_states) add_tensors(&text, fmt::format("rank {}", state.rank), state.tensors);
  if (!snapshot.data_state.empty()) fmt::format_to(to, "data state ({} bytes)\n", snapshot.data_state.size());
  if (!snapshot.plugins.empty()) text += "plugins\n";
  for (const PluginIdentity& plugin : snapshot.plugins) fmt::format_to(to, "  {} {} {}\n", printable_line(plugin.name), printable_line(plugin.version), printable_line(plugin.hash));
  if (!snapshot.provenance.empty()) text += "provenance\n";
  for (const auto& [name, value] : snapshot.provenance) fmt::format_to(to, "  {}: {}\n", printable_line(name), printable_line(value));
  return text;
}

}  // namespace teranga::checkpoint
