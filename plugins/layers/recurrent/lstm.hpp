// SPDX-License-Identifier: Apache-2.0
// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000); gates in Keras's order i, f, c, o.
#pragma once

#include "recurrent.hpp"

namespace teranga::layers {

struct LstmCell {
  static constexpr int gates = 4, states = 2;
  static constexpr bool gate_is_state = false;
  static sdk::LayerInfo info() {
    return {.name = "teranga.lstm", .author = "Teranga", .summary = "Long short-term memory",
            .formula = "i, f, o = g(x W + h R + b), c' = f c + i a(x W_c + h R_c + b_c), h' = o a(c')",
            .source = "https://keras.io/api/layers/recurrent_layers/lstm/",
            .options = RecurrentOptions::declared({sdk::component("recurrent_activation", "activation", "sigmoid").says("activation of the gates"),
                                                   sdk::boolean("unit_forget_bias", true).says("whether the bias of the forget gate begins with 1")})};
  }

  GateActivation activation, gate;
  bool unit_forget_bias;
  explicit LstmCell(const sdk::Options& options)
      : activation(options.component("activation")), gate(options.component("recurrent_activation")), unit_forget_bias(options.boolean("unit_forget_bias")) {}

  bool needs_raw() const { return activation.needs_x() || gate.needs_x(); }
  bool has_extra() const { return true; }  // c before the step
  bool inner_apart() const { return false; }
  bool extra_feeds_last_gate() const { return false; }
  std::vector<trg_piece> bias_pieces(std::int64_t units, const trg_value& ones) const {
    return unit_forget_bias ? std::vector<trg_piece>{{units, 2 * units, &ones}} : std::vector<trg_piece>{};
  }
  bool usual() const { return activation.kind() == GateActivation::Kind::tanh && gate.kind() == GateActivation::Kind::sigmoid; }

  template <class T>
  void forward(RecurrentBlock<T>& b) const {
    for (int g = 0; g < gates; ++g) b.add_product(g, b.seen[g], b.z[g]);
    T *i = b.z[0], *f = b.z[1], *a = b.z[2], *o = b.z[3], *next_c = b.next_c, *next_h = b.next_h, *extra = b.extra;
    const T* c = b.c;
    if (usual())
      return sdk::each(b.shape.padded, [=](std::int64_t n) __attribute__((always_inline)) {  // too long for GCC to inline, and so to vectorise, unasked
        const T in = sdk::math::sigmoid(i[n]), forget = sdk::math::sigmoid(f[n]), candidate = sdk::math::tanh(a[n]), out = sdk::math::sigmoid(o[n]);
        const T carried = c[n], now = forget * carried + in * candidate;
        i[n] = in, f[n] = forget, a[n] = candidate, o[n] = out;
        extra[n] = carried;
        next_c[n] = now;
        next_h[n] = out * sdk::math::tanh(now);
      });
    b.activate(gate, 0), b.activate(gate, 1), b.activate(activation, 2), b.activate(gate, 3);
    sdk::each(b.shape.padded, [=](std::int64_t n) {
      extra[n] = c[n];
      next_c[n] = f[n] * c[n] + i[n] * a[n];
    });
    activation.value(b.shape, next_c, next_h);
    sdk::each(b.shape.padded, [=](std::int64_t n) { next_h[n] *= o[n]; });
  }

  template <class T>
  void backward(RecurrentBlock<T>& b) const {
    const T *i = b.z[0], *f = b.z[1], *a = b.z[2], *o = b.z[3], *c = b.extra, *dh = b.h, *dc = b.c;
    T *di = b.dz[0], *df = b.dz[1], *da = b.dz[2], *d_out = b.dz[3], *next_dc = b.next_c;
    if (usual()) {
      sdk::each(b.shape.padded, [=](std::int64_t n) __attribute__((always_inline)) {
        const T in = i[n], forget = f[n], candidate = a[n], out = o[n], carried = c[n];
        const T y = sdk::math::tanh(forget * carried + in * candidate);
        const T d = dc[n] + dh[n] * out * (1 - y * y);
        d_out[n] = dh[n] * y * out * (1 - out);
        di[n] = d * candidate * in * (1 - in);
        df[n] = d * carried * forget * (1 - forget);
        da[n] = d * in * (1 - candidate * candidate);
        next_dc[n] = d * forget;
      });
    } else {
      backward_of_any(b);
    }
    std::fill_n(b.next_h, b.shape.padded, T(0));
    for (int g = 0; g < gates; ++g) b.add_back_product(g, b.dz[g], b.next_h);
  }

 private:
  // next_c and next_h serve as room for c after the step and its activation until they get their gradients.
  template <class T>
  void backward_of_any(RecurrentBlock<T>& b) const {
    const T *i = b.z[0], *f = b.z[1], *a = b.z[2], *o = b.z[3], *c = b.extra;
    T *dh = b.h, *dc = b.c, *now = b.next_c, *y = b.next_h, *d = b.spare;
    const std::int64_t count = b.shape.padded;
    sdk::each(count, [=](std::int64_t n) { now[n] = f[n] * c[n] + i[n] * a[n]; });
    activation.value(b.shape, now, y);
    sdk::each(count, [=](std::int64_t n) { d[n] = dh[n] * o[n]; });
    activation.gradient(b.shape, now, y, d, d);
    sdk::each(count, [=](std::int64_t n) { dc[n] += d[n], dh[n] *= y[n]; });  // dh: the gradient of the output gate
    const auto through = [&](const GateActivation& g, int k, T* gradient) {
      g.gradient(b.shape, b.raw[k], b.z[k], gradient, gradient);
    };
    T* next_dc = now;
    sdk::each(count, [=](std::int64_t n) { next_dc[n] = dc[n] * f[n]; });
    through(gate, 3, dh);
    std::copy_n(dh, count, b.dz[3]);
    sdk::each(count, [=](std::int64_t n) { d[n] = dc[n] * c[n]; });
    through(gate, 1, d);
    std::copy_n(d, count, b.dz[1]);
    sdk::each(count, [=](std::int64_t n) { d[n] = dc[n] * a[n], y[n] = dc[n] * i[n]; });
    through(gate, 0, d);
    through(activation, 2, y);
    std::copy_n(d, count, b.dz[0]);
    std::copy_n(y, count, b.dz[2]);
  }
};

}  // namespace teranga::layers
