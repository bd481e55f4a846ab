// SPDX-License-Identifier: Apache-2.0
// The dense maps in front of and behind the heads: y [R, U] = x [R, C] kernel [C, U] + bias [U], where U or C is heads x dim.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct Projection {
  std::int64_t in, out;
  int kernel, bias;  // numbers of the parameters; bias -1: none

  template <class T>
  void forward(const sdk::Slice<T>& s, std::int64_t rows, const T* x, T* y) const {
    for (std::int64_t r = 0; bias >= 0 && r < rows; ++r) std::copy_n(s.parameter(bias).data, out, y + r * out);
    sdk::gemm<T>({.m = rows, .n = out, .k = in, .a = x, .lda = in, .b = s.parameter(kernel).data, .ldb = out, .c = y, .ldc = out, .beta = bias >= 0 ? 1.0 : 0.0});
  }
  // dx = or += (by beta) dy kernel^T.
  template <class T>
  void backward(const sdk::Slice<T>& s, std::int64_t rows, const T* dy, T* dx, double beta) const {
    sdk::gemm<T>({.transpose_b = true, .m = rows, .n = in, .k = out, .a = dy, .lda = out, .b = s.parameter(kernel).data, .ldb = out, .c = dx, .ldc = in, .beta = beta});
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s, std::int64_t rows, const T* x, const T* dy) const {
    if (const auto dw = s.d_parameter(kernel))
      sdk::gemm<T>({.transpose_a = true, .m = in, .n = out, .k = rows, .a = x, .lda = in, .b = dy, .ldb = out, .c = dw.data, .ldc = out, .beta = 1});
    if (bias < 0) return;
    if (const auto db = s.d_parameter(bias)) sdk::add_column_sums(dy, rows, out, db.data);
  }
};

}  // namespace teranga::layers
