// SPDX-License-Identifier: Apache-2.0
// What a network was trained on, of samples that are arrays: shapes and meanings, so that new samples are laid in the same way without the training
// files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/picture_changes.hpp>
#include <teranga/datasets/spread.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

// The elements of the last axis of a sample.
std::size_t columns_of(const Shape& sample);

struct LearntArrays {
  Shape sample;              // of the features of one sample
  bool bytes = false;        // those of the training part were bytes
  double scale = 1.0;        // bytes are multiplied by it
  bool ids = false;          // features are ids, not numbers
  bool targets = false;      // the training part had targets
  Shape target;              // of the targets of one sample, before they become one-hot
  std::int64_t classes = 0;  // 0: targets are quantities
  std::vector<std::string> class_names;
  bool one_hot = false;
  std::vector<Scale> feature_scales, target_scales;  // of each element of the last axis; empty: they are not normalized

  std::optional<LearntChanges> changes = {};           // of pictures that are changed at random

  std::string pack() const;
  static LearntArrays unpack(std::string_view learnt);  // throws DataError without a place
  std::vector<sdk::Learnt> lines() const;               // in words
};

}  // namespace teranga::datasets
