// SPDX-License-Identifier: Apache-2.0
// One pass over a segment of a weight tensor: the element rule of an optimizer is a small function of weight, gradient and slots, and the loop around it is
// written once, in a form that vectorises. A null gradient counts as zeros.
#pragma once

#include <cstdint>

#include <teranga/sdk/training.hpp>

namespace teranga::optimizers {

inline sdk::OptionSpec learning_rate(double value) {
  return sdk::real("learning_rate", value).at_least(0).says("length of a step; a schedule replaces it");
}
inline sdk::OptionSpec epsilon_option() { return sdk::real("epsilon", 1e-7).at_least(0).says("keeps the division finite"); }
inline sdk::OptionSpec share_option(const char* name, double value, const char* doc) { return sdk::real(name, value).in(0, 1).says(doc); }

namespace detail {

// Weights, gradient and slots never overlap, which the compiler cannot see through the slot array: hence the restricted parameters.
template <class T, class Rule>
void loop(std::int64_t n, T* __restrict w, const T* __restrict g, Rule rule) {
  for (std::int64_t i = 0; i < n; ++i) rule(w[i], g[i]);
}
template <class T, class Rule>
void loop(std::int64_t n, T* __restrict w, const T* __restrict g, T* __restrict a, Rule rule) {
  for (std::int64_t i = 0; i < n; ++i) rule(w[i], g[i], a[i]);
}
template <class T, class Rule>
void loop(std::int64_t n, T* __restrict w, const T* __restrict g, T* __restrict a, T* __restrict b, Rule rule) {
  for (std::int64_t i = 0; i < n; ++i) rule(w[i], g[i], a[i], b[i]);
}
template <class T, class Rule>
void loop(std::int64_t n, T* __restrict w, const T* __restrict g, T* __restrict a, T* __restrict b, T* __restrict c, Rule rule) {
  for (std::int64_t i = 0; i < n; ++i) rule(w[i], g[i], a[i], b[i], c[i]);
}

}  // namespace detail

// rule(T& weight, T gradient, T& slot 0, ..., T& slot Slots - 1)
template <int Slots = 0, class T, class Rule>
void each_element(const sdk::Update<T>& u, Rule rule) {
  constexpr std::int64_t block = 512;
  static constexpr T zeros[block] = {};
  const std::int64_t step = u.gradient ? u.count : block;
  for (std::int64_t first = 0; first < u.count; first += step) {
    const std::int64_t n = u.count - first < step ? u.count - first : step;
    T* const w = u.weights + first;
    const T* const g = u.gradient ? u.gradient + first : zeros;
    if constexpr (Slots == 0) detail::loop(n, w, g, rule);
    else if constexpr (Slots == 1) detail::loop(n, w, g, u.slot(0) + first, rule);
    else if constexpr (Slots == 2) detail::loop(n, w, g, u.slot(0) + first, u.slot(1) + first, rule);
    else detail::loop(n, w, g, u.slot(0) + first, u.slot(1) + first, u.slot(2) + first, rule);
  }
}

}  // namespace teranga::optimizers
