// SPDX-License-Identifier: Apache-2.0
// Gated recurrent unit (Cho et al. 2014); gates in Keras's order z, r, candidate. With reset_after (cuDNN's form) the reset gate scales the
// candidate's recurrent part, which then has a bias of its own; without, it scales the state before the product.
#pragma once

#include "recurrent.hpp"

namespace teranga::layers {

struct GruCell {
  static constexpr int gates = 3, states = 1;
  static constexpr bool gate_is_state = false;
  static sdk::LayerInfo info() {
    return {.name = "teranga.gru", .author = "Teranga", .summary = "Gated recurrent unit",
            .formula = "z, r = g(x W + h R + b), k = a(x W_k + r (h R_k + b')) or a(x W_k + (r h) R_k + b_k), h' = z h + (1 - z) k",
            .source = "https://keras.io/api/layers/recurrent_layers/gru/",
            .options = RecurrentOptions::declared({sdk::component("recurrent_activation", "activation", "sigmoid").says("activation of the gates"),
                                                   sdk::boolean("reset_after", true).says("whether the reset gate is applied after the recurrent product")})};
  }

  GateActivation activation, gate;
  bool reset_after;
  explicit GruCell(const sdk::Options& options)
      : activation(options.component("activation")), gate(options.component("recurrent_activation")), reset_after(options.boolean("reset_after")) {}

  bool needs_raw() const { return activation.needs_x() || gate.needs_x(); }
  bool has_extra() const { return true; }  // the candidate's recurrent part before r, or r h
  bool inner_apart() const { return reset_after; }
  bool extra_feeds_last_gate() const { return !reset_after; }
  std::vector<trg_piece> bias_pieces(std::int64_t, const trg_value&) const { return {}; }

  template <class T>
  void forward(RecurrentBlock<T>& b) const {
    T *z = b.z[0], *r = b.z[1], *k = b.z[2], *extra = b.extra, *next_h = b.next_h;
    const T *h = b.h, *seen = b.seen[2];
    const std::int64_t count = b.shape.padded;
    b.add_product(0, b.seen[0], z);
    b.add_product(1, b.seen[1], r);
    if (reset_after) {
      for (std::int64_t i = 0; i < count; i += b.shape.stride) std::copy_n(b.recurrent_bias, b.shape.stride, extra + i);
      b.add_product(2, seen, extra);
    }
    b.activate(gate, 0), b.activate(gate, 1);
    if (reset_after) {
      sdk::each(count, [=](std::int64_t i) { k[i] += r[i] * extra[i]; });
    } else {
      sdk::each(count, [=](std::int64_t i) { extra[i] = r[i] * seen[i]; });
      b.add_product(2, extra, k);
    }
    b.activate(activation, 2);
    sdk::each(count, [=](std::int64_t i) { next_h[i] = z[i] * h[i] + (1 - z[i]) * k[i]; });
  }

  template <class T>
  void backward(RecurrentBlock<T>& b) const {
    const T *z = b.z[0], *r = b.z[1], *k = b.z[2], *h = b.before, *extra = b.extra, *dh = b.h;
    T *dz = b.dz[0], *dr = b.dz[1], *dk = b.dz[2], *next_dh = b.next_h, *d = b.spare, *inner = b.inner;
    const std::int64_t count = b.shape.padded;
    sdk::each(count, [=](std::int64_t i) {
      next_dh[i] = dh[i] * z[i];
      inner[i] = dh[i] * (1 - z[i]);
      d[i] = dh[i] * (h[i] - k[i]);
    });
    activation.gradient(b.shape, b.raw[2], k, inner, dk);
    gate.gradient(b.shape, b.raw[0], z, d, dz);
    if (reset_after) {
      sdk::each(count, [=](std::int64_t i) { d[i] = dk[i] * extra[i], inner[i] = dk[i] * r[i]; });
    } else {
      b.back_product(2, dk, d);
      const T* drop = b.drop[2];
      sdk::each(count, [=](std::int64_t i) {
        const T seen = drop ? drop[i] : T(1), through = d[i] * seen;
        next_dh[i] += through * r[i];
        d[i] = through * h[i];
      });
    }
    gate.gradient(b.shape, b.raw[1], r, d, dr);
    b.add_back_product(0, dz, next_dh);
    b.add_back_product(1, dr, next_dh);
    if (reset_after) b.add_back_product(2, inner, next_dh);
  }
};

}  // namespace teranga::layers
