// SPDX-License-Identifier: Apache-2.0
// Elements of any type as f32 or i32. Bytes that become f32 are multiplied by a scale; elements of other types keep their value.
#pragma once

#include <cstdint>
#include <utility>

#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

template <class F>
void with_type(ElementType type, const void* values, F&& use) {
  switch (type) {
    case ElementType::f32: return use(static_cast<const float*>(values));
    case ElementType::f64: return use(static_cast<const double*>(values));
    case ElementType::i32: return use(static_cast<const std::int32_t*>(values));
    case ElementType::i64: return use(static_cast<const std::int64_t*>(values));
    case ElementType::u8: return use(static_cast<const std::uint8_t*>(values));
  }
}

// A tensor, or an array that is held.
template <class Array, class F>
void with_type(const Array& array, F&& use) {
  with_type(array.type(), array.data(), std::forward<F>(use));
}

// A product is rounded once.
void copy_elements(const float* from, std::int64_t count, double scale_of_bytes, float* to);
void copy_elements(const double* from, std::int64_t count, double scale_of_bytes, float* to);
void copy_elements(const std::int32_t* from, std::int64_t count, double scale_of_bytes, float* to);
void copy_elements(const std::int64_t* from, std::int64_t count, double scale_of_bytes, float* to);
void copy_elements(const std::uint8_t* from, std::int64_t count, double scale_of_bytes, float* to);

template <class From>
void copy_elements(const From* from, std::int64_t count, double /*scale_of_bytes*/, std::int32_t* to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<std::int32_t>(from[i]);
}

}  // namespace teranga::datasets
