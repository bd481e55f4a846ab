// SPDX-License-Identifier: Apache-2.0
// Drawing the elements of a tensor from its random stream: uniform, normal, and normal cut off at two standard deviations. Element i takes draw i, always
// in f64, so f32 and f64 tensors agree up to rounding. The numbers are not those of Keras; their distributions are.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>

#include <teranga/sdk/training.hpp>

namespace teranga::initializers {

using Seed = std::optional<std::int64_t>;

inline sdk::OptionSpec seed_option() {
  return sdk::integer("seed").optional().says("another stream of numbers for this tensor; without it the run's seed and the tensor's name decide alone");
}

inline Seed seed_of(const sdk::Options& options) {
  return options.has("seed") ? Seed(options.integer("seed")) : Seed();
}

// The stream of a tensor, turned to another one by a seed (a finaliser spreads neighbouring seeds over all bits of the key).
inline trg_stream seeded(trg_stream stream, const Seed& seed) {
  if (!seed) return stream;
  std::uint64_t h = static_cast<std::uint64_t>(*seed) + 0x9E3779B97F4A7C15u;
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
  stream.key ^= h ^ (h >> 31);
  return stream;
}

inline constexpr std::int64_t block_length = 512;

// Hands blocks of f64 draws to put(first, count, draws).
template <class Draw, class Put>
void in_blocks(std::int64_t total, Draw&& draw, Put&& put) {
  std::array<double, block_length> draws;
  for (std::int64_t first = 0; first < total; first += block_length) {
    const std::int64_t count = std::min(block_length, total - first);
    draw(first, count, draws.data());
    put(first, count, draws.data());
  }
}

template <class T>
void fill_uniform(const sdk::Fill<T>& fill, const Seed& seed, double least, double most) {
  const trg_stream stream = seeded(fill.stream(), seed);
  T* const to = fill.data();
  in_blocks(
      fill.shape().count(),
      [&](std::int64_t first, std::int64_t count, double* draws) { sdk::host().uniform(stream, static_cast<std::uint64_t>(first), count, TRG_F64, draws); },
      [&](std::int64_t first, std::int64_t count, const double* draws) {
        for (std::int64_t i = 0; i < count; ++i) to[first + i] = static_cast<T>(least + (most - least) * draws[i]);
      });
}

inline void draw_normal(trg_stream stream, std::int64_t first, std::int64_t count, double* draws) {
  sdk::host().normal(stream, static_cast<std::uint64_t>(first), count, TRG_F64, draws);
}

template <class T>
void fill_normal(const sdk::Fill<T>& fill, const Seed& seed, double mean, double stddev) {
  const trg_stream stream = seeded(fill.stream(), seed);
  T* const to = fill.data();
  in_blocks(
      fill.shape().count(), [&](std::int64_t first, std::int64_t count, double* draws) { draw_normal(stream, first, count, draws); },
      [&](std::int64_t first, std::int64_t count, const double* draws) {
        for (std::int64_t i = 0; i < count; ++i) to[first + i] = static_cast<T>(mean + stddev * draws[i]);
      });
}

// A draw beyond two standard deviations (one in 22) is taken again: element i of n tries draws i, i + n, i + 2 n, ...
template <class T>
void fill_truncated_normal(const sdk::Fill<T>& fill, const Seed& seed, double mean, double stddev) {
  const trg_stream stream = seeded(fill.stream(), seed);
  const std::int64_t total = fill.shape().count();
  T* const to = fill.data();
  in_blocks(
      total, [&](std::int64_t first, std::int64_t count, double* draws) { draw_normal(stream, first, count, draws); },
      [&](std::int64_t first, std::int64_t count, double* draws) {
        for (std::int64_t i = 0; i < count; ++i) {
          for (std::int64_t again = first + i + total; std::fabs(draws[i]) > 2.0; again += total) draw_normal(stream, again, 1, draws + i);
          to[first + i] = static_cast<T>(mean + stddev * draws[i]);
        }
      });
}

}  // namespace teranga::initializers
