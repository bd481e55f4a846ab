// SPDX-License-Identifier: Apache-2.0
// Samples of a part in its own order, some at a time, for those who look at all of them: fields by number, whatever their element type. No threads, no
// batches of a training.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/tensor/buffer.hpp>

namespace teranga::data {

// Element `index` of memory of that type.
double number_at(const void* memory, ElementType type, std::int64_t index) noexcept;

class SampleReader {
 public:
  // The source must outlive it. `wanted`: by field; empty: all. At most so many rows at a time, and fewer where they would need much memory.
  explicit SampleReader(const Source& source, std::vector<bool> wanted = {}, std::int64_t most_rows = 1024);

  // Reads samples of the part from `first` on; returns how many: 0 at the end. Throws Error as the data set does.
  std::int64_t read(Part part, std::int64_t first, Draws draws = {});
  bool wants(std::size_t field) const noexcept { return pointers_[field] != nullptr; }
  std::size_t bytes_per_sample() const noexcept { return bytes_; }  // of the wanted fields
  // Of the rows read last, elements row by row, as samples of the longest bucket have them.
  const void* data(std::size_t field) const noexcept { return pointers_[field]; }
  double number(std::size_t field, std::int64_t index) const noexcept { return number_at(pointers_[field], source_.fields()[field].type, index); }

 private:
  const Source& source_;
  std::size_t bytes_ = 0;
  std::int64_t rows_ = 1;
  std::vector<Buffer> memory_;
  std::vector<void*> pointers_;
  std::vector<std::int64_t> samples_;
};

}  // namespace teranga::data
