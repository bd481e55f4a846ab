// SPDX-License-Identifier: Apache-2.0
// Elman's network: h_t = f(x_t W + h_{t-1} R + b).
#pragma once

#include "recurrent.hpp"

namespace teranga::layers {

struct SimpleRnnCell {
  static constexpr int gates = 1, states = 1;
  static constexpr bool gate_is_state = true;
  static sdk::LayerInfo info() {
    return {.name = "teranga.simple_rnn", .author = "Teranga", .summary = "Fully connected recurrent layer whose output is its state",
            .formula = "h_t = f(x_t W + h_{t-1} R + b)", .source = "https://keras.io/api/layers/recurrent_layers/simple_rnn/", .options = RecurrentOptions::declared({})};
  }

  GateActivation activation;
  explicit SimpleRnnCell(const sdk::Options& options) : activation(options.component("activation")) {}

  bool needs_raw() const { return activation.needs_x(); }
  bool has_extra() const { return false; }
  bool inner_apart() const { return false; }
  bool extra_feeds_last_gate() const { return false; }
  std::vector<trg_piece> bias_pieces(std::int64_t, const trg_value&) const { return {}; }

  template <class T>
  void forward(RecurrentBlock<T>& b) const {
    b.add_product(0, b.seen[0], b.z[0]);
    b.activate(activation, 0);
    if (b.next_h != b.z[0]) std::copy_n(b.z[0], b.shape.padded, b.next_h);
  }

  template <class T>
  void backward(RecurrentBlock<T>& b) const {
    activation.gradient(b.shape, b.raw[0], b.z[0], b.h, b.dz[0]);
    b.back_product(0, b.dz[0], b.next_h);
    if (const T* drop = b.drop[0]) sdk::each(b.shape.padded, [=, next_h = b.next_h](std::int64_t i) { next_h[i] *= drop[i]; });
  }
};

}  // namespace teranga::layers
