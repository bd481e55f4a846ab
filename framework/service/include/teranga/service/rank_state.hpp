// SPDX-License-Identifier: Apache-2.0
// What a process shows of itself to the others, as it is sent between them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <teranga/core/activity.hpp>

namespace teranga {

struct RankState {
  activity::Section section = activity::Section::start;
  std::int32_t waits = 0;             // for other processes
  std::int32_t in_collective = 0;
  std::int32_t waits_for_output = 0;  // whoever reads its standard output or standard error takes nothing
  std::int64_t step = 0, epoch = 0;
  double quiet = 0;  // s without any progress,
  double limit = 0;  // and s after which that is a stall; 0: never
  std::uint64_t met = 0;
  std::uint64_t number = 0, bytes = 0, fingerprint = 0;  // of the collective
  std::array<char, 40> kind{};
  std::array<char, 64> item{}, layer{};  // of the call into a plugin that has not ended for as long; empty: none
  std::array<char, 24> call{};
};
static_assert(std::is_trivially_copyable_v<RankState>);

// A rank as another one, or it itself, sees it.
struct Member {
  int rank = 0;
  std::string host;
  bool known = false;  // it was heard of
  bool ended = false;  // it has said goodbye
  double heard = 0;    // when, by the clock of who listens
  RankState state;
};

void put(std::span<char> field, std::string_view text) noexcept;  // cut off where it is too long; ends with a zero

// "in the layer \"dense\" (dense, call forward), step 57 of epoch 3", "waiting in collective 812, the sum of 4096 bytes, ..."
std::string place_of(const RankState& state);
std::string name_of(const Member& member, int ranks);  // "rank 3 on node2"; "the training" where there is one rank

}  // namespace teranga
