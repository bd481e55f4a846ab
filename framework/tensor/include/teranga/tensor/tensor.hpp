// SPDX-License-Identifier: Apache-2.0
// Shape, element type, and a tensor that owns its bytes: dense, row-major, 64-byte aligned. The engine works on an arena of its
// own; this type is for what travels between modules: parameters, optimizer slots, batches, predictions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <teranga/tensor/buffer.hpp>

namespace teranga {

enum class ElementType : std::int32_t { f32 = 0, f64 = 1, i32 = 2, i64 = 3, u8 = 4 };  // the border's numbers

constexpr std::size_t size_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::f32: case ElementType::i32: return 4;
    case ElementType::f64: case ElementType::i64: return 8;
    case ElementType::u8: return 1;
  }
  return 0;
}

template <class T>
constexpr ElementType element_type_of() noexcept {
  if constexpr (std::is_same_v<T, float>) return ElementType::f32;
  else if constexpr (std::is_same_v<T, double>) return ElementType::f64;
  else if constexpr (std::is_same_v<T, std::int32_t>) return ElementType::i32;
  else if constexpr (std::is_same_v<T, std::int64_t>) return ElementType::i64;
  else { static_assert(sizeof(T) == 1); return ElementType::u8; }
}

const char* to_string(ElementType type) noexcept;

using Shape = std::vector<std::int64_t>;

// The number of elements; throws Error(usage) where it overflows 63 bits or an extent is negative.
std::int64_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // "(28, 28, 1)"

class Tensor {
 public:
  Tensor() = default;
  Tensor(ElementType type, Shape shape);  // zeros

  ElementType type() const noexcept { return type_; }
  const Shape& shape() const noexcept { return shape_; }
  std::int64_t count() const noexcept { return count_; }
  std::size_t bytes() const noexcept { return static_cast<std::size_t>(count_) * size_of(type_); }
  void* data() noexcept { return buffer_.data(); }
  const void* data() const noexcept { return buffer_.data(); }

  template <class T>
  std::span<T> as() noexcept { return {static_cast<T*>(data()), static_cast<std::size_t>(count_)}; }
  template <class T>
  std::span<const T> as() const noexcept { return {static_cast<const T*>(data()), static_cast<std::size_t>(count_)}; }

 private:
  ElementType type_ = ElementType::f32;
  Shape shape_;
  std::int64_t count_ = 0;
  Buffer buffer_;
};

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

// Of memory that belongs to somebody else.
struct TensorView {
  std::string name;
  ElementType type = ElementType::f32;
  Shape shape;
  const void* data = nullptr;

  std::size_t bytes() const { return static_cast<std::size_t>(element_count(shape)) * size_of(type); }
  NamedTensor copy() const;
};

inline TensorView view_of(const NamedTensor& named) { return {named.name, named.tensor.type(), named.tensor.shape(), named.tensor.data()}; }

}  // namespace teranga
