// SPDX-License-Identifier: Apache-2.0
#include "register_tiles.hpp"

#include <type_traits>

#include <teranga/sdk/math.hpp>

namespace teranga::convolution {

namespace {

// Calls body(std::integral_constant<int, n>) for a run-time n of least .. most.
template <int least, int most, class Body>
void with_constant(std::int64_t n, Body&& body) {
  if constexpr (most > least) {
    if (n < most) return with_constant<least, most - 1>(n, body);
  }
  body(std::integral_constant<int, most>());
}

// Calls body(vectors, half vectors) as constants.
template <class Body>
void with_shape(const ChannelBlock& block, Body&& body) {
  if constexpr (narrower < widest) {
    if (block.half) return with_constant<0, most_vectors - 1>(block.vectors, [&](auto v) { body(v, std::integral_constant<int, 1>()); });
  }
  with_constant<1, most_vectors>(block.vectors, [&](auto v) { body(v, std::integral_constant<int, 0>()); });
}

// Rows of a tile: as many as leave registers for one row of the other factor and one value.
constexpr int rows_for(int vectors, int most) { return std::min(most, (registers - 1 - vectors) / vectors); }
constexpr int most_pixels = 8, most_taps = 6;

// V vectors and H half ones, side by side.
template <int V, int H>
struct Row {
  Vector<widest> whole[V > 0 ? V : 1];
  Vector<narrower> half[1];

  TERANGA_FORCE_INLINE void clear() {
    for (int v = 0; v < V; ++v) whole[v] = Vector<widest>{};
    if constexpr (H > 0) half[0] = Vector<narrower>{};
  }
  TERANGA_FORCE_INLINE void load(const float* from) {
    for (int v = 0; v < V; ++v) whole[v] = convolution::load<widest>(from + v * widest);
    if constexpr (H > 0) half[0] = convolution::load<narrower>(from + V * widest);
  }
  TERANGA_FORCE_INLINE void store(float* to) const {
    for (int v = 0; v < V; ++v) convolution::store<widest>(to + v * widest, whole[v]);
    if constexpr (H > 0) convolution::store<narrower>(to + V * widest, half[0]);
  }
  TERANGA_FORCE_INLINE void store(float* to, std::int64_t count) const {
    constexpr int last = H > 0 ? V : V - 1;
    for (int v = 0; v < last; ++v) convolution::store<widest>(to + v * widest, whole[v]);
    if constexpr (H > 0) store_some<narrower>(to + V * widest, half[0], count - V * widest);
    else store_some<widest>(to + last * widest, whole[last], count - last * widest);
  }
  TERANGA_FORCE_INLINE void add(const Row& other) {
    for (int v = 0; v < V; ++v) whole[v] += other.whole[v];
    if constexpr (H > 0) half[0] += other.half[0];
  }
  TERANGA_FORCE_INLINE void add_product(float factor, const Row& other) {
    for (int v = 0; v < V; ++v) whole[v] += factor * other.whole[v];
    if constexpr (H > 0) half[0] += factor * other.half[0];
  }
};

template <int V, int H, int P>
void forward_tile(const ForwardTile& t) {
  Row<V, H> sums[P], weights;
#pragma GCC unroll 16
  for (int p = 0; p < P; ++p) sums[p].load(t.bias);
  for (std::int64_t row = 0; row < t.rows; ++row) {
    const float* x = t.x + row * t.line;
    const float* kernel = t.kernel + row * t.run * t.filled;
    for (std::int64_t i = 0; i < t.run; ++i, ++x, kernel += t.filled) {
      weights.load(kernel);
#pragma GCC unroll 16
      for (int p = 0; p < P; ++p) sums[p].add_product(x[p * t.step], weights);
    }
  }
  // Two loops: a branch in the usual one would send the sums through memory.
  if (t.out >= V * widest + H * narrower) {
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p) sums[p].store(t.y + p * t.channels);
    return;
  }
#pragma GCC unroll 16
  for (int p = 0; p < P; ++p) sums[p].store(t.y + p * t.channels, t.out);
}

// What the tile sums is added to d_kernel at the end, which rounds less than running sums over all samples.
template <int V, int H, int T>
void gradient_tile(const GradientTile& g) {
  Row<V, H> sums[T], gradients;
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t) sums[t].clear();
  const float* x = g.x;
  const float* dy = g.dy;
  for (std::int64_t pixel = 0; pixel < g.pixels; ++pixel, x += g.step, dy += g.channels) {
    gradients.load(dy);
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) sums[t].add_product(x[t], gradients);
  }
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t) {
    Row<V, H> there;
    there.load(g.d_kernel + t * g.filled);
    there.add(sums[t]);
    there.store(g.d_kernel + t * g.filled);
  }
}

template <int V, int H>
void bias_tile(const GradientTile& g) {
  Row<V, H> sum, gradients;
  sum.load(g.d_kernel);
  const float* dy = g.dy;
  for (std::int64_t pixel = 0; pixel < g.pixels; ++pixel, dy += g.channels) {
    gradients.load(dy);
    sum.add(gradients);
  }
  sum.store(g.d_kernel);
}

}  // namespace

void forward_row(const ChannelBlock& block, const ForwardTile& first, std::int64_t pixels) {
  with_shape(block, [&](auto v, auto h) {
    constexpr int most = rows_for(v() + h(), most_pixels), least = (most + 1) / 2;
    ForwardTile tile = first;
    const auto at = [&](std::int64_t pixel) {
      tile.x = first.x + pixel * first.step;
      tile.y = first.y + pixel * first.channels;
    };
    if (pixels < least) {
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) at(pixel), forward_tile<v(), h(), 1>(tile);
      return;
    }
    const std::int64_t tiles = (pixels + most - 1) / most;
    with_constant<least, most>((pixels + tiles - 1) / tiles, [&](auto p) {
      for (std::int64_t pixel = 0; pixel < pixels; pixel += p) at(std::min<std::int64_t>(pixel, pixels - p)), forward_tile<v(), h(), p()>(tile);  // the last two may overlap
    });
  });
}

void gradient_row(const ChannelBlock& block, const GradientTile& first, std::int64_t run) {
  with_shape(block, [&](auto v, auto h) {
    constexpr int most = rows_for(v() + h(), most_taps);
    GradientTile tile = first;
    const std::int64_t tiles = (run + most - 1) / most;
    for (std::int64_t i = 0, done = 0; i < tiles; ++i) {
      const std::int64_t taps = (run - done + tiles - i - 1) / (tiles - i);
      with_constant<1, most>(taps, [&](auto t) { gradient_tile<v(), h(), t()>(tile); });
      tile.x += taps;
      tile.d_kernel += taps * tile.filled;
      done += taps;
    }
  });
}

void bias_row(const ChannelBlock& block, const GradientTile& tile) {
  with_shape(block, [&](auto v, auto h) { bias_tile<v(), h()>(tile); });
}

}  // namespace teranga::convolution
