// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/ordered_sum.hpp>

#include <teranga/core/clones.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace teranga {
namespace {

constexpr std::size_t tile = 2048;        // elements: the running sum of a tile stays in the first-level cache
constexpr std::size_t range = 16 * tile;  // elements: what one thread takes; less is not worth sharing

TERANGA_CLONES void add(float* __restrict sum, const float* __restrict term, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += term[i];
}
TERANGA_CLONES void add(double* __restrict sum, const double* __restrict term, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += term[i];
}
TERANGA_CLONES void add_to(float* __restrict sum, const float* __restrict first, const float* __restrict second, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sum[i] = first[i] + second[i];
}
TERANGA_CLONES void add_to(double* __restrict sum, const double* __restrict first, const double* __restrict second, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sum[i] = first[i] + second[i];
}

template <class T>
void sum_tile(std::span<const T* const> partials, T* out, std::size_t begin, std::size_t count) {
  std::size_t next = 1;
  if (partials[0] != out) {
    if (partials.size() == 1)
      std::memcpy(out + begin, partials[0] + begin, count * sizeof(T));
    else
      add_to(out + begin, partials[0] + begin, partials[next++] + begin, count);
  }
  for (; next < partials.size(); ++next) add(out + begin, partials[next] + begin, count);
}

template <class T>
void sum_all(Team& team, std::span<const T* const> partials, T* out, std::size_t count) {
  if (partials.empty()) {
    std::fill_n(out, count, T(0));
    return;
  }
  const auto ranges = static_cast<std::int64_t>((count + range - 1) / range);
  team.for_each(ranges, [&](std::int64_t index, int) {
    const std::size_t begin = static_cast<std::size_t>(index) * range;
    const std::size_t end = std::min(count, begin + range);
    for (std::size_t at = begin; at < end; at += tile) sum_tile(partials, out, at, std::min(tile, end - at));
  });
}

}  // namespace

void sum_in_order(Team& team, std::span<const float* const> partials, float* out, std::size_t count) {
  sum_all(team, partials, out, count);
}
void sum_in_order(Team& team, std::span<const double* const> partials, double* out, std::size_t count) {
  sum_all(team, partials, out, count);
}

}  // namespace teranga
