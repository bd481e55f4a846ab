// SPDX-License-Identifier: Apache-2.0
// Plain loops over a stretch of the flat arrays, on the calling thread.
#pragma once

#include <cstddef>

namespace teranga::train {

// Elements of a piece: three or four arrays of it stay in the second-level cache.
inline constexpr std::size_t flat_piece = 16384;

// Weights, gradient and slots at one place within their pages would stand in each other's way (three times the time of an Adam step): bytes that a slot is moved by.
constexpr std::size_t slot_shift(std::size_t number) { return number * 1088; }

double sum_of_squares(const float* x, std::size_t count);
void multiply(float* x, std::size_t count, float factor);
void add(float* to, const float* x, std::size_t count);
void move_towards(float* to, const float* x, std::size_t count, float kept);  // kept * to + (1 - kept) * x
void limit(float* x, std::size_t count, float bound);  // to [-bound, bound]

}  // namespace teranga::train
