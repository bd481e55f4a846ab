// SPDX-License-Identifier: Apache-2.0
// What a cell sees of one step: a block of samples, gate by gate, each [rows, U] padded to whole registers. Only a cell knows its formula; only
// the layer knows time, masks, dropout and where things are kept.
#pragma once

#include <cstdint>
#include <utility>

#include "gate_activation.hpp"
#include "gate_product.hpp"

namespace teranga::layers {

inline constexpr int most_gates = 4;

template <class T>
struct RecurrentBlock {
  BlockShape shape{};
  const T* packed[most_gates] = {};       // recurrent weights of a gate
  const T* transposed[most_gates] = {};   // the same for the way back
  const T* recurrent_bias = nullptr;      // [round_up(U, 8)] of a gate whose recurrent bias stands apart; null: zero
  T* z[most_gates] = {};                  // before the step: input part and bias; then activated gates
  T* dz[most_gates] = {};                 // on the way back: gradients of the gates before activation; may be z
  T* raw[most_gates] = {};                // x of activations that need it; null: nobody asks
  T* seen[most_gates] = {};               // h as the gate's product sees it: dropped out, or h itself
  T* drop[most_gates] = {};               // recurrent dropout's factors; null: none
  T *h = nullptr, *c = nullptr;           // states before the step; on the way back their gradients after it
  T *next_h = nullptr, *next_c = nullptr; // states after the step (next_h may be the gate of a cell with gate_is_state); on the way back their gradients before it
  T* extra = nullptr;                     // what the cell wants to see again on the way back; may be c
  T* before = nullptr;                    // on the way back: h before the step
  T* inner = nullptr;                     // on the way back: gradient of a recurrent part that stands apart
  T* spare = nullptr;

  // target += seen weights of gate g.
  void add_product(int g, const T* state, T* target) const { multiply(state, packed[g], target, target); }
  // target += the gradient of h for the gradient d of gate g's recurrent part.
  void add_back_product(int g, const T* d, T* target) {
    if (!drop[g]) return multiply(d, transposed[g], target, target);
    back_product(g, d, spare);
    const T *from = spare, *factor = drop[g];
    sdk::each(shape.padded, [=](std::int64_t i) { target[i] += from[i] * factor[i]; });
  }
  // target = the same without dropout.
  void back_product(int g, const T* d, T* target) const { multiply(d, transposed[g], nullptr, target); }

  void activate(const GateActivation& f, int g) {
    if (raw[g]) std::copy_n(z[g], shape.padded, raw[g]);
    f.value(shape, z[g], z[g]);
  }

 private:
  void multiply(const T* a, const T* weights, const T* from, T* to) const {
    multiply_gate<T>({shape.rows, shape.units, shape.stride, {a, shape.stride}, weights, {from, shape.stride}, {to, shape.stride}});
  }
};

}  // namespace teranga::layers
