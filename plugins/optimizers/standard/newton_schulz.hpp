// SPDX-License-Identifier: Apache-2.0
// The matrix nearest to X whose singular values are all about 1, by iterations that are products alone: with A = X X^T and B = b A + c A A, X becomes a X + B X.
// Where X is tall it goes by A = X^T X and a X + X B, which is the same with smaller matrices.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <teranga/sdk/slice.hpp>
#include <teranga/sdk/tensor_loops.hpp>

namespace teranga::optimizers {

struct NewtonSchulz {
  double a, b, c;
  std::int64_t steps;

  // x [rows, columns] in place.
  template <class T>
  void apply(std::vector<T>& x, std::int64_t rows, std::int64_t columns) const {
    const std::int64_t count = rows * columns, k = std::min(rows, columns);
    const T scale = static_cast<T>(1 / (std::sqrt(sdk::sum_of_squares(x.data(), count)) + 1e-7));
    sdk::each_piece(count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) x[static_cast<std::size_t>(i)] *= scale;
    });
    std::vector<T> next(x.size()), square(static_cast<std::size_t>(k * k)), factor(square.size());
    for (std::int64_t step = 0; step < steps; ++step) {
      gram(x.data(), rows, columns, square.data());
      std::copy(square.begin(), square.end(), factor.begin());
      in_rows(k, [&](std::int64_t first, std::int64_t n) {
        sdk::gemm<T>({.m = n, .n = k, .k = k, .a = square.data() + first * k, .lda = k, .b = square.data(), .ldb = k, .c = factor.data() + first * k, .ldc = k, .alpha = c, .beta = b});
      });
      std::copy(x.begin(), x.end(), next.begin());
      in_rows(rows, [&](std::int64_t first, std::int64_t n) {
        T* const to = next.data() + first * columns;
        if (rows > columns) sdk::gemm<T>({.m = n, .n = k, .k = k, .a = x.data() + first * columns, .lda = columns, .b = factor.data(), .ldb = k, .c = to, .ldc = columns, .alpha = 1, .beta = a});
        else sdk::gemm<T>({.m = n, .n = columns, .k = k, .a = factor.data() + first * k, .lda = k, .b = x.data(), .ldb = columns, .c = to, .ldc = columns, .alpha = 1, .beta = a});
      });
      std::swap(x, next);
    }
  }

 private:
  // f(first, count) for blocks of rows: each a product of its own, so that all threads have one.
  template <class F>
  static void in_rows(std::int64_t rows, F&& f) {
    constexpr std::int64_t block = 128;
    sdk::each_piece(rows, block, [&](std::int64_t begin, std::int64_t end) { f(begin, end - begin); });
  }

  // X X^T, or X^T X of a tall one.
  template <class T>
  static void gram(const T* x, std::int64_t rows, std::int64_t columns, T* out) {
    const std::int64_t k = std::min(rows, columns);
    in_rows(k, [&](std::int64_t first, std::int64_t n) {
      T* const to = out + first * k;
      if (rows > columns) sdk::gemm<T>({.transpose_a = true, .m = n, .n = k, .k = rows, .a = x + first, .lda = columns, .b = x, .ldb = columns, .c = to, .ldc = k});
      else sdk::gemm<T>({.transpose_b = true, .m = n, .n = k, .k = columns, .a = x + first * columns, .lda = columns, .b = x, .ldb = columns, .c = to, .ldc = k});
    });
  }
};

}  // namespace teranga::optimizers
