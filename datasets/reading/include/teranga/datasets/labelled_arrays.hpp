// SPDX-License-Identifier: Apache-2.0
// Samples of arrays: one of features and perhaps one of targets for each part, in memory, mapped or left in their file. It checks that parts fit together and
// labels are classes, describes the fields "x" and "y", and fills batches. Readers of formats (idx, npy, hdf5, digits) bring the arrays.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/learnt_arrays.hpp>
#include <teranga/datasets/rows.hpp>
#include <teranga/datasets/treatment.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

// Axis 0 is samples. `file` is where it came from, for messages.
struct NamedArray {
  std::string file;
  Rows values;
};

class LabelledArrays {
 public:
  // Of arrays that are left in their file, about `memory` bytes of samples are to be held at a time.
  explicit LabelledArrays(Treatment treatment, std::int64_t memory = 0) : treatment_(std::move(treatment)), memory_(memory), workers_(std::make_unique<RowWorkers>(treatment_.workers)) {}

  // TRG_TRAIN comes first: it settles shapes and the number of classes. Class numbers are always held. Throws DataError.
  void add(std::int32_t part, NamedArray features, std::optional<NamedArray> targets);
  // After the last part. Throws OptionError where a scale was given and no part has bytes.
  void check_scale() const;

  // New samples become the test part, laid as the training's were; instead of any other part. An array of one sample may come without the axis of samples.
  // Throws DataError.
  void add_new(std::string_view learnt, NamedArray features, std::optional<NamedArray> targets);

  // Learns how to normalize from these samples of the training part. Gives what was learnt.
  std::string learn(std::span<const std::int64_t> samples);
  // What learn() gave once. Throws DataError where the training part has other shapes, or labels that were no classes then.
  void restore(std::string_view learnt);

  void describe(sdk::Description& description) const;
  void fill(const sdk::Batch& batch) const;
  std::int64_t bytes_read() const noexcept { return bytes_read_; }  // by fill so far, of what is mapped or left in its file

 private:
  struct Part {
    std::string file;
    Rows features;
    std::optional<Rows> targets;
    std::int64_t largest_label = -1;
  };

  static void check_counts(std::int32_t part, const NamedArray& features, const std::optional<NamedArray>& targets);
  void settle(const NamedArray& features, const std::optional<NamedArray>& targets);
  void settle_changes();
  // As changes take a sample: multiplied, and not normalized.
  void lay_picture(const Part& part, std::int64_t sample, float* to) const;
  void lay_target(const Part& part, std::int64_t sample, float* to) const;
  void fill_changed(const sdk::Batch& batch, const Part& part, float* to) const;
  void check_new_scale(const NamedArray& features) const;
  void check_like_training(const NamedArray& features, const std::optional<NamedArray>& targets) const;
  void hold(std::int32_t part, NamedArray features, std::optional<NamedArray> targets);
  HeldArray checked_labels(NamedArray targets, std::int64_t& largest) const;
  void write_labels(const NamedArray& targets, std::int32_t* to) const;
  [[noreturn]] void refuse_label(const std::string& file, std::int64_t sample, const std::string& found, const HeldArray& labels) const;
  void describe_blocks(sdk::Description& description, std::int32_t part, std::int64_t sample_bytes) const;
  // How numbers become those of a batch: bytes are multiplied, then all are normalized, if there are scales.
  struct Laying {
    double scale_of_bytes = 1;
    const std::vector<Scale>* scales = nullptr;
  };
  template <class From, class To>
  static void lay(const From* from, std::int64_t count, const Laying& laying, To* to);
  template <class To>
  static void lay_rows(const sdk::Batch& batch, const Rows& array, const Laying& laying, To* to);
  template <class To>
  void copy(const sdk::Batch& batch, const Part& part, const Rows& array, const Laying& laying, To* to) const;
  std::vector<Scale> scales_of(std::span<const std::int64_t> samples, const Rows& array, double scale_of_bytes) const;

  Treatment treatment_;
  std::int64_t memory_;
  std::unique_ptr<RowWorkers> workers_;
  mutable Tensor staging_;  // of the one fill at a time: rows in the type of the file
  mutable std::int64_t bytes_read_ = 0;
  LearntArrays known_;      // of the training part
  bool new_samples_ = false;
  std::array<std::optional<Part>, 3> parts_;
};

}  // namespace teranga::datasets
