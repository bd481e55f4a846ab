// SPDX-License-Identifier: Apache-2.0
#include "row_copy.hpp"

#include <bit>
#include <cstring>

#include <teranga/core/clones.hpp>

namespace teranga::datasets {

void copy_elements(const float* from, std::int64_t count, double, float* to) { std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(float)); }

TERANGA_CLONES void copy_elements(const double* __restrict from, std::int64_t count, double, float* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

TERANGA_CLONES void copy_elements(const std::int32_t* __restrict from, std::int64_t count, double, float* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

TERANGA_CLONES void copy_elements(const std::int64_t* __restrict from, std::int64_t count, double, float* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

// In f32 throughout: `high` has 16 significant bits, so its product with a byte is exact.
TERANGA_CLONES void copy_elements(const std::uint8_t* __restrict from, std::int64_t count, double scale, float* __restrict to) {
  const float high = std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(scale)) & 0xffffff00u);
  const float low = static_cast<float>(scale - static_cast<double>(high));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(static_cast<std::int32_t>(from[i]));
    to[i] = value * high + value * low;
  }
}

}  // namespace teranga::datasets
