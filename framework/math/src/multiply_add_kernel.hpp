// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set.
#pragma once

#include "multiply_add_chain.hpp"
#include "vector_register.hpp"

namespace {

constexpr int sums = 12;  // two units with a latency of four or five cycles need eight to ten; sixteen registers hold these and the factors

float go_round(std::int64_t rounds) {
  const Vector factor = Vector::all(0.999F), term = Vector::all(0.001F);
  Vector sum[sums];
  for (int i = 0; i < sums; ++i) sum[i] = Vector::all(static_cast<float>(i));
  for (; rounds > 0; --rounds)
#pragma GCC unroll 12
    for (int i = 0; i < sums; ++i) sum[i] = Vector::multiply_add(sum[i], factor, term);
  float out[Vector::lanes], total = 0;
  for (int i = 0; i < sums; ++i) {
    sum[i].store(out);
    total += out[0];
  }
  return total;
}

constexpr teranga::math::MultiplyAddChain chain = {go_round, 2.0 * sums * Vector::lanes};

}  // namespace
