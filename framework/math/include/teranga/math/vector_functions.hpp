// SPDX-License-Identifier: Apache-2.0
// Elementwise functions over arrays: y[i] = f(x[i]), i in [0, count). `y` may be `x`. The f32 versions are vectorised and within 2 ulp of
// the true value (results below the smallest normal float are flushed to zero); y[i] depends on x[i] alone, not on its place. Infinities
// and NaN follow the C library. The f64 versions are the C library's.
#pragma once

#include <cstdint>

namespace teranga::math {

void exp(std::int64_t count, const float* x, float* y) noexcept;
void exp(std::int64_t count, const double* x, double* y) noexcept;
void log(std::int64_t count, const float* x, float* y) noexcept;
void log(std::int64_t count, const double* x, double* y) noexcept;
void tanh(std::int64_t count, const float* x, float* y) noexcept;
void tanh(std::int64_t count, const double* x, double* y) noexcept;
void sigmoid(std::int64_t count, const float* x, float* y) noexcept;  // 1 / (1 + exp(-x))
void sigmoid(std::int64_t count, const double* x, double* y) noexcept;

}  // namespace teranga::math
