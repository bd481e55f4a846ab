// SPDX-License-Identifier: Apache-2.0
// A recurrent layer back through time, and the gradients of its weights.
#pragma once

#include "recurrent.hpp"
#include "step_sums.hpp"

namespace teranga::layers {

// Of all steps of a block from the gate gradients; dropped features get their factors.
template <class Cell>
template <class T>
void Recurrent<Cell>::input_gradient(const sdk::Slice<T>& s, const RecurrentLayout& l, std::int64_t first, RecurrentScratch<T>& w) const {
  const auto dx = s.d_in(0);
  const T *kernel = s.parameter(0).data, *carry = s.carry();
  const std::int64_t c = l.channels, count = w.block.shape.rows, carry_sample = l.steps * l.carry_row;
  if (l.input_drops <= 1)
    sdk::gemm<T>({.transpose_b = true, .m = count * l.steps, .n = c, .k = l.width, .a = carry + first * carry_sample, .lda = l.carry_row, .b = kernel,
                  .ldb = l.width, .c = dx.at_row(first), .ldc = c});
  for (std::int64_t n = first; l.input_drops > 0 && n < first + count; ++n) {
    T* to = dx.at_row(n);
    draw_input_factors(s, l, n, w.input_drop);
    if (l.input_drops > 1) std::fill_n(to, dx.row, T(0));
    for (std::int64_t m = 0; m < l.input_drops; ++m) {
      const T* factors = w.input_drop + m * c;
      if (l.input_drops == 1) {
        for (std::int64_t t = 0; t < l.steps; ++t) sdk::each(c, [=](std::int64_t i) { to[t * c + i] *= factors[i]; });
        continue;
      }
      sdk::gemm<T>({.transpose_b = true, .m = l.steps, .n = c, .k = units, .a = carry + n * carry_sample + m * units, .lda = l.carry_row,
                    .b = kernel + m * units, .ldb = l.width, .c = w.dx, .ldc = c});
      for (std::int64_t t = 0; t < l.steps; ++t) sdk::each(c, [=, part = w.dx](std::int64_t i) { to[t * c + i] += part[t * c + i] * factors[i]; });
    }
  }
}

// Of one step of a narrow layer's block; dx: that of its first sample.
template <class Cell>
template <class T>
void Recurrent<Cell>::input_gradient_of_step(T* dx, const RecurrentLayout& l, const RecurrentScratch<T>& w) const {
  const RecurrentBlock<T>& b = w.block;
  const std::int64_t sample = l.steps * l.channels;
  for (int g = 0; g < G; ++g) multiply_gate<T>({b.shape.rows, units, l.channels, {b.dz[g], b.shape.stride}, w.input_weights[g], {g > 0 ? dx : nullptr, sample}, {dx, sample}});
}

template <class Cell>
template <class T>
void Recurrent<Cell>::backward(const sdk::Slice<T>& s, const RecurrentLayout& l) const {
  RecurrentScratch<T> w(l, s.scratch());
  RecurrentBlock<T>& b = w.block;
  T* const rows = s.saved();
  T* const carry = s.carry();
  const std::uint8_t* mask = l.masked ? s.mask(0).data : nullptr;
  const auto dy = s.d_out(0);
  const auto dx = s.d_in(0);
  const std::int64_t stride = l.stride, sample = l.steps * l.row, carry_sample = l.steps * l.carry_row;
  pack_input(s.parameter(0).data, true, l, w);
  pack(s.parameter(1).data, true, l, w);
  for (std::int64_t first = 0; first < s.samples(); first += l.block_rows) {
    w.set_rows(l, std::min(l.block_rows, s.samples() - first));
    const std::int64_t count = b.shape.rows;
    draw_state_factors(s, l, first, w);
    const auto add = [&](const T* from, T* to) {
      if (from) add_rows<T>(count, units, {from + first * units, units}, {to, stride});
    };
    std::fill_n(b.h, b.shape.padded, T(0));
    std::fill_n(b.c, b.shape.padded, T(0));
    if (!return_sequences) add(dy.data, b.h);
    for (int i = 0; return_state && i < Cell::states; ++i) add(s.d_out(1 + i).data, i == 0 ? b.h : b.c);

    for (std::int64_t step = l.steps - 1; step >= 0; --step) {
      const std::int64_t t = time(step, l);
      const auto masked = [&](std::int64_t r) { return !mask[(first + r) * l.steps + t]; };
      if (return_sequences && dy) {
        const BlockRows<const T> more{dy.data + (first * l.steps + step) * units, l.steps * units};
        if (!mask || !zeros_where_masked) add_rows<T>(count, units, more, {b.h, stride});
        else
          for (std::int64_t r = 0; r < count; ++r)
            if (!masked(r)) add_units(units, more.of(r), b.h + r * stride, b.h + r * stride);
      }
      if (l.narrow) {
        T *const slot = rows + first * l.kept() + step * count * l.row, *const carry_slot = carry + first * carry_sample + step * count * l.carry_row;
        w.enter(l, slot, slot + count * l.row);
        for (int g = 0; g < G; ++g) b.dz[g] = carry_slot + g * b.shape.padded;
        if (l.inner) b.inner = carry_slot + count * l.inner_at;
      } else {
        const T* const block_rows = rows + (first * l.steps + t) * l.row;
        const auto fetch = [&](std::int64_t at, T* to) { copy_rows<T>(count, units, {block_rows + at, sample}, {to, stride}); };
        for (int g = 0; g < G; ++g) {
          fetch(g * units, b.z[g]);
          if (l.raw) fetch(l.raw_at + g * units, b.raw[g]);
        }
        fetch(l.before_at, b.before);
        if (l.extra) fetch(l.extra_at, b.extra);
      }
      // A masked step hands its gradients on untouched: they are held while the cell sees zeros.
      for (std::int64_t r = 0; mask && r < count; ++r) {
        if (!masked(r)) continue;
        const std::int64_t at = r * stride;
        std::copy_n(b.h + at, stride, w.held_h + at);
        std::fill_n(b.h + at, stride, T(0));
        std::copy_n(b.c + at, stride, w.held_c + at);
        std::fill_n(b.c + at, stride, T(0));
      }
      cell.backward(b);
      if (l.narrow) {
        if (dx) input_gradient_of_step(dx.at_row(first) + t * l.channels, l, w);
      } else {
        T* const carry_rows = carry + first * carry_sample + t * l.carry_row;
        const auto hand_on = [&](const T* from, std::int64_t at) { copy_rows<T>(count, units, {from, stride}, {carry_rows + at, carry_sample}); };
        for (int g = 0; g < G; ++g) hand_on(b.dz[g], g * units);
        if (l.inner) hand_on(b.inner, l.inner_at);
      }
      for (std::int64_t r = 0; mask && r < count; ++r) {
        if (!masked(r)) continue;
        const std::int64_t at = r * stride;
        std::copy_n(w.held_h + at, stride, b.next_h + at);
        std::copy_n(w.held_c + at, stride, b.next_c + at);
      }
      std::swap(b.h, b.next_h);
      if (Cell::states > 1) std::swap(b.c, b.next_c);
    }
    if (dx && !l.narrow) input_gradient(s, l, first, w);
    for (std::int64_t i = 0; i < l.given_states; ++i)
      if (const auto d = s.d_in(static_cast<int>(1 + i)))
        for (std::int64_t r = 0; r < count; ++r) copy_units(units, (i == 0 ? b.h : b.c) + r * stride, d.at_row(first + r));
  }
}

// The weight gradients of a narrow layer, slot by slot.
template <class Cell>
template <class T>
void Recurrent<Cell>::sum_slots(const sdk::Slice<T>& s, const RecurrentLayout& l) const {
  RecurrentScratch<T> w(l, s.scratch());
  const auto dw = s.d_parameter(0), dr = s.d_parameter(1);
  const auto db = use_bias ? s.d_parameter(2) : sdk::View<T>{};
  const std::int64_t stride = l.stride, width = l.width, c = l.channels;
  for (std::int64_t first = 0; first < s.samples(); first += l.block_rows) {
    const std::int64_t count = std::min(l.block_rows, s.samples() - first);
    const T *kept = s.saved() + first * l.kept(), *carry = s.carry() + first * l.steps * l.carry_row;
    const auto in_slots = [&](std::int64_t at) { return StepRows<T>{kept + count * at, count * l.row, stride}; };
    const auto in_carry = [&](std::int64_t at) { return StepRows<T>{carry + count * at, count * l.carry_row, stride}; };
    for (int g = 0; g < G; ++g) {
      const bool last = g == G - 1;
      const StepRows<T> d = in_carry(g * stride), inner = last && l.inner ? in_carry(l.inner_at) : d;
      const StepRows<T> x{s.in(0).at_row(first) + time(0, l) * c, go_backwards ? -c : c, l.steps * c};
      const std::int64_t seen = last && cell.extra_feeds_last_gate() ? l.extra_at : l.state_drops ? l.seen_at + g * stride : l.before_at;
      const auto add = [&](const StepRows<T>& a, std::int64_t k, const StepRows<T>& by, T* to) {
        add_step_products<T>({l.steps, count, a, k, by, units}, w.sums, to + g * units, width);
      };
      if (dw) add(x, c, d, dw.data);
      if (dr) add(in_slots(seen), units, inner, dr.data);
      if (!db) continue;
      add_step_sums<T>(l.steps, count, d, units, db.data + g * units);
      if (l.inner) add_step_sums<T>(l.steps, count, inner, units, db.data + width + g * units);
    }
  }
}

// Columns of the gates, in whole or a range: each run of columns whose factors lie in one place is one product.
template <class Cell>
template <class T>
void Recurrent<Cell>::backward_params(const sdk::Slice<T>& s, const RecurrentLayout& l) const {
  if (l.narrow) return sum_slots(s, l);
  const T *rows = s.saved(), *carry = s.carry();
  const std::int64_t all = s.samples() * l.steps, width = l.width, c = l.channels;
  const std::int64_t begin = s.range_begin(), end = s.range_end() > 0 ? s.range_end() : width;
  const auto product = [&](std::int64_t k, const T* a, std::int64_t lda, const T* d, std::int64_t columns, T* to) {
    sdk::gemm<T>({.transpose_a = true, .m = k, .n = columns, .k = all, .a = a, .lda = lda, .b = d, .ldb = l.carry_row, .c = to, .ldc = width, .beta = 1});
  };
  // body(gate or 0, first column, columns) for the runs of the range that end at multiples of `run`.
  const auto for_runs = [&](std::int64_t run, auto&& body) {
    for (std::int64_t from = begin; from < end;) {
      const std::int64_t to = std::min(end, (from / run + 1) * run);
      body(from / run, from, to - from);
      from = to;
    }
  };

  if (const auto dw = s.d_parameter(0))
    for_runs(width / std::max<std::int64_t>(1, l.input_drops), [&](std::int64_t m, std::int64_t from, std::int64_t columns) {
      const T* x = l.input_drops ? rows + l.input_at + m * c : s.in(0).data;
      product(c, x, l.input_drops ? l.row : c, carry + from, columns, dw.data + from);
    });
  if (const auto dr = s.d_parameter(1)) {
    const bool by_gate = l.state_drops || l.inner || cell.extra_feeds_last_gate();
    for_runs(by_gate ? units : width, [&](std::int64_t g, std::int64_t from, std::int64_t columns) {
      const bool last = by_gate && g == G - 1;
      const std::int64_t seen = last && cell.extra_feeds_last_gate() ? l.extra_at : l.state_drops ? l.seen_at + g * units : l.before_at;
      // The last gate's recurrent part has a gradient of its own where it stands apart.
      const T* d = last && l.inner ? carry + width + (from - g * units) : carry + from;
      product(units, rows + seen, l.row, d, columns, dr.data + from);
    });
  }
  if (!use_bias) return;
  const auto db = s.d_parameter(2);
  if (!db) return;
  const auto add_columns = [&](const T* d, std::int64_t columns, T* to) {
    add_strided_column_sums(all, columns, d, l.carry_row, to);
  };
  add_columns(carry + begin, end - begin, db.data + begin);
  if (!l.inner) return;
  const std::int64_t apart = width - units;
  if (begin < apart) add_columns(carry + begin, std::min(end, apart) - begin, db.data + width + begin);
  if (end > apart) {
    const std::int64_t from = std::max(begin, apart);
    add_columns(carry + width + (from - apart), end - from, db.data + width + from);
  }
}

}  // namespace teranga::layers
