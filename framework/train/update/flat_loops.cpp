// SPDX-License-Identifier: Apache-2.0
#include "update/flat_loops.hpp"

#include <teranga/core/clones.hpp>

#include <algorithm>

namespace teranga::train {
namespace {

TERANGA_CLONES double squares_of(const float* x, std::size_t count) {
  double lanes[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (std::size_t j = 0; j < 8; ++j) lanes[j] += static_cast<double>(x[i + j]) * static_cast<double>(x[i + j]);
  for (; i < count; ++i) lanes[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

TERANGA_CLONES void multiply_each(float* x, std::size_t count, float factor) {
  for (std::size_t i = 0; i < count; ++i) x[i] *= factor;
}

TERANGA_CLONES void add_each(float* to, const float* x, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] += x[i];
}

TERANGA_CLONES void move_each(float* to, const float* x, std::size_t count, float kept) {
  const float taken = 1 - kept;
  for (std::size_t i = 0; i < count; ++i) to[i] = kept * to[i] + taken * x[i];
}

TERANGA_CLONES void limit_each(float* x, std::size_t count, float bound) {
  for (std::size_t i = 0; i < count; ++i) x[i] = std::min(std::max(x[i], -bound), bound);
}

}  // namespace

double sum_of_squares(const float* x, std::size_t count) { return squares_of(x, count); }
void multiply(float* x, std::size_t count, float factor) { multiply_each(x, count, factor); }
void add(float* to, const float* x, std::size_t count) { add_each(to, x, count); }
void move_towards(float* to, const float* x, std::size_t count, float kept) { move_each(to, x, count, kept); }
void limit(float* x, std::size_t count, float bound) { limit_each(x, count, bound); }

}  // namespace teranga::train
