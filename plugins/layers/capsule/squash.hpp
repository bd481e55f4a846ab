// SPDX-License-Identifier: Apache-2.0
// The nonlinearity of capsules: a vector s keeps its direction, and its length becomes a number from 0 to 1. y = g s with g = n / (1 + n^2), n = |s|. The published formula has the factor
// s / n, which is undefined for s = 0; the limit there is y = 0 with a gradient of 0, and that is what is computed. (Other programs add 1e-7 to n^2.)
// dL/ds = g dy + (dy . s) (1 - n^2) / (n (1 + n^2)^2) s.
#pragma once

#include <cmath>

#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/elementwise.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

// y may be s.
template <class T>
void squash_vector(const T* s, T* y, std::int64_t length) {
  const T square = sdk::sum<T>(length, [=](std::int64_t i) { return s[i] * s[i]; });
  const T factor = std::sqrt(square) / (1 + square);
  sdk::each(length, [=](std::int64_t i) { y[i] = factor * s[i]; });
}

// ds may be dy.
template <class T>
void squash_gradient(const T* s, const T* dy, T* ds, std::int64_t length) {
  const T square = sdk::sum<T>(length, [=](std::int64_t i) { return s[i] * s[i]; });
  const T along = sdk::sum<T>(length, [=](std::int64_t i) { return s[i] * dy[i]; });
  const T norm = std::sqrt(square), below = 1 + square, factor = norm / below;
  const T pull = norm > 0 ? along * (1 - square) / (norm * below * below) : T(0);
  sdk::each(length, [=](std::int64_t i) { ds[i] = factor * dy[i] + pull * s[i]; });
}

struct Squash {
  static sdk::Info info() {
    return {.name = "teranga.squash",
            .author = "Teranga",
            .summary = "Shortens each vector of the last axis to a length from 0 to 1, and keeps its direction",
            .formula = "y = |x|^2 / (1 + |x|^2) x / |x|, 0 for x = 0; |x| over the last axis",
            .source = "Sabour, Frosst and Hinton 2017, arXiv 1710.09829, equation 1"};
  }
  static constexpr std::int32_t needs = TRG_NEEDS_X | TRG_WHOLE_ROWS;
  explicit Squash(const sdk::Options&) {}
  template <class T>
  void value(sdk::Block<T> b) const {
    for (std::int64_t r = 0; r < b.rows; ++r) squash_vector(b.x + r * b.length, b.y + r * b.length, b.length);
  }
  template <class T>
  void gradient(sdk::GradientBlock<T> b) const {
    for (std::int64_t r = 0; r < b.rows; ++r) squash_gradient(b.x + r * b.length, b.dy + r * b.length, b.dx + r * b.length, b.length);
  }
};

}  // namespace teranga::layers
