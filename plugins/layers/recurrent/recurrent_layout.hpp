// SPDX-License-Identifier: Apache-2.0
// Where a recurrent layer keeps what: one row a step of a sample, so that the sums over all steps are single products, and a block's scratch.
#pragma once

#include <algorithm>
#include <cstdint>

#include "recurrent_block.hpp"

namespace teranga::layers {

// Sizes of one plan. A saved row of a step is [gates G U | h before U | cell's extra U | x of activations G U | h as seen G U | x dropped out M C], of
// which all but the gates are there only where the way back reads them; a carry row is [gate gradients G U | gradient of the part that stands apart U].
//
// A wide layer keeps the rows of a sample's steps one after the other, so that the sums over all steps are single products, and copies what it keeps to
// and from the cell's blocks. Of a narrow layer such copies would be most of the work: there each step of a block of samples is a slot, in which
// each part of a row is a block itself, with columns padded to whole registers, and the cell works in it.
struct RecurrentLayout {
  std::int64_t steps = 0, channels = 0, units = 0, gates = 0, states = 0;
  std::int64_t block_rows = 0;      // samples that go through time together
  std::int64_t input_drops = 0;     // dropout masks of the input: 0, 1, or one a gate
  std::int64_t given_states = 0;    // states that are inputs
  bool masked = false, keeps = false, raw = false, extra = false, state_drops = false, inner = false;
  bool narrow = false;
  bool gate_is_state = false;       // of a narrow layer: its gate is the state after the step, which the next slot holds

  // Elements of a part of a row, of the rows, and where the parts begin; settle() knows them when the rest is known.
  std::int64_t width = 0, stride = 0, part = 0, row = 0, carry_row = 0;
  std::int64_t before_at = 0, extra_at = 0, raw_at = 0, seen_at = 0, input_at = 0, inner_at = 0;

  void settle() {
    width = gates * units;
    stride = round_up(units, column_multiple);
    part = narrow ? stride : units;
    before_at = gate_is_state ? 0 : gates * part;
    extra_at = before_at + part;
    raw_at = extra_at + (extra ? part : 0);
    seen_at = raw_at + (raw ? gates * part : 0);
    input_at = seen_at + (state_drops ? gates * part : 0);
    inner_at = gates * part;
    row = narrow ? input_at : spaced(keeps ? input_at + input_drops * channels : width);
    carry_row = narrow ? inner_at + (inner ? part : 0) : spaced(width + (inner ? units : 0));
  }

  // For each sample. A narrow layer has a slot for what follows the last step, and without a way back two that take turns.
  std::int64_t slots() const { return keeps ? steps + 1 : 2; }
  std::int64_t kept() const { return narrow ? slots() * row : steps * row; }

  // Rows that are whole KiB apart fall into the same few sets of a cache: a product that takes columns of them loses a third of its speed.
  static std::int64_t spaced(std::int64_t row) { return row % 256 == 0 ? row + 16 : row; }

  // Few samples keep the gates of small layers in the first cache; big weights want more samples for each time that they are read.
  void choose_block(std::int64_t samples) {
    const std::int64_t most = units <= 32 ? 16 : 64;
    block_rows = std::max<std::int64_t>(1, std::min(samples, most));
  }
};

// Scratch handed out piece by piece; without memory it only counts.
template <class T>
class Carver {
 public:
  explicit Carver(T* memory = nullptr) : memory_(memory) {}
  T* take(std::int64_t count) {
    T* piece = memory_ ? memory_ + used_ : nullptr;
    used_ += round_up(count, 16);
    return piece;
  }
  std::int64_t used() const { return used_; }

 private:
  T* memory_;
  std::int64_t used_ = 0;
};

template <class T>
struct RecurrentScratch {
  RecurrentBlock<T> block;
  T *weights[most_gates] = {}, *bias = nullptr, *recurrent_bias = nullptr;
  T *drop[most_gates] = {}, *raw[most_gates] = {}, *seen[most_gates] = {};
  T* input_weights[most_gates] = {};  // of narrow layers: packed, on the way back transposed
  T* sums = nullptr;                  // of narrow layers: a weight gradient of a gate
  T *held_h = nullptr, *held_c = nullptr;
  T *input_drop = nullptr, *dx = nullptr;
  std::int64_t used = 0;

  RecurrentScratch(const RecurrentLayout& l, T* memory) {
    Carver<T> carver(memory);
    const std::int64_t area = l.block_rows * l.stride;
    bias = carver.take(l.gates * l.stride);
    recurrent_bias = carver.take(l.stride);
    for (int g = 0; g < l.gates; ++g) {
      weights[g] = carver.take(l.units * l.stride);
      if (l.narrow) input_weights[g] = carver.take(std::max(l.channels * l.stride, l.units * round_up(l.channels, column_multiple)));
      else block.z[g] = block.dz[g] = carver.take(area);
      if (l.raw && !l.narrow) raw[g] = carver.take(area);
      if (l.state_drops) drop[g] = carver.take(area);
      if (l.state_drops && !l.narrow) seen[g] = carver.take(area);
    }
    for (T** p : {&block.h, &block.c, &block.next_h, &block.next_c, &block.extra, &block.before, &block.inner, &block.spare, &held_h, &held_c}) *p = carver.take(area);
    if (l.narrow) sums = carver.take(std::max(l.channels, l.units) * l.stride);
    if (l.input_drops > 0) input_drop = carver.take(l.input_drops * l.channels);
    if (l.input_drops > 1) dx = carver.take(l.steps * l.channels);
    used = carver.used();
    if (memory) std::fill_n(memory, used, T(0));  // what pads rows and columns stays finite
    for (int g = 0; g < l.gates; ++g) {
      block.drop[g] = drop[g];
      block.raw[g] = raw[g];
    }
    block.recurrent_bias = recurrent_bias;
  }
  RecurrentScratch(const RecurrentScratch&) = delete;
  RecurrentScratch& operator=(const RecurrentScratch&) = delete;

  void set_rows(const RecurrentLayout& l, std::int64_t rows) { block.shape = {rows, l.units, l.stride, rows * l.stride}; }

  // Puts the cell of a narrow layer into the slots of a step and of the next one, both of the block's rows.
  void enter(const RecurrentLayout& l, T* slot, T* next) {
    const std::int64_t rows = block.shape.rows, area = block.shape.padded;
    for (int g = 0; g < l.gates; ++g) {
      block.z[g] = l.gate_is_state ? next + rows * l.before_at : slot + g * area;
      if (l.raw) block.raw[g] = slot + rows * l.raw_at + g * area;
      if (l.state_drops) seen[g] = slot + rows * l.seen_at + g * area;
    }
    block.before = slot + rows * l.before_at;
    if (l.extra) block.extra = slot + rows * l.extra_at;
  }
};

// A gate's row between its dense place and its padded one: short runs of eight, for which a call would cost more than the copy.
template <class T>
TERANGA_FORCE_INLINE void copy_units(std::int64_t count, const T* from, T* to) {
  std::int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    T held[8];
    for (std::int64_t j = 0; j < 8; ++j) held[j] = from[i + j];
    for (std::int64_t j = 0; j < 8; ++j) to[i + j] = held[j];
  }
  for (; i < count; ++i) to[i] = from[i];
}
template <class T>
TERANGA_FORCE_INLINE void add_units(std::int64_t count, const T* from, const T* more, T* to) {  // to = from + more; to may be either
  std::int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    T sum[8];
    for (std::int64_t j = 0; j < 8; ++j) sum[j] = from[i + j] + more[i + j];
    for (std::int64_t j = 0; j < 8; ++j) to[i + j] = sum[j];
  }
  for (; i < count; ++i) to[i] = from[i] + more[i];
}

// body(sample, units of its row); the compiler is told of a row of eight, which is a register and no loop.
template <class F>
TERANGA_FORCE_INLINE void each_row(std::int64_t samples, std::int64_t units, F&& body) {
  if (units == 8)
    for (std::int64_t r = 0; r < samples; ++r) body(r, std::int64_t{8});
  else
    for (std::int64_t r = 0; r < samples; ++r) body(r, units);
}
template <class T>
void copy_rows(std::int64_t samples, std::int64_t units, BlockRows<const T> from, BlockRows<T> to) {
  each_row(samples, units, [=](std::int64_t r, std::int64_t n) { copy_units(n, from.of(r), to.of(r)); });
}
template <class T>
void add_rows(std::int64_t samples, std::int64_t units, BlockRows<const T> more, BlockRows<T> to) {
  each_row(samples, units, [=](std::int64_t r, std::int64_t n) { add_units(n, more.of(r), to.of(r), to.of(r)); });
}

}  // namespace teranga::layers
