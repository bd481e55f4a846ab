// SPDX-License-Identifier: Apache-2.0
#include "turned_tensor.hpp"

#include <cstring>
#include <utility>

namespace teranga::exchange {

// y[i_axes[0], i_axes[1], ...] = x[i_0, i_1, ...].
Tensor in_axes(const Tensor& x, const Axes& axes) {
  const std::size_t rank = axes.size();
  Shape shape;
  std::vector<std::int64_t> strides(rank, 1), step(rank);
  for (std::size_t axis = rank; axis-- > 1;) strides[axis - 1] = strides[axis] * x.shape()[axis];
  for (std::size_t axis = 0; axis < rank; ++axis) shape.push_back(x.shape()[axes[axis]]), step[axis] = strides[axes[axis]];
  Tensor y(x.type(), shape);
  const std::size_t bytes = size_of(x.type());
  const auto* const from = static_cast<const char*>(x.data());
  auto* to = static_cast<char*>(y.data());
  std::vector<std::int64_t> at(rank, 0);
  for (std::int64_t i = 0, place = 0; i < x.count(); ++i, to += bytes) {
    std::memcpy(to, from + static_cast<std::size_t>(place) * bytes, bytes);
    for (std::size_t axis = rank; axis-- > 0;) {
      place += step[axis];
      if (++at[axis] < shape[axis]) break;
      place -= step[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return y;
}

Tensor in_order(const Tensor& x, const std::vector<std::size_t>& order) {
  Tensor y(x.type(), x.shape());
  const std::size_t part = x.bytes() / order.size();
  for (std::size_t i = 0; i < order.size(); ++i) std::memcpy(static_cast<char*>(y.data()) + i * part, static_cast<const char*>(x.data()) + order[i] * part, part);
  return y;
}

Tensor in_shape(const Tensor& x, Shape shape) {
  Tensor y(x.type(), std::move(shape));
  std::memcpy(y.data(), x.data(), x.bytes());
  return y;
}

Tensor row_of(const Tensor& x, std::int64_t row) {
  Tensor y(x.type(), Shape(x.shape().begin() + 1, x.shape().end()));
  std::memcpy(y.data(), static_cast<const char*>(x.data()) + static_cast<std::size_t>(row) * y.bytes(), y.bytes());
  return y;
}

Tensor zeros_like(const Tensor& x) {
  Tensor y(x.type(), x.shape());
  std::memset(y.data(), 0, y.bytes());
  return y;
}

}  // namespace teranga::exchange
