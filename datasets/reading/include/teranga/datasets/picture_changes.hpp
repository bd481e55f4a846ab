// SPDX-License-Identifier: Apache-2.0
// Random changes of pictures while a network is trained on them, by the names and meanings of Keras's layers (RandomFlip, RandomRotation, ..., MixUp, CutMix), and cuts of one size.
// They are options of a data set that holds pictures [height, width, channels] as numbers, before any normalization. A sample's changes are drawn from the stream
// {random_key, sample} alone: they are the same for any threads, ranks and batches. With random_key 0 nothing is changed, and a cut is the one in the middle.
//
// In this order, whatever the order in the recipe: rotation, shear, zoom and translation (one interpolation), crop, flip, brightness, contrast, saturation, hue, greyness,
// lighting, erasing, and last one of mixup and cutmix, of two samples that were changed so.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/datasets/row_workers.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

struct PictureExtents {
  std::int64_t height = 0, width = 0, channels = 0;

  std::int64_t pixels() const { return height * width; }
  std::int64_t values() const { return height * width * channels; }
  bool operator==(const PictureExtents&) const = default;
};

// From the darkest to the brightest value that there may be, and of other ranges of numbers.
struct Span {
  double from = 0, to = 0;

  double length() const { return to - from; }
};

// The axes of the colours of the training pictures: eigenvectors (rows) and eigenvalues of the covariance of red, green and blue, with values as shares of their range.
struct ColourAxes {
  std::array<double, 9> vectors{};
  std::array<double, 3> values{};
};

// What fit learns for them from the training samples.
struct LearntChanges {
  std::vector<std::pair<std::int64_t, std::int64_t>> training;  // samples to mix with: runs from .first to .second - 1
  std::optional<ColourAxes> axes;

  std::int64_t samples() const;
  std::vector<sdk::Learnt> lines() const;  // in words
  void put(PackedBytes& bytes) const;
  static LearntChanges get(UnpackedBytes& bytes);
};

class PictureChanges {
 public:
  enum class Fill : std::uint8_t { reflect, constant, wrap, nearest };

  static std::vector<sdk::OptionSpec> options();
  // Options that a data set does not declare count as left out. Throws OptionError.
  static PictureChanges of(const sdk::Options& options);

  bool none() const { return !cut_ && !random(); }  // pictures stay as they are, also while they are trained on
  bool random() const;                              // something is drawn
  bool cuts() const { return cut_.has_value(); }
  bool mixes() const { return mixup_ > 0 || cutmix_.to > 0; }
  bool learns() const { return mixes() || lighting_ > 0; }
  // Whether samples of the batch come out as they are laid, of the same size.
  bool idle(const sdk::Batch& batch) const { return !cut_ && !(random() && batch.augments()); }
  const char* first_name() const;  // of an option that was given, for messages

  // Settles them for pictures of this size, whose values lie within `range` where the option value_range says nothing else. Throws OptionError.
  void settle(const PictureExtents& pictures, std::optional<Span> range);
  // Throws OptionError where samples are mixed whose targets cannot be.
  void check_targets(bool classes, bool one_hot) const;
  const PictureExtents& laid() const { return laid_; }
  const PictureExtents& made() const { return made_; }  // of a cut
  std::int64_t made_values() const { return (ten_ ? 10 : 1) * made_.values(); }
  // The shape of a sample: [height, width, ...], [10, height, width, ...] of ten crops. `laid` is that of the unchanged one.
  std::vector<std::int64_t> shape_made(std::vector<std::int64_t> laid) const;

  // From `samples`, the training samples; `lay` as below.
  using Lay = std::function<void(std::int64_t row, std::int64_t sample, float* to)>;
  void learn(std::span<const std::int64_t> samples, const Lay& lay);
  LearntChanges learnt = {};

  // Writes [rows, made_values()]. `lay` writes the unchanged sample of a row, [...laid()], on any thread; row is -1 for a training sample that another is mixed with.
  void fill(const sdk::Batch& batch, const Lay& lay, float* to, RowWorkers& workers) const;
  // The same of samples that are bytes, whose values are numbers[byte]; `bytes_of` gives where they lie until the thread asks for others.
  using Bytes = std::function<const std::uint8_t*(std::int64_t row, std::int64_t sample)>;
  void fill(const sdk::Batch& batch, const Bytes& bytes_of, const std::array<float, 256>& numbers, float* to, RowWorkers& workers) const;
  // Writes the targets of the rows, `count` numbers each, mixed as their samples are; `lay` writes those of a sample.
  void fill_targets(const sdk::Batch& batch, std::int64_t count, const Lay& lay, float* to) const;

 private:
  struct Draws;
  struct Mixed;
  struct Source;
  void fill_rows(const sdk::Batch& batch, const std::function<void(std::int64_t row, std::int64_t sample, Source& to)>& lay, float* to, RowWorkers& workers) const;
  void change(const Draws* draws, Source& source, float* to) const;
  void cut(const Draws* draws, Source& source, float* to) const;
  void cut_ten(const Source& source, float* to) const;
  void colour(const Draws& draws, float* picture) const;
  void erase(const Draws& draws, float* picture) const;
  std::optional<Mixed> mixed_with(const Draws& draws) const;

  std::optional<std::pair<std::int64_t, std::int64_t>> cut_;  // height, width
  bool ten_ = false;  // cuts of each picture, with an axis of their own
  bool cut_at_random_ = false, flip_horizontal_ = false, flip_vertical_ = false;
  Span rotation_, shear_x_, shear_y_, zoom_height_, zoom_width_, move_down_, move_right_;
  bool zoom_alike_ = true;
  Fill fill_ = Fill::reflect;
  double fill_value_ = 0;
  Span brightness_, contrast_, saturation_, hue_, erasing_, erasing_scale_;
  bool contrasts_ = false, saturates_ = false;
  double greyness_ = 0, lighting_ = 0, mixup_ = 0;
  std::optional<double> erasing_value_;
  Span cutmix_;
  std::optional<Span> given_range_;
  Span range_{0, 1};
  PictureExtents laid_, made_;
};

}  // namespace teranga::datasets
