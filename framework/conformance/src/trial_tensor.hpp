// SPDX-License-Identifier: Apache-2.0
// A tensor that a rule gives to a plugin: of any element type, filled with numbers or with a pattern, between forbidden pages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/sdk/c/types.h>

#include "guarded_array.hpp"

namespace teranga::conformance {

using Extents = std::vector<std::int64_t>;

std::int64_t count_of(const Extents& shape) noexcept;
std::size_t width_of(std::int32_t type) noexcept;  // bytes of an element; 0: no enum trg_type
std::string to_words(const Extents& shape);        // "[2, 3]"
std::string to_words(const Extents& shape, std::int32_t type);  // "[2, 3] f32"
const char* type_words(std::int32_t type) noexcept;
// Where an element stands: "[1, 2]".
std::string place_words(const Extents& shape, std::int64_t index);

class TrialTensor {
 public:
  TrialTensor(Extents shape, std::int32_t type, Edge edge = Edge::behind);
  TrialTensor(Extents shape, std::int32_t type, const std::vector<double>& values, Edge edge = Edge::behind);

  const Extents& shape() const noexcept { return shape_; }
  std::int32_t type() const noexcept { return type_; }
  std::int64_t count() const noexcept { return count_of(shape_); }
  void* data() const noexcept { return array_.data(); }
  GuardedArray& array() noexcept { return array_; }
  const GuardedArray& array() const noexcept { return array_; }
  double get(std::int64_t i) const noexcept;
  void set(std::int64_t i, double value) noexcept;
  std::vector<double> values() const;
  [[gnu::noinline]] std::vector<std::byte> bits() const;  // inlined, gcc 12 takes its memory for none of the heap (a false alarm)
  bool same_bits(const TrialTensor& other) const noexcept;  // of one shape and type
  trg_tensor native(bool with_data = true) const noexcept;  // valid as long as the tensor stays where it is

 private:
  Extents shape_;
  std::int32_t type_;
  GuardedArray array_;
};

}  // namespace teranga::conformance
