// SPDX-License-Identifier: Apache-2.0
// An array that is only read: memory of its own, memory that all processes of the machine share, or a stretch of a file that is mapped. Copies share the elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <teranga/datasets/mapped_file.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

class HeldArray {
 public:
  HeldArray() = default;
  HeldArray(Tensor values) : type_(values.type()), shape_(values.shape()), count_(values.count()) {
    const auto owner = std::make_shared<const Tensor>(std::move(values));
    data_ = owner->data();
    owner_ = owner;
  }
  // Its elements are those of the file from byte `begin` on, which must be a multiple of their size and leave room for all of them.
  HeldArray(std::shared_ptr<const MappedFile> file, std::uint64_t begin, ElementType type, Shape shape)
      : type_(type), shape_(std::move(shape)), count_(element_count(shape_)), data_(file->data() + begin), owner_(file), file_(std::move(file)) {}

  // Held once for all processes of the machine: fill(to) writes its elements, in the first of them alone, and throws what is wrong, in all of them alike. `who` names it, also
  // in the DataError that is thrown where there is no memory.
  static HeldArray made(const std::string& who, ElementType type, const Shape& shape, const std::function<void(void* to)>& fill);

  ElementType type() const noexcept { return type_; }
  const Shape& shape() const noexcept { return shape_; }
  std::int64_t count() const noexcept { return count_; }  // elements
  const void* data() const noexcept { return data_; }
  template <class T>
  std::span<const T> as() const noexcept { return {static_cast<const T*>(data_), static_cast<std::size_t>(count_)}; }

  // The same elements in another shape of as many.
  HeldArray in_shape(Shape shape) const {
    HeldArray out = *this;
    out.shape_ = std::move(shape);
    return out;
  }

  bool is_mapped() const noexcept { return file_ != nullptr; }
  // To be asked before elements are read: throws DataError where the file that they lie in has changed since it was opened.
  void require_unchanged() const {
    if (file_) file_->require_unchanged();
  }

 private:
  ElementType type_ = ElementType::f32;
  Shape shape_;
  std::int64_t count_ = 0;
  const void* data_ = nullptr;
  std::shared_ptr<const void> owner_;
  std::shared_ptr<const MappedFile> file_;  // null: it is in memory of its own
};

}  // namespace teranga::datasets
