// SPDX-License-Identifier: Apache-2.0
// Elementary functions for hot loops. The float ones have no branch and no table, so that GCC vectorises a plain loop over them; they are
// within 2 ulp of the true value over the whole range (a test says so), pass NaN through, and treat infinities and denormals as the C
// library does. The double ones are the C library's: they serve the gradient checker. The polynomials are minimax fits of our own.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#if defined(__GNUC__)
#define TERANGA_FORCE_INLINE inline __attribute__((always_inline))
#else
#define TERANGA_FORCE_INLINE inline
#endif

namespace teranga::sdk::math {

namespace detail {

inline constexpr float infinity = std::numeric_limits<float>::infinity();

TERANGA_FORCE_INLINE float power_of_two(std::uint32_t n) { return std::bit_cast<float>((n + 127u) << 23); }  // n in [-126, 127], modulo 2^32

// x = n ln 2 + r, |r| <= ln 2 / 2; n comes as a float and, modulo 2^32, as bits.
struct Reduced {
  float r, n;
  std::uint32_t bits;
};
TERANGA_FORCE_INLINE Reduced reduce(float x) {
  constexpr float shift = 12582912.0f;  // 1.5 x 2^23: adding it rounds to an integer in the low bits
  const float t = x * 1.44269504f + shift;
  const float n = t - shift;
  return {(x - n * 0.693359375f) + n * 2.12194440e-4f, n, std::bit_cast<std::uint32_t>(t) - std::bit_cast<std::uint32_t>(shift)};
}

// e^r - 1 for |r| <= ln 2 / 2.
TERANGA_FORCE_INLINE float expm1_reduced(float r) {
  float p = 0.000199138536f;
  p = p * r + 0.00139412202f;
  p = p * r + 0.00833327323f;
  p = p * r + 0.0416663513f;
  p = p * r + 0.166666672f;
  p = p * r + 0.5f;
  return r + (r * r) * p;
}

// log(u) + carry / u for a normal u > 0: carry is what rounding 1 + x to u lost.
TERANGA_FORCE_INLINE float log_positive(float u, float carry, float exponent) {
  constexpr std::uint32_t root_half = 0x3f3504f3u;
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(u) - root_half;
  const float k = static_cast<float>(static_cast<std::int32_t>(bits) >> 23) + exponent;
  const float f = std::bit_cast<float>((bits & 0x007fffffu) + root_half) - 1.0f;  // in [sqrt(1/2) - 1, sqrt(2) - 1)
  const float s = f / (2.0f + f);
  const float z = s * s;
  float p = 0.298737258f;
  p = p * z + 0.39977473f;
  p = p * z + 0.666667759f;
  const float half_square = 0.5f * f * f;
  const float low = s * (half_square + z * p) + k * -2.12194440e-4f + carry;
  return k * 0.693359375f + (f - (half_square - low));
}

}  // namespace detail

template <class T>
TERANGA_FORCE_INLINE T abs(T x) { return std::fabs(x); }

// NaN in `x` passes, as it does not in std::max(limit, x).
template <class T>
TERANGA_FORCE_INLINE T at_least(T x, std::type_identity_t<T> limit) { return x < limit ? limit : x; }
template <class T>
TERANGA_FORCE_INLINE T at_most(T x, std::type_identity_t<T> limit) { return x > limit ? limit : x; }

template <class T>
TERANGA_FORCE_INLINE T exp(T x) {
  if constexpr (std::is_same_v<T, float>) {
    const detail::Reduced d = detail::reduce(at_most(at_least(x, -104.0f), 89.0f));
    const std::uint32_t half = static_cast<std::uint32_t>(static_cast<std::int32_t>(d.bits) >> 1);  // in two steps, for the ends of the range
    return (1.0f + detail::expm1_reduced(d.r)) * detail::power_of_two(half) * detail::power_of_two(d.bits - half);
  } else {
    return std::exp(x);
  }
}

// exp(x) - 1, as accurate near 0 as elsewhere.
template <class T>
TERANGA_FORCE_INLINE T expm1(T x) {
  if constexpr (std::is_same_v<T, float>) {
    const detail::Reduced d = detail::reduce(at_most(at_least(x, -25.0f), 89.0f));
    const float p = detail::expm1_reduced(d.r);
    const float half = detail::power_of_two(d.bits - 1u);
    const float scaled = 2.0f * (half * p + (half - 0.5f));
    return d.n == 0.0f ? p : scaled;
  } else {
    return std::expm1(x);
  }
}

template <class T>
TERANGA_FORCE_INLINE T log(T x) {
  if constexpr (std::is_same_v<T, float>) {
    const bool small = x < std::numeric_limits<float>::min();
    const float y = detail::log_positive(small ? x * 8388608.0f : x, 0.0f, small ? -23.0f : 0.0f);
    const float low = x == 0.0f ? -detail::infinity : std::numeric_limits<float>::quiet_NaN();
    const float inside = x > 0.0f ? y : low;
    return x < detail::infinity ? inside : x;
  } else {
    return std::log(x);
  }
}

template <class T>
TERANGA_FORCE_INLINE T log1p(T x) {
  if constexpr (std::is_same_v<T, float>) {
    const float u = 1.0f + x;
    const float lost = x > 1.0f ? 1.0f - (u - x) : x - (u - 1.0f);
    const float y = detail::log_positive(u, lost / u, 0.0f);
    const float low = u == 0.0f ? -detail::infinity : std::numeric_limits<float>::quiet_NaN();
    const float inside = u > 0.0f ? y : low;
    return x < detail::infinity ? inside : x;
  } else {
    return std::log1p(x);
  }
}

// log(1 + e^x), without overflow.
template <class T>
TERANGA_FORCE_INLINE T softplus(T x) { return at_least(x, 0) + log1p(exp(-abs(x))); }

// 1 / (1 + e^-x).
template <class T>
TERANGA_FORCE_INLINE T sigmoid(T x) {
  const T e = exp(-abs(x));
  return (x >= 0 ? T(1) : e) / (T(1) + e);
}

template <class T>
TERANGA_FORCE_INLINE T tanh(T x) {
  if constexpr (std::is_same_v<T, float>) {
    // (1 - e) / (1 + e) for e = e^-2|x| = 2^n (1 - 2 m): half of either is exact but for one rounding, and nothing is lost near 0. From 10 on it is 1.
    constexpr float shift = 12582912.0f;  // as in reduce(), for -2 |x|
    const float size = at_most(abs(x), 10.0f);
    const float t = size * -2.88539008f + shift, n = t - shift;
    const float r = (size + n * 0.3466796875f) - n * 1.06097220e-4f;  // |r| <= ln 2 / 4
    float p = 0.0127448663f;
    p = 0.0446119048f - p * r;
    p = 0.133332372f - p * r;
    p = 0.33333081f - p * r;
    p = 0.666666687f - p * r;
    p = 1.0f - p * r;
    const float m = r - (r * r) * p;
    const float scale = detail::power_of_two(std::bit_cast<std::uint32_t>(t) - std::bit_cast<std::uint32_t>(shift));
    const float above = (0.5f - 0.5f * scale) + scale * m, below = (0.5f + 0.5f * scale) - scale * m;
    return std::copysign(above / below, x);
  } else {
    return std::tanh(x);
  }
}

template <class T>
TERANGA_FORCE_INLINE T erf(T x) {
  if constexpr (std::is_same_v<T, float>) {
    const float z = x * x;
    float p = 8.3167724e-05f;
    p = p * z + -0.000813001185f;
    p = p * z + 0.00519990642f;
    p = p * z + -0.0268589407f;
    p = p * z + 0.112836875f;
    p = p * z + -0.376126319f;
    const float inner = x + x * (z * p + 0.128379167f);
    const float t = at_most(abs(x), 4.0f);  // 1 - erf(4) is below half an ulp of 1
    float q = 2.10950511e-05f;  // -log(1 - erf(t)) on [0.92, 4]
    q = q * t + -0.000434462621f;
    q = q * t + 0.00417106319f;
    q = q * t + -0.0251194276f;
    q = q * t + 0.108280092f;
    q = q * t + 0.633346915f;
    q = q * t + 1.12951493f;
    q = q * t + -0.00017468445f;
    const float outer = std::copysign(1.0f - exp(-q), x);
    return abs(x) < 0.92f ? inner : outer;
  } else {
    return std::erf(x);
  }
}

}  // namespace teranga::sdk::math
