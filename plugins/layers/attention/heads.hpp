// SPDX-License-Identifier: Apache-2.0
// Scaled dot-product attention of one head of one sample: A = softmax(Q K^T / sqrt(D)) [T, S] over the keys that may be seen, O = drop(A) V.
// Q [T, D], K [S, D], V [S, E] and O [T, E] are columns of matrices that hold all heads side by side.
#pragma once

#include <cmath>

#include <teranga/sdk/layer.hpp>

#include "masked_softmax.hpp"

namespace teranga::layers {

struct HeadSizes {
  std::int64_t queries, keys, heads, key_dim, value_dim;
  bool causal;
  double rate;  // of dropout; 0: none

  std::int64_t keys_wide() const { return heads * key_dim; }
  std::int64_t values_wide() const { return heads * value_dim; }
  std::int64_t scores() const { return queries * keys; }
  double scale() const { return 1 / std::sqrt(static_cast<double>(key_dim)); }
};

// What a sample may look at: 0 or 1 for each query and each key.
struct Sight {
  const std::uint8_t *queries, *keys;
};

// weights are kept for backward: negative where dropout took one away. `used` [T, S] is scratch.
template <class T>
struct Head {
  const T *q, *k, *v;
  T *weights, *used;
};

// The weights as they meet the values.
template <class T>
void use_weights(const HeadSizes& z, const Head<T>& head) {
  const T up = static_cast<T>(1 / (1 - z.rate)), *weights = head.weights;
  T* used = head.used;
  sdk::each(z.scores(), [=](std::int64_t i) { used[i] = weights[i] > 0 ? weights[i] * up : T(0); });
}

// draws [T, S] uniform numbers, null without dropout.
template <class T>
void head_forward(const HeadSizes& z, const Head<T>& head, const Sight& sight, const T* draws, T* o) {
  T* weights = head.weights;
  sdk::gemm<T>({.transpose_b = true, .m = z.queries, .n = z.keys, .k = z.key_dim, .a = head.q, .lda = z.keys_wide(), .b = head.k, .ldb = z.keys_wide(),
                .c = weights, .ldc = z.keys, .alpha = z.scale()});
  for (std::int64_t t = 0; t < z.queries; ++t) {
    T* row = weights + t * z.keys;
    if (!sight.queries[t]) std::fill_n(row, z.keys, T(0));
    else masked_softmax(row, z.causal ? std::min(t + 1, z.keys) : z.keys, z.keys, sight.keys);
  }
  if (draws) {
    const T rate = static_cast<T>(z.rate);
    sdk::each(z.scores(), [=](std::int64_t i) { weights[i] = draws[i] >= rate ? weights[i] : -weights[i]; });
    use_weights(z, head);
  }
  sdk::gemm<T>({.m = z.queries, .n = z.value_dim, .k = z.keys, .a = draws ? head.used : weights, .lda = z.keys, .b = head.v, .ldb = z.values_wide(),
                .c = o, .ldc = z.values_wide()});
}

// Overwrites dq, dk and dv; d_scores [T, S] is scratch.
template <class T>
struct HeadGradient {
  const T* d_o;
  T *dq, *dk, *dv, *d_scores;
};

template <class T>
void head_backward(const HeadSizes& z, const Head<T>& head, const HeadGradient<T>& d) {
  const std::int64_t wide = z.keys_wide(), values_wide = z.values_wide();
  if (z.rate > 0) use_weights(z, head);
  const T* used = z.rate > 0 ? head.used : head.weights;
  sdk::gemm<T>({.transpose_a = true, .m = z.keys, .n = z.value_dim, .k = z.queries, .a = used, .lda = z.keys, .b = d.d_o, .ldb = values_wide,
                .c = d.dv, .ldc = values_wide});
  sdk::gemm<T>({.transpose_b = true, .m = z.queries, .n = z.keys, .k = z.value_dim, .a = d.d_o, .lda = values_wide, .b = head.v, .ldb = values_wide,
                .c = d.d_scores, .ldc = z.keys});
  const T *weights = head.weights, up = static_cast<T>(1 / (1 - z.rate));
  T *scores = d.d_scores, *whole = head.used;  // the weights without dropout
  if (z.rate > 0) {
    sdk::each(z.scores(), [=](std::int64_t i) { scores[i] = weights[i] > 0 ? scores[i] * up : T(0); });
    sdk::each(z.scores(), [=](std::int64_t i) { whole[i] = sdk::math::abs(weights[i]); });
  }
  for (std::int64_t t = 0; t < z.queries; ++t) softmax_gradient<T>((z.rate > 0 ? whole : weights) + t * z.keys, scores + t * z.keys, z.keys);
  sdk::gemm<T>({.m = z.queries, .n = z.key_dim, .k = z.keys, .a = scores, .lda = z.keys, .b = head.k, .ldb = wide, .c = d.dq, .ldc = wide, .alpha = z.scale()});
  sdk::gemm<T>({.transpose_a = true, .m = z.keys, .n = z.key_dim, .k = z.queries, .a = scores, .lda = z.keys, .b = head.q, .ldb = wide, .c = d.dk, .ldc = wide,
                .alpha = z.scale()});
}

}  // namespace teranga::layers
