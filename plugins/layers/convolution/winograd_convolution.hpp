// SPDX-License-Identifier: Apache-2.0
// Convolution with kernels of 3 x 3 or 5 x 5 taps and strides of 1 by Winograd's minimal filtering, in f32: all three passes. A tile of outputs
// costs fewer products for each pair of channels than plain sums do: 16 in place of 36 (2 x 2 outputs of 3 x 3), 36 of 144 (4 x 4 of 3 x 3) or 64
// of 400 (4 x 4 of 5 x 5). A tile of x becomes one row in each of as many matrices (tiles, in), each is multiplied by its matrix of the
// transformed kernel (in, out), and the products (tiles, out) become the tile of y. Backward goes the same way back; the kernel's gradient is
// summed over tiles before it is transformed.
#pragma once

#include <cstdint>

#include "geometry.hpp"

namespace teranga::convolution {

class WinogradConvolution {
 public:
  // Whether the geometry is one of these and gains by it.
  static bool suits(const Geometry& geometry);
  // wants_data: backward_data will be called.
  WinogradConvolution(const Geometry& geometry, bool wants_data);

  std::int64_t derived_count() const;  // elements
  std::int64_t scratch_count() const;

  // derived = the transformed kernel, matrices (in, out filled up), and for backward_data matrices (out, in filled up).
  void derive(const float* kernel, float* derived) const;
  void forward(const float* x, const float* derived, const float* bias, float* y, float* scratch) const;  // bias may be null
  void backward_data(const float* dy, const float* derived, float* dx, float* scratch) const;             // overwrites dx
  void backward_params(const float* x, const float* dy, float* d_kernel, float* d_bias, float* scratch) const;  // adds; both may be null

 private:
  // One picture with borders that make whole tiles of it, and its channels filled up to whole vectors.
  struct Canvas {
    std::int64_t height, width, filled;
    std::int64_t top, left;  // where the picture lies
    std::int64_t picture_height, picture_width, channels;

    bool plain() const { return height == picture_height && width == picture_width && filled == channels; }
    std::int64_t count() const { return (height * width * filled + 15) / 16 * 16; }
    void copy_from(const float* picture, float* canvas) const;  // leaves the borders alone
    void copy_to(const float* canvas, float* picture) const;
  };
  // How the channels of the kernel become the rows and columns of a matrix.
  struct Matrix {
    std::int64_t rows, columns, row_step, column_step;
  };

  std::int64_t taps() const { return geometry_.height.size; }
  std::int64_t elements() const { return (side_ + taps() - 1) * (side_ + taps() - 1); }
  std::int64_t tiles() const { return geometry_.samples * down_ * across_; }

  template <class Body>
  void for_each_tile(std::int64_t first, std::int64_t count, Body&& body) const;
  template <class Map>
  void send(const Canvas& c, const float* pictures, std::int64_t first, std::int64_t count, float* canvas, float* planes, std::int64_t plane) const;
  template <class S>
  void make_y(const float* planes, std::int64_t first, std::int64_t count, const float* bias, float* canvas, float* y) const;
  template <class S>
  void make_dx(const float* planes, std::int64_t first, std::int64_t count, float* canvas, float* dx) const;
  template <class S>
  void derive_for(const float* kernel, const Matrix& matrix, float* derived) const;
  template <class S>
  void add_d_kernel(const float* sums, float* d_kernel) const;

  Geometry geometry_;
  bool wants_data_;
  std::int64_t side_;           // outputs of a tile along an axis
  std::int64_t down_, across_;  // tiles of a sample
  Canvas in_, out_;
  std::int64_t block_;  // tiles at a time
  // Values from one of the matrices to the next: of tiles of x and y, of the transformed kernel and of that turned.
  std::int64_t x_plane_, y_plane_, kernel_plane_, turned_plane_;
};

}  // namespace teranga::convolution
