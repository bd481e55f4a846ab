// SPDX-License-Identifier: Apache-2.0
// The layer around a recurrent cell. Samples go in blocks: one product projects a block's inputs of all steps; then the block runs through time, each step
// adding its recurrent product and the cell's formula; the way back leaves the gates' gradients of all steps, from which the gradients of the input and
// of the weights are single products again. A narrow layer goes step by step in all of this. A masked step repeats the state, and with it the output (or it has an output of zeros), as Keras's scan does.
#pragma once

#include <string>

#include "recurrent_layout.hpp"
#include "recurrent_options.hpp"

namespace teranga::layers {

template <class Cell>
struct Recurrent : RecurrentOptions {
  static constexpr int G = Cell::gates;
  static sdk::LayerInfo info() { return Cell::info(); }

  Cell cell;
  explicit Recurrent(const sdk::Options& options) : RecurrentOptions(options), cell(options) {}

  RecurrentLayout plan(sdk::LayerPlan& p) const;
  template <class T>
  void forward(const sdk::Slice<T>& s, const RecurrentLayout& l) const;
  template <class T>
  void backward(const sdk::Slice<T>& s, const RecurrentLayout& l) const;
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const RecurrentLayout& l) const;

 private:
  std::string name() const { return Cell::info().name.substr(8); }  // without "teranga."
  // Keras drops nothing at a rate of one, but for simple_rnn, which then drops all.
  static bool drops(double rate, const sdk::LayerPlan& p) { return p.mode() != TRG_INFERENCE && rate > 0 && (rate < 1 || G == 1); }
  std::int64_t time(std::int64_t step, const RecurrentLayout& l) const { return go_backwards ? l.steps - 1 - step : step; }

  template <class T>
  void draw_factors(const sdk::Slice<T>& s, std::int64_t sample, std::int64_t first, std::int64_t count, double rate, T* factors) const {
    trg_stream stream = s.stream(sample);
    stream.key ^= stir;
    sdk::host().uniform(stream, static_cast<std::uint64_t>(first), count, sdk::Slice<T>::type(), factors);
    const T limit = static_cast<T>(rate), up = rate < 1 ? static_cast<T>(1 / (1 - rate)) : T(0);
    sdk::each(count, [=](std::int64_t i) { factors[i] = factors[i] >= limit ? up : T(0); });
  }
  template <class T>
  void draw_input_factors(const sdk::Slice<T>& s, const RecurrentLayout& l, std::int64_t sample, T* factors) const {
    draw_factors(s, sample, 0, l.input_drops * l.channels, dropout, factors);
  }
  // Factors of the state for the samples of a block, gate by gate.
  template <class T>
  void draw_state_factors(const sdk::Slice<T>& s, const RecurrentLayout& l, std::int64_t first, RecurrentScratch<T>& w) const {
    for (int g = 0; l.state_drops && g < G; ++g)
      for (std::int64_t r = 0; r < w.block.shape.rows; ++r)
        draw_factors(s, first + r, l.input_drops * l.channels + g * units, units, recurrent_dropout, w.drop[g] + r * l.stride);
  }

  template <class T>
  void pack(const T* recurrent_kernel, bool transposed, const RecurrentLayout& l, RecurrentScratch<T>& w) const {
    for (int g = 0; g < G; ++g) {
      pack_gate<T>(of_gate(units, units, recurrent_kernel + g * units, transposed), l.stride, w.weights[g]);
      (transposed ? w.block.transposed : w.block.packed)[g] = w.weights[g];
    }
  }
  template <class T>
  void pack_input(const T* kernel, bool transposed, const RecurrentLayout& l, RecurrentScratch<T>& w) const {
    for (int g = 0; l.narrow && g < G; ++g)
      pack_gate<T>(of_gate(l.channels, units, kernel + g * units, transposed), transposed ? l.channels : l.stride, w.input_weights[g]);
  }
  // A gate's columns of a kernel whose rows hold those of all gates.
  template <class T>
  GateWeights<T> of_gate(std::int64_t rows, std::int64_t columns, const T* kernel, bool transposed) const {
    const std::int64_t width = G * units;
    return transposed ? GateWeights<T>{columns, rows, kernel, 1, width} : GateWeights<T>{rows, columns, kernel, width, 1};
  }
  template <class T>
  void project(const sdk::Slice<T>& s, const RecurrentLayout& l, std::int64_t first, T* rows, RecurrentScratch<T>& w) const;
  template <class T>
  void start_gates(const T* x, const RecurrentLayout& l, const T* block_rows, RecurrentScratch<T>& w) const;
  template <class T>
  void input_gradient(const sdk::Slice<T>& s, const RecurrentLayout& l, std::int64_t first, RecurrentScratch<T>& w) const;
  template <class T>
  void input_gradient_of_step(T* dx, const RecurrentLayout& l, const RecurrentScratch<T>& w) const;
  template <class T>
  void sum_slots(const sdk::Slice<T>& s, const RecurrentLayout& l) const;
  template <class T>
  void collect_bias(const sdk::Slice<T>& s, const RecurrentLayout& l, RecurrentScratch<T>& w) const;
  template <class T>
  void keep_step(const RecurrentLayout& l, T* rows, const RecurrentBlock<T>& b) const;
};

}  // namespace teranga::layers

#include "recurrent_backward.hpp"
#include "recurrent_forward.hpp"
#include "recurrent_plan.hpp"
