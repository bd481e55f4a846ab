// SPDX-License-Identifier: Apache-2.0
// The register tiles of ThinConvolution, over vectors of L floats that the compiler maps to the instruction set of the build.
#pragma once

#include <cstdint>
#include <cstring>

namespace teranga::convolution::thin {

#if defined(__AVX512F__)
inline constexpr int widest = 16, registers = 32;
#elif defined(__AVX__)
inline constexpr int widest = 8, registers = 16;
#else
inline constexpr int widest = 4, registers = 16;
#endif

// For channels that would leave the widest vectors emptier.
inline constexpr int narrower = widest > 8 ? widest / 2 : widest;

template <int L>
struct Lanes {
  typedef float Vector __attribute__((vector_size(L * sizeof(float)), aligned(sizeof(float)), may_alias));
};
template <int L>
using Vector = typename Lanes<L>::Vector;

template <int L>
Vector<L> load(const float* from) { return *reinterpret_cast<const Vector<L>*>(from); }
template <int L>
void store(float* to, Vector<L> value) { *reinterpret_cast<Vector<L>*>(to) = value; }
template <int L>
void store_some(float* to, Vector<L> value, std::int64_t count) {
  alignas(64) float lanes[L];
  store<L>(lanes, value);
  std::int64_t i = 0;
  for (; i + 4 <= count && i + 4 <= L; i += 4) std::memcpy(to + i, lanes + i, 4 * sizeof(float));
  for (; i < count && i < L; ++i) to[i] = lanes[i];
}

// One tile of forward: P pixels, a step of `step` values of x apart, times V vectors of output channels, `out` of which exist.
struct ForwardTile {
  const float* x;        // the first pixel's window
  std::int64_t step, line;  // values from one pixel to the next, from one row of the window to the next
  const float* kernel;   // (rows, run, filled)
  std::int64_t rows, run, filled;
  const float* bias;
  float* y;
  std::int64_t out, channels;  // of this tile, of a pixel
};

template <int L, int V, int P>
void forward_tile(const ForwardTile& t) {
  Vector<L> sums[P][V];
#pragma GCC unroll 16
  for (int p = 0; p < P; ++p)
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) sums[p][v] = load<L>(t.bias + v * L);
  for (std::int64_t row = 0; row < t.rows; ++row) {
    const float* x = t.x + row * t.line;
    const float* kernel = t.kernel + row * t.run * t.filled;
    for (std::int64_t i = 0; i < t.run; ++i, ++x, kernel += t.filled) {
      Vector<L> weights[V];
#pragma GCC unroll 16
      for (int v = 0; v < V; ++v) weights[v] = load<L>(kernel + v * L);
#pragma GCC unroll 16
      for (int p = 0; p < P; ++p)
#pragma GCC unroll 16
        for (int v = 0; v < V; ++v) sums[p][v] += x[p * t.step] * weights[v];
    }
  }
  // Two loops: a branch in the usual one would send the sums through memory.
  if (t.out >= V * L) {
#pragma GCC unroll 16
    for (int p = 0; p < P; ++p)
#pragma GCC unroll 16
      for (int v = 0; v < V; ++v) store<L>(t.y + p * t.channels + v * L, sums[p][v]);
    return;
  }
#pragma GCC unroll 16
  for (int p = 0; p < P; ++p) {
    float* const to = t.y + p * t.channels;
#pragma GCC unroll 16
    for (int v = 0; v < V - 1; ++v) store<L>(to + v * L, sums[p][v]);
    store_some<L>(to + (V - 1) * L, sums[p][V - 1], t.out - (V - 1) * L);
  }
}

// One tile of the kernel gradient: T values of the window's row times V vectors of output channels, summed over a row of pixels.
struct GradientTile {
  const float* x;
  std::int64_t step;
  const float* dy;  // whole vectors may be read at every pixel
  std::int64_t channels, pixels;
  float* d_kernel;  // (T, filled)
  std::int64_t filled;
};

template <int L, int V, int T>
void gradient_tile(const GradientTile& g) {
  Vector<L> sums[T][V];
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t)
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) sums[t][v] = load<L>(g.d_kernel + t * g.filled + v * L);
  const float* x = g.x;
  const float* dy = g.dy;
  for (std::int64_t pixel = 0; pixel < g.pixels; ++pixel, x += g.step, dy += g.channels) {
    Vector<L> gradients[V];
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) gradients[v] = load<L>(dy + v * L);
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t)
#pragma GCC unroll 16
      for (int v = 0; v < V; ++v) sums[t][v] += x[t] * gradients[v];
  }
#pragma GCC unroll 16
  for (int t = 0; t < T; ++t)
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) store<L>(g.d_kernel + t * g.filled + v * L, sums[t][v]);
}

template <int L, int V>
void bias_tile(const GradientTile& g) {
  Vector<L> sums[V];
#pragma GCC unroll 16
  for (int v = 0; v < V; ++v) sums[v] = load<L>(g.d_kernel + v * L);
  const float* dy = g.dy;
  for (std::int64_t pixel = 0; pixel < g.pixels; ++pixel, dy += g.channels)
#pragma GCC unroll 16
    for (int v = 0; v < V; ++v) sums[v] += load<L>(dy + v * L);
#pragma GCC unroll 16
  for (int v = 0; v < V; ++v) store<L>(g.d_kernel + v * L, sums[v]);
}

}  // namespace teranga::convolution::thin
