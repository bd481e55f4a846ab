// SPDX-License-Identifier: Apache-2.0
// A recurrent layer through time.
#pragma once

#include "recurrent.hpp"

namespace teranga::layers {

// The input part of all gates and steps of a block, without bias, to where the gates will be.
template <class Cell>
template <class T>
void Recurrent<Cell>::project(const sdk::Slice<T>& s, const RecurrentLayout& l, std::int64_t first, T* rows, RecurrentScratch<T>& w) const {
  const auto x = s.in(0), kernel = s.parameter(0);
  const std::int64_t count = w.block.shape.rows, all = count * l.steps, c = l.channels;
  rows += first * l.steps * l.row;
  if (l.input_drops == 0) {
    sdk::gemm<T>({.m = all, .n = l.width, .k = c, .a = x.at_row(first), .lda = c, .b = kernel.data, .ldb = l.width, .c = rows, .ldc = l.row});
    return;
  }
  for (std::int64_t n = 0; n < count; ++n) {
    draw_input_factors(s, l, first + n, w.input_drop);
    for (std::int64_t t = 0; t < l.steps; ++t) {
      const T* from = x.at_row(first + n) + t * c;
      T* to = rows + (n * l.steps + t) * l.row + l.input_at;
      for (std::int64_t m = 0; m < l.input_drops; ++m) sdk::each(c, [=, f = w.input_drop + m * c](std::int64_t i) { to[m * c + i] = from[i] * f[i]; });
    }
  }
  const std::int64_t columns = l.width / l.input_drops;
  for (std::int64_t m = 0; m < l.input_drops; ++m)
    sdk::gemm<T>({.m = all, .n = columns, .k = c, .a = rows + l.input_at + m * c, .lda = l.row, .b = kernel.data + m * columns, .ldb = l.width,
                  .c = rows + m * columns, .ldc = l.row});
}

// Input part and bias of one step to where the cell takes them; x: the step of the block's first sample.
template <class Cell>
template <class T>
void Recurrent<Cell>::start_gates(const T* x, const RecurrentLayout& l, const T* block_rows, RecurrentScratch<T>& w) const {
  RecurrentBlock<T>& b = w.block;
  const std::int64_t count = b.shape.rows, stride = l.stride, sample = l.steps * l.row;
  for (int g = 0; g < G; ++g) {
    const T* bias = w.bias + g * stride;
    const BlockRows<T> z{b.z[g], stride};
    if (l.narrow) multiply_gate<T>({count, l.channels, stride, {x, l.steps * l.channels}, w.input_weights[g], {bias, 0}, z});
    else
      for (std::int64_t r = 0; r < count; ++r) add_units(units, block_rows + r * sample + g * units, bias, z.of(r));
  }
}

template <class Cell>
template <class T>
void Recurrent<Cell>::collect_bias(const sdk::Slice<T>& s, const RecurrentLayout& l, RecurrentScratch<T>& w) const {
  if (!use_bias) return;
  const T* bias = s.parameter(2).data;
  for (int g = 0; g < G; ++g) {
    T* to = w.bias + g * l.stride;
    std::copy_n(bias + g * units, units, to);
    if (!l.inner) continue;
    const T* recurrent = bias + l.width + g * units;
    if (g == G - 1) std::copy_n(recurrent, units, w.recurrent_bias);
    else sdk::each(units, [=](std::int64_t i) { to[i] += recurrent[i]; });
  }
}

// What the way back reads of a step of the block; rows: the first sample's.
template <class Cell>
template <class T>
void Recurrent<Cell>::keep_step(const RecurrentLayout& l, T* rows, const RecurrentBlock<T>& b) const {
  const auto keep = [&](const T* from, std::int64_t at) { copy_rows<T>(b.shape.rows, units, {from, l.stride}, {rows + at, l.steps * l.row}); };
  for (int g = 0; g < G; ++g) {
    keep(b.z[g], g * units);
    if (l.raw) keep(b.raw[g], l.raw_at + g * units);
    if (l.state_drops) keep(b.seen[g], l.seen_at + g * units);
  }
  keep(b.h, l.before_at);
  if (l.extra) keep(b.extra, l.extra_at);
}

template <class Cell>
template <class T>
void Recurrent<Cell>::forward(const sdk::Slice<T>& s, const RecurrentLayout& l) const {
  RecurrentScratch<T> w(l, s.scratch());
  RecurrentBlock<T>& b = w.block;
  T* const rows = l.keeps ? s.saved() : s.scratch() + w.used;
  const std::uint8_t* mask = l.masked ? s.mask(0).data : nullptr;
  const auto y = s.out(0);
  const std::int64_t stride = l.stride;
  pack_input(s.parameter(0).data, false, l, w);
  pack(s.parameter(1).data, false, l, w);
  collect_bias(s, l, w);
  for (std::int64_t first = 0; first < s.samples(); first += l.block_rows) {
    w.set_rows(l, std::min(l.block_rows, s.samples() - first));
    const std::int64_t count = b.shape.rows;
    // Of a narrow layer.
    const auto slot = [&, block = rows + first * l.kept()](std::int64_t step) { return block + (l.keeps ? step : step % 2) * count * l.row; };
    const auto enter = [&](std::int64_t step) {
      T* const next = slot(step + 1);
      w.enter(l, slot(step), next);
      b.h = b.before, b.next_h = next + count * l.before_at;
      if (Cell::states > 1) b.c = b.extra, b.next_c = next + count * l.extra_at;
    };
    if (l.narrow) enter(0);
    else project(s, l, first, rows, w);
    draw_state_factors(s, l, first, w);
    for (int i = 0; i < Cell::states; ++i) {
      T* state = i == 0 ? b.h : b.c;
      std::fill_n(state, b.shape.padded, T(0));
      const T* from = l.given_states ? s.in(1 + i).data : stateful ? s.state_in(i).data : nullptr;
      for (std::int64_t r = 0; from && r < count; ++r) copy_units(units, from + (first + r) * units, state + r * stride);
    }
    for (std::int64_t step = 0; step < l.steps; ++step) {
      const std::int64_t t = time(step, l);
      T* const block_rows = rows + (first * l.steps + t) * l.row;  // of a wide layer
      if (l.narrow) enter(step);
      start_gates(s.in(0).at_row(first) + t * l.channels, l, block_rows, w);
      for (int g = 0; g < G; ++g) {
        b.seen[g] = l.state_drops ? w.seen[g] : b.h;
        if (l.state_drops) sdk::each(b.shape.padded, [h = b.h, f = w.drop[g], to = w.seen[g]](std::int64_t i) { to[i] = h[i] * f[i]; });
      }
      cell.forward(b);
      const auto masked = [&](std::int64_t r) { return !mask[(first + r) * l.steps + t]; };
      for (std::int64_t r = 0; mask && r < count; ++r) {
        if (!masked(r)) continue;
        copy_units(units, b.h + r * stride, b.next_h + r * stride);
        if (Cell::states > 1) copy_units(units, b.c + r * stride, b.next_c + r * stride);
      }
      if (l.keeps && !l.narrow) keep_step(l, block_rows, b);
      if (return_sequences) {
        const BlockRows<T> to{y.data + (first * l.steps + step) * units, l.steps * units};
        copy_rows<T>(count, units, {b.next_h, stride}, to);
        for (std::int64_t r = 0; mask && zeros_where_masked && r < count; ++r)
          if (masked(r)) std::fill_n(to.of(r), units, T(0));
      }
      std::swap(b.h, b.next_h);
      if (Cell::states > 1) std::swap(b.c, b.next_c);
    }
    for (std::int64_t r = 0; r < count; ++r) {
      if (!return_sequences) copy_units(units, b.h + r * stride, y.at_row(first + r));
      for (int i = 0; i < Cell::states; ++i) {
        const T* from = (i == 0 ? b.h : b.c) + r * stride;
        if (return_state) copy_units(units, from, s.out(1 + i).at_row(first + r));
        if (stateful) copy_units(units, from, s.state_out(i).at_row(first + r));
      }
    }
  }
}

}  // namespace teranga::layers
