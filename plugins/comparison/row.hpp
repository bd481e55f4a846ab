// SPDX-License-Identifier: Apache-2.0
// Reductions over a row in the shape that compilers vectorise: sixteen running values side by side, since the order of floating-point sums may not be
// changed for us. Blocks of a sum meet in f64, so a long row loses nothing.
#pragma once

#include <cstdint>

namespace teranga::comparison {

inline constexpr std::int64_t block_length = 256;

template <class T>
T max_of(const T* x, std::int64_t n) {
  constexpr std::int64_t lanes = 16;
  T best = x[0];
  std::int64_t i = 0;
  if (n >= lanes) {
    T running[lanes];
    for (std::int64_t j = 0; j < lanes; ++j) running[j] = x[j];
    for (i = lanes; i + lanes <= n; i += lanes)
      for (std::int64_t j = 0; j < lanes; ++j) running[j] = x[i + j] > running[j] ? x[i + j] : running[j];
    for (std::int64_t j = 0; j < lanes; ++j) best = running[j] > best ? running[j] : best;
  }
  for (; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

template <class T>
double sum_of(const T* x, std::int64_t n) {
  constexpr std::int64_t lanes = 16;
  double sum = 0;
  for (std::int64_t first = 0; first < n; first += block_length) {
    const std::int64_t end = n - first < block_length ? n : first + block_length;
    T running[lanes] = {};
    std::int64_t i = first;
    for (; i + lanes <= end; i += lanes)
      for (std::int64_t j = 0; j < lanes; ++j) running[j] += x[i + j];
    for (std::int64_t j = 0; i < end; ++i, ++j) running[j] += x[i];
    T block = 0;
    for (std::int64_t j = 0; j < lanes; ++j) block += running[j];
    sum += static_cast<double>(block);
  }
  return sum;
}

}  // namespace teranga::comparison
