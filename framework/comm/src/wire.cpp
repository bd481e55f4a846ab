// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/wire.hpp>

#include <teranga/core/clones.hpp>

#include <bit>

namespace teranga {
namespace {

TERANGA_CLONES void round_all(const float* __restrict from, std::uint16_t* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(from[i]);
    const bool is_nan = (bits & 0x7fffffffU) > 0x7f800000U;
    to[i] = static_cast<std::uint16_t>((is_nan ? bits | 0x400000U : bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
  }
}

TERANGA_CLONES void widen_all(const std::uint16_t* __restrict from, float* __restrict to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(from[i]) << 16);
}

TERANGA_CLONES void add_all(float* __restrict into, const float* __restrict from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) into[i] += from[i];
}

TERANGA_CLONES void add_all(float* __restrict into, const std::uint16_t* __restrict from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) into[i] += std::bit_cast<float>(static_cast<std::uint32_t>(from[i]) << 16);
}

}  // namespace

void to_bf16(std::span<const float> from, std::span<std::uint16_t> to) noexcept { round_all(from.data(), to.data(), from.size()); }
void from_bf16(std::span<const std::uint16_t> from, std::span<float> to) noexcept { widen_all(from.data(), to.data(), from.size()); }
void add(std::span<float> into, std::span<const float> from) noexcept { add_all(into.data(), from.data(), into.size()); }
void add(std::span<float> into, std::span<const std::uint16_t> from) noexcept { add_all(into.data(), from.data(), into.size()); }

}  // namespace teranga
