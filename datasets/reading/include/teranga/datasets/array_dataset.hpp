// SPDX-License-Identifier: Apache-2.0
// What all data sets of arrays have in common: the calls of the border, answered by LabelledArrays. A reader of a format derives from it and adds the
// arrays of each part.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/labelled_arrays.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

class ArrayDataset {
 public:
  void describe(sdk::Description& description) const { arrays_.describe(description); }
  std::string fit(std::span<const std::int64_t> samples) { return arrays_.learn(samples); }
  void restore(std::string_view learnt) { arrays_.restore(learnt); }
  void fill(const sdk::Batch& batch) const { arrays_.fill(batch); }
  std::int64_t bytes_read() const noexcept { return arrays_.bytes_read(); }
  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const { return learnt.empty() ? std::vector<sdk::Learnt>() : LearntArrays::unpack(learnt).lines(); }

 protected:
  explicit ArrayDataset(LabelledArrays arrays) : arrays_(std::move(arrays)) {}
  ~ArrayDataset() = default;

  // New samples in .npy files: features, and perhaps targets.
  void add_new_npy(std::string_view learnt, const sdk::NewInput& input);

  LabelledArrays arrays_;
};

// The paths of new samples, at most so many. Throws DataError where there are none or more.
const std::vector<std::string>& paths_of(const sdk::NewInput& input, std::size_t most);

// Whether it begins like an array of NumPy. Throws DataError where it cannot be read.
bool is_npy(const std::string& path);

}  // namespace teranga::datasets
