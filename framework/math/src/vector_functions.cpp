// SPDX-License-Identifier: Apache-2.0
// Range reduction and a short polynomial each, written without branches so that the compiler vectorises the loops.
#include <teranga/math/vector_functions.hpp>

#include <teranga/core/clones.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace teranga::math {
namespace {

#define TERANGA_INLINE [[gnu::always_inline]] inline

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float smallest_normal = std::numeric_limits<float>::min();
constexpr float ln2_high = 0.693359375f;  // 9 bits: its products with small integers are exact
constexpr float ln2_low = -2.12194440e-4f;

TERANGA_INLINE float power_of_two(std::int32_t n) { return std::bit_cast<float>((n + 127) << 23); }

// exp(x) = 2^n exp(r), |r| <= ln(2) / 2. Right for x in [-87.33, 88.72]; NaN gives NaN.
TERANGA_INLINE float exp_inside(float x) {
  constexpr float round = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float n = (x * 1.44269504f + round) - round;
  const float high = x - n * ln2_high;
  const float r = high - n * ln2_low;
  const float lost = (high - r) - n * ln2_low;
  const float p = 0.49999994f + r * (0.16666515f + r * (4.1668456e-2f + r * (8.3694188e-3f + r * 1.3813142e-3f)));
  const float e = 1.0f + (r + (r * r * p + lost));
  const auto k = static_cast<std::int32_t>(n == n ? n : 0.0f);
  const std::int32_t half = k >> 1;
  return e * power_of_two(half) * power_of_two(k - half);
}

TERANGA_INLINE float exp_of(float x) {
  const float inside = x > 88.8f ? 88.8f : x < -87.4f ? -87.4f : x;
  const float e = exp_inside(inside);
  return x > 88.72283f ? infinity : x < -87.33654f ? 0.0f : e;
}

TERANGA_INLINE float log_of(float x) {
  constexpr std::uint32_t root_half = 0x3f3504f3;  // sqrt(1/2)
  const auto bits = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(x) - root_half);
  const auto k = static_cast<float>(bits >> 23);
  const float f = std::bit_cast<float>((static_cast<std::uint32_t>(bits) & 0x7fffffu) + root_half) -
                  1.0f;  // x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2))
  // ln(1 + f) = 2 artanh(s), s = f / (2 + f), arranged so that the leading term f is not rounded
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float series = z * (0.66666663f + z * (0.40000346f + z * (0.28536603f + z * 0.23596334f)));
  const float half = 0.5f * f * f;
  const float small = s * (half + series) + k * ln2_low;
  const float result = k * ln2_high - ((half - small) - f);
  return x < smallest_normal ? (x < 0.0f && x <= -smallest_normal ? std::numeric_limits<float>::quiet_NaN() : -infinity)
         : x < infinity      ? result
                             : x;
}

TERANGA_INLINE float tanh_of(float x) {
  const float size = std::fabs(x);
  const float capped = size > 10.0f ? 10.0f : size;
  const float z = size * size;
  const float near_zero =
      size + size * z * (-3.3333284e-1f + z * (1.3331480e-1f + z * (-5.3742558e-2f + z * (2.0647356e-2f + z * -5.7132626e-3f))));
  const float far = 1.0f - 2.0f / (exp_inside(2.0f * capped) + 1.0f);
  const float result = std::copysign(size < 0.625f ? near_zero : far, x);
  return x == x ? result : x;
}

TERANGA_INLINE float sigmoid_of(float x) {
  const float e = exp_of(-std::fabs(x));
  const float sum = 1.0f + e;
  const float lost = e - (sum - 1.0f);  // what rounding took from the sum
  const float result = (x < 0.0f ? e : 1.0f) / sum;
  return result - result * lost;
}

TERANGA_CLONES void exp_all(std::int64_t count, const float* x, float* y) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) y[i] = exp_of(x[i]);
}
TERANGA_CLONES void log_all(std::int64_t count, const float* x, float* y) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) y[i] = log_of(x[i]);
}
TERANGA_CLONES void tanh_all(std::int64_t count, const float* x, float* y) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) y[i] = tanh_of(x[i]);
}
TERANGA_CLONES void sigmoid_all(std::int64_t count, const float* x, float* y) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < count; ++i) y[i] = sigmoid_of(x[i]);
}

template <class F>
void each(std::int64_t count, const double* x, double* y, F f) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = f(x[i]);
}

}  // namespace

void exp(std::int64_t count, const float* x, float* y) noexcept { exp_all(count, x, y); }
void log(std::int64_t count, const float* x, float* y) noexcept { log_all(count, x, y); }
void tanh(std::int64_t count, const float* x, float* y) noexcept { tanh_all(count, x, y); }
void sigmoid(std::int64_t count, const float* x, float* y) noexcept { sigmoid_all(count, x, y); }

void exp(std::int64_t count, const double* x, double* y) noexcept {
  each(count, x, y, [](double v) { return std::exp(v); });
}
void log(std::int64_t count, const double* x, double* y) noexcept {
  each(count, x, y, [](double v) { return std::log(v); });
}
void tanh(std::int64_t count, const double* x, double* y) noexcept {
  each(count, x, y, [](double v) { return std::tanh(v); });
}
void sigmoid(std::int64_t count, const double* x, double* y) noexcept {
  each(count, x, y, [](double v) { return 1 / (1 + std::exp(-v)); });
}

}  // namespace teranga::math
