// SPDX-License-Identifier: Apache-2.0
// One vector register of floats in the instruction set that the including file is compiled for. Included by kernels only; everything has
// internal linkage, so that copies for different instruction sets never meet.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define TERANGA_INLINE [[gnu::always_inline]] inline

namespace {

#if defined(__AVX512F__)

struct Vector {
  static constexpr int lanes = 16;
  static constexpr int rows = 8;  // of a tile: sums in registers, and a pointer for each row
  using Mask = __mmask16;
  __m512 value;
  TERANGA_INLINE static Mask first(std::int64_t count) noexcept { return static_cast<Mask>((1u << count) - 1u); }
  TERANGA_INLINE static Vector zero() noexcept { return {_mm512_setzero_ps()}; }
  TERANGA_INLINE static Vector all(float x) noexcept { return {_mm512_set1_ps(x)}; }
  TERANGA_INLINE static Vector load(const float* from) noexcept { return {_mm512_loadu_ps(from)}; }
  TERANGA_INLINE static Vector load(const float* from, Mask mask) noexcept { return {_mm512_maskz_loadu_ps(mask, from)}; }
  TERANGA_INLINE void store(float* to) const noexcept { _mm512_storeu_ps(to, value); }
  TERANGA_INLINE void store(float* to, Mask mask) const noexcept { _mm512_mask_storeu_ps(to, mask, value); }
  TERANGA_INLINE static Vector multiply_add(Vector a, Vector b, Vector c) noexcept { return {_mm512_fmadd_ps(a.value, b.value, c.value)}; }
  TERANGA_INLINE static Vector multiply(Vector a, Vector b) noexcept { return {_mm512_mul_ps(a.value, b.value)}; }
};

#elif defined(__AVX2__) && defined(__FMA__)

struct Vector {
  static constexpr int lanes = 8;
  static constexpr int rows = 6;
  using Mask = __m256i;
  __m256 value;
  TERANGA_INLINE static Mask first(std::int64_t count) noexcept {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  TERANGA_INLINE static Vector zero() noexcept { return {_mm256_setzero_ps()}; }
  TERANGA_INLINE static Vector all(float x) noexcept { return {_mm256_set1_ps(x)}; }
  TERANGA_INLINE static Vector load(const float* from) noexcept { return {_mm256_loadu_ps(from)}; }
  TERANGA_INLINE static Vector load(const float* from, Mask mask) noexcept { return {_mm256_maskload_ps(from, mask)}; }
  TERANGA_INLINE void store(float* to) const noexcept { _mm256_storeu_ps(to, value); }
  TERANGA_INLINE void store(float* to, Mask mask) const noexcept { _mm256_maskstore_ps(to, mask, value); }
  TERANGA_INLINE static Vector multiply_add(Vector a, Vector b, Vector c) noexcept { return {_mm256_fmadd_ps(a.value, b.value, c.value)}; }
  TERANGA_INLINE static Vector multiply(Vector a, Vector b) noexcept { return {_mm256_mul_ps(a.value, b.value)}; }
};

#else

// Four lanes by the compiler's own vectors: SSE, NEON, or plain code.
struct Vector {
  static constexpr int lanes = 4;
  static constexpr int rows = 4;
  using Mask = std::int64_t;
  using Lanes [[gnu::vector_size(16), gnu::aligned(4), gnu::may_alias]] = float;
  Lanes value;
  TERANGA_INLINE static Mask first(std::int64_t count) noexcept { return count; }
  TERANGA_INLINE static Vector zero() noexcept { return {Lanes{0, 0, 0, 0}}; }
  TERANGA_INLINE static Vector all(float x) noexcept { return {Lanes{x, x, x, x}}; }
  TERANGA_INLINE static Vector load(const float* from) noexcept { return {*reinterpret_cast<const Lanes*>(from)}; }
  TERANGA_INLINE static Vector load(const float* from, Mask count) noexcept {
    return {Lanes{count > 0 ? from[0] : 0, count > 1 ? from[1] : 0, count > 2 ? from[2] : 0, count > 3 ? from[3] : 0}};
  }
  TERANGA_INLINE void store(float* to) const noexcept { *reinterpret_cast<Lanes*>(to) = value; }
  TERANGA_INLINE void store(float* to, Mask count) const noexcept {
    for (int i = 0; i < 4; ++i)
      if (i < count) to[i] = value[i];
  }
  TERANGA_INLINE static Vector multiply_add(Vector a, Vector b, Vector c) noexcept { return {a.value * b.value + c.value}; }
  TERANGA_INLINE static Vector multiply(Vector a, Vector b) noexcept { return {a.value * b.value}; }
};

#endif

}  // namespace
