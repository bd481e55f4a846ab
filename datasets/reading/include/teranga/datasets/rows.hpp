// SPDX-License-Identifier: Apache-2.0
// An array whose first axis is samples: held in memory, or left in its file and read by runs of samples.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include <teranga/datasets/held_array.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

// What stays in a file. `read` writes samples first .. first + count - 1 in the stored type, or throws DataError.
struct StoredRows {
  ElementType type = ElementType::f32;
  Shape shape;
  std::int64_t together = 1;  // samples that the file keeps in one piece, from the first sample on
  std::function<void(std::int64_t first, std::int64_t count, void* to)> read;
};

class Rows {
 public:
  Rows(HeldArray values) : held_(std::move(values)) {}
  Rows(Tensor values) : held_(std::move(values)) {}
  Rows(StoredRows stored) : stored_(std::move(stored)) {}

  bool held() const noexcept { return !stored_.read; }
  ElementType type() const noexcept { return held() ? held_.type() : stored_.type; }
  const Shape& shape() const noexcept { return held() ? held_.shape() : stored_.shape; }
  std::int64_t count() const { return held() ? held_.count() : element_count(stored_.shape); }
  std::int64_t row() const { return shape()[0] > 0 ? count() / shape()[0] : 0; }  // elements of a sample

  const HeldArray& values() const noexcept { return held_; }  // of what is held
  const StoredRows& stored() const noexcept { return stored_; }
  // All of it.
  HeldArray load() const {
    if (held()) return held_;
    Tensor out(type(), shape());
    stored_.read(0, shape()[0], out.data());
    return out;
  }

 private:
  HeldArray held_;
  StoredRows stored_;
};

}  // namespace teranga::datasets
