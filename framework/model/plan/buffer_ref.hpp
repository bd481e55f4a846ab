// SPDX-License-Identifier: Apache-2.0
// Where a buffer lies, without an address: its arena, and how far into it. Arenas are bound to memory by the executor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace teranga::model {

enum class Arena : std::uint8_t {
  none,            // there is no such buffer
  slice,           // of a slice of the batch: `index`
  partial,         // partial gradients of a slice: `index`
  batch,           // of the whole batch
  shared,          // values that several networks share
  weights,         // of the store
  gradients,
  state,
  next_state,
  row_state,       // of the store, `index`: number of the state
  next_row_state,
  field,           // of the data: `index`
  derived,         // what a plan makes of its weights: `index` into Schedule::derived
  former_state,    // `index` into Schedule::former_states
  undeclared       // memory that nobody can read
};
constexpr std::size_t arena_count = 15;

struct BufferRef {
  Arena arena = Arena::none;
  int index = 0;
  std::size_t offset = 0;  // bytes

  explicit operator bool() const noexcept { return arena != Arena::none; }
};

}  // namespace teranga::model
