// SPDX-License-Identifier: Apache-2.0
// Shapes and views as plugins see them. Axis 0 is samples; a row is one sample.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <teranga/sdk/c/types.h>

namespace teranga::sdk {

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) : extents_(extents) {}
  explicit Shape(std::vector<std::int64_t> extents) : extents_(std::move(extents)) {}
  explicit Shape(const trg_tensor& tensor) : extents_(tensor.shape, tensor.shape + tensor.rank) {}

  std::int32_t rank() const { return static_cast<std::int32_t>(extents_.size()); }
  std::int64_t operator[](std::int64_t axis) const { return extents_[static_cast<std::size_t>(axis < 0 ? axis + rank() : axis)]; }
  std::int64_t& operator[](std::int64_t axis) { return extents_[static_cast<std::size_t>(axis < 0 ? axis + rank() : axis)]; }
  std::int64_t last() const { return extents_.back(); }
  std::int64_t count() const { return product(0); }
  std::int64_t row() const { return product(1); }  // elements of one sample
  std::int64_t product(std::size_t first) const {
    std::int64_t n = 1;
    for (std::size_t i = first; i < extents_.size(); ++i) n *= extents_[i];
    return n;
  }
  const std::vector<std::int64_t>& extents() const { return extents_; }
  auto begin() const { return extents_.begin(); }
  auto end() const { return extents_.end(); }
  bool operator==(const Shape& other) const = default;
  void push_back(std::int64_t extent) { extents_.push_back(extent); }

  // "(N, 28, 28, 1)": without the number of samples, which is nothing an author or user chose here.
  std::string text() const {
    std::string out = "(N";
    for (std::size_t i = 1; i < extents_.size(); ++i) out += ", " + std::to_string(extents_[i]);
    return out + ")";
  }

 private:
  std::vector<std::int64_t> extents_;
};

// A tensor of one call: count elements at data; null where a call says so.
template <class T>
struct View {
  T* data = nullptr;
  std::int64_t rows = 0;   // extent of axis 0
  std::int64_t row = 1;    // elements of one row
  std::int64_t last = 1;   // extent of the last axis

  explicit operator bool() const { return data != nullptr; }
  std::int64_t count() const { return rows * row; }
  T& operator[](std::int64_t i) const { return data[i]; }
  T* at_row(std::int64_t r) const { return data + r * row; }
  T* begin() const { return data; }
  T* end() const { return data + count(); }

  static View of(const trg_tensor& tensor) {
    View view;
    view.data = static_cast<T*>(tensor.data);
    view.rows = tensor.rank > 0 ? tensor.shape[0] : 1;
    for (std::int32_t i = 1; i < tensor.rank; ++i) view.row *= tensor.shape[i];
    view.last = tensor.rank > 0 ? tensor.shape[tensor.rank - 1] : 1;
    return view;
  }
};

}  // namespace teranga::sdk
