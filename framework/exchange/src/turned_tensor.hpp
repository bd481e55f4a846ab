// SPDX-License-Identifier: Apache-2.0
// Tensors with their elements in another order or shape, as other programs keep weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::exchange {

using Axes = std::vector<std::size_t>;

// The axes of the result are those of x in that order.
Tensor in_axes(const Tensor& x, const Axes& axes);
// The parts of the first axis, which is cut into so many as `order` has, in that order.
Tensor in_order(const Tensor& x, const std::vector<std::size_t>& order);
Tensor in_shape(const Tensor& x, Shape shape);
// Row `row` of a matrix.
Tensor row_of(const Tensor& x, std::int64_t row);
Tensor zeros_like(const Tensor& x);

}  // namespace teranga::exchange
