// SPDX-License-Identifier: Apache-2.0
#include <teranga/service/rank_state.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga {
namespace {

template <std::size_t N>
std::string_view text_of(const std::array<char, N>& field) {
  return {field.data(), static_cast<std::size_t>(std::ranges::find(field, '\0') - field.begin())};
}

std::string work_of(activity::Section section) {
  switch (section) {
    case activity::Section::start: return "starting";
    case activity::Section::data: return "waiting for data";
    case activity::Section::step: return "in a step";
    case activity::Section::evaluation: return "evaluating";
    case activity::Section::checkpoint: return "writing a checkpoint";
    case activity::Section::other: break;
  }
  return "between two parts of the training";
}

}  // namespace

void put(std::span<char> field, std::string_view text) noexcept {
  const std::size_t count = std::min(text.size(), field.size() - 1);
  std::copy_n(text.begin(), count, field.begin());
  std::fill(field.begin() + static_cast<std::ptrdiff_t>(count), field.end(), '\0');
}

std::string place_of(const RankState& state) {
  std::string out = work_of(state.section);
  if (state.waits_for_output) out += ", waiting until its output is read";
  if (state.in_collective) out += fmt::format(", waiting in collective {}, {} of {} bytes", state.number, text_of(state.kind), state.bytes);
  else if (state.waits) out += ", waiting for messages of other processes";
  std::string_view item = text_of(state.item);
  constexpr std::string_view own = "teranga.";
  if (item.starts_with(own)) item.remove_prefix(own.size());
  if (const std::string_view layer = text_of(state.layer); !layer.empty()) out += fmt::format(", in the layer \"{}\" ({}, call {})", layer, item, text_of(state.call));
  else if (!item.empty()) out += fmt::format(", in {} (call {})", item, text_of(state.call));
  if (state.step > 0) out += fmt::format(", step {} of epoch {}", state.step, state.epoch);
  return out;
}

std::string name_of(const Member& member, int ranks) { return ranks == 1 ? "the training" : fmt::format("rank {} on {}", member.rank, member.host); }

}  // namespace teranga
