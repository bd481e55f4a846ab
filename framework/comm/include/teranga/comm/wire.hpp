// SPDX-License-Identifier: Apache-2.0
// How numbers travel between ranks: as they are, or as bfloat16, which is the upper half of an f32, in half of the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace teranga {

enum class Wire { f32, bf16 };

constexpr std::size_t bytes_of(Wire wire) noexcept { return wire == Wire::bf16 ? sizeof(std::uint16_t) : sizeof(float); }

// Rounds to the nearest, ties to even, as PyTorch does; infinities and NaN stay what they are. Both spans have the same size.
void to_bf16(std::span<const float> from, std::span<std::uint16_t> to) noexcept;
void from_bf16(std::span<const std::uint16_t> from, std::span<float> to) noexcept;

// into[i] += from[i].
void add(std::span<float> into, std::span<const float> from) noexcept;
void add(std::span<float> into, std::span<const std::uint16_t> from) noexcept;

}  // namespace teranga
