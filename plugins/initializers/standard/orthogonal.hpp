// SPDX-License-Identifier: Apache-2.0
// Orthogonal matrices: a normal matrix made orthonormal by Gram-Schmidt, which is its QR factor with a positive diagonal of R, so that all orthogonal
// matrices are equally likely. A tensor of rank above 2 counts as a matrix whose columns are its last axis.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include <teranga/sdk/slice.hpp>

#include "draw.hpp"

namespace teranga::initializers {

struct Orthogonal {
  static sdk::Info info() {
    return {.name = "teranga.orthogonal", .summary = "An orthogonal matrix (rows or columns orthonormal, whichever are fewer)", .formula = "w = gain Q",
            .source = "keras.initializers.Orthogonal; arXiv 1312.6120",
            .options = {sdk::real("gain", 1.0).says("factor of the matrix"), seed_option()}};
  }
  double gain;
  Seed seed;
  explicit Orthogonal(const sdk::Options& options) : gain(options.real("gain")), seed(seed_of(options)) {}

  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    if (f.call.rank < 2)
      throw sdk::OptionError("orthogonal", "the initializer \"orthogonal\" fills tensors of rank 2 or more, found rank " + std::to_string(f.call.rank),
                             "use \"zeros\" or \"random_normal\"");
    const std::int64_t columns = f.call.shape[f.call.rank - 1], rows = columns ? f.shape().count() / columns : 0;
    const std::int64_t length = std::max(rows, columns), vectors = std::min(rows, columns);
    std::vector<double> q(static_cast<std::size_t>(length * vectors));  // [vectors, length]: each vector in one piece
    draw_normal(seeded(f.stream(), seed), 0, length * vectors, q.data());
    orthonormalise(q.data(), vectors, length);
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j)
        f.data()[i * columns + j] = static_cast<T>(gain * (rows < columns ? q[static_cast<std::size_t>(i * length + j)] : q[static_cast<std::size_t>(j * length + i)]));
  }

 private:
  static constexpr std::int64_t block = 32;

  // Blocks of vectors are freed of all former ones by two matrix products, twice (once is not enough in floating point), then of one another.
  static void orthonormalise(double* q, std::int64_t vectors, std::int64_t length) {
    std::vector<double> products(static_cast<std::size_t>(block * vectors));
    for (std::int64_t first = 0; first < vectors; first += block) {
      const std::int64_t count = std::min(block, vectors - first);
      double* const mine = q + first * length;
      for (int round = 0; round < 2; ++round) {
        if (first > 0) {
          sdk::gemm(sdk::Gemm<double>{.transpose_b = true, .m = count, .n = first, .k = length, .a = mine, .lda = length, .b = q, .ldb = length, .c = products.data(), .ldc = first});
          sdk::gemm(sdk::Gemm<double>{.m = count, .n = length, .k = first, .a = products.data(), .lda = first, .b = q, .ldb = length, .c = mine, .ldc = length, .alpha = -1, .beta = 1});
        }
        for (std::int64_t v = 0; v < count; ++v) {
          for (std::int64_t u = 0; u < v; ++u) remove(mine + v * length, mine + u * length, length);
          normalise(mine + v * length, length);
        }
      }
    }
  }
  static double dot(const double* a, const double* b, std::int64_t n) {
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
  }
  static void remove(double* from, const double* unit, std::int64_t n) {
    const double along = dot(from, unit, n);
    for (std::int64_t i = 0; i < n; ++i) from[i] -= along * unit[i];
  }
  static void normalise(double* v, std::int64_t n) {
    const double length = std::sqrt(dot(v, v, n));
    for (std::int64_t i = 0; i < n; ++i) v[i] /= length;
  }
};

}  // namespace teranga::initializers
