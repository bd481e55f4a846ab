// SPDX-License-Identifier: Apache-2.0
// Samples held in memory: an array of features and perhaps one of targets for each part. It checks that parts fit together and labels are
// classes, describes the fields "x" and "y", and fills batches. Readers of formats (idx, npy, hdf5, digits) bring the arrays.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <teranga/datasets/treatment.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

// Axis 0 is samples. `file` is where it came from, for messages.
struct NamedArray {
  std::string file;
  Tensor values;
};

class LabelledArrays {
 public:
  explicit LabelledArrays(Treatment treatment) : treatment_(std::move(treatment)) {}

  // TRG_TRAIN comes first: it settles shapes and the number of classes. Throws DataError.
  void add(std::int32_t part, NamedArray features, std::optional<NamedArray> targets);

  void describe(sdk::Description& description) const;
  void fill(const sdk::Batch& batch) const;

 private:
  struct Part {
    Tensor features;
    std::optional<Tensor> targets;
  };

  void settle(const NamedArray& features, const std::optional<NamedArray>& targets);
  void check_like_training(const NamedArray& features, const std::optional<NamedArray>& targets) const;
  Tensor checked_labels(const NamedArray& targets);

  Treatment treatment_;
  bool targets_are_classes_ = false;
  std::int64_t classes_ = 0;
  std::array<std::optional<Part>, 3> parts_;
};

}  // namespace teranga::datasets
