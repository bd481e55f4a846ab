// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers (Philox 4x32-10; Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// Draw i of a stream is a function of (key, row, i) alone: any thread may make any part of it, and backward makes the same again.
// f32 draws have the same bits on every x86-64 CPU.
#pragma once

#include <array>
#include <cstdint>

namespace teranga::math {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept;

class RandomStream {
 public:
  RandomStream(std::uint64_t key, std::uint64_t row) noexcept : key_(key), row_(row) {}

  // 32 random bits: word i.
  void bits(std::uint64_t first, std::int64_t count, std::uint32_t* out) const noexcept;

  // Uniform in [0, 1), multiples of 2^-24; the f64 draws have the values of the f32 ones.
  void uniform(std::uint64_t first, std::int64_t count, float* out) const noexcept;
  void uniform(std::uint64_t first, std::int64_t count, double* out) const noexcept;

  // Standard normal (Box-Muller: draws 2j and 2j + 1 come from words 2j and 2j + 1), at most 6.8 in magnitude. The f64 draws differ from
  // the f32 ones by f32 rounding only.
  void normal(std::uint64_t first, std::int64_t count, float* out) const noexcept;
  void normal(std::uint64_t first, std::int64_t count, double* out) const noexcept;

 private:
  std::uint64_t key_;
  std::uint64_t row_;
};

}  // namespace teranga::math
