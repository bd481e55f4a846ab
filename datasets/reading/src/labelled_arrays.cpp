// SPDX-License-Identifier: Apache-2.0
// Checks once, when a part is added; filling a batch then cannot fail, but for what is left in its file.
#include <teranga/datasets/labelled_arrays.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include <teranga/core/clones.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr const char* part_names[] = {"training", "validation", "test"};

bool is_whole(ElementType type) { return type == ElementType::i32 || type == ElementType::i64 || type == ElementType::u8; }

constexpr std::int64_t block_bytes = std::int64_t{4} << 20;  // of samples that are read at once

Shape sample_shape(const Rows& array) { return Shape(array.shape().begin() + 1, array.shape().end()); }

// The bits of from[i] * scale rounded once, in f32 throughout: `high` has 16 significant bits, so its product with a byte is exact.
TERANGA_CLONES void scale_bytes(const std::uint8_t* __restrict from, std::int64_t count, double scale, float* __restrict to) {
  const float high = std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(scale)) & 0xffffff00u);
  const float low = static_cast<float>(scale - static_cast<double>(high));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(static_cast<std::int32_t>(from[i]));
    to[i] = value * high + value * low;
  }
}

template <class From>
TERANGA_CLONES void scale_row(const From* __restrict from, std::int64_t count, double scale, float* __restrict to) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(static_cast<double>(from[i]) * scale);
}

template <class From, class To>
void copy_row(const From* from, std::int64_t count, To* to) {
  std::transform(from, from + count, to, [](From value) { return static_cast<To>(value); });
}

template <class F>
void with_type(ElementType type, const void* values, F&& use) {
  switch (type) {
    case ElementType::f32: return use(static_cast<const float*>(values));
    case ElementType::f64: return use(static_cast<const double*>(values));
    case ElementType::i32: return use(static_cast<const std::int32_t*>(values));
    case ElementType::i64: return use(static_cast<const std::int64_t*>(values));
    case ElementType::u8: return use(static_cast<const std::uint8_t*>(values));
  }
}

template <class F>
void with_type(const Tensor& array, F&& use) {
  with_type(array.type(), array.data(), std::forward<F>(use));
}

template <class From, class To>
void convert(const From* from, std::int64_t count, double scale, To* to) {
  if constexpr (std::is_same_v<From, To>) {
    if (scale == 1.0) {
      std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(To));
      return;
    }
  }
  if constexpr (std::is_same_v<To, float> && std::is_same_v<From, std::uint8_t>) scale_bytes(from, count, scale, to);
  else if constexpr (std::is_same_v<To, float>) scale_row(from, count, scale, to);
  else copy_row(from, count, to);
}

template <class To>
void copy_rows(const sdk::Batch& batch, const Rows& array, double scale, To* to) {
  const std::int64_t row = array.row();
  with_type(array.values(), [&](const auto* values) {
    for (std::int64_t r = 0; r < batch.rows(); ++r) convert(values + batch.sample(r) * row, row, scale, to + r * row);
  });
}

// [rows, ..., classes] of zeros with a one at each label.
void one_hot_rows(const sdk::Batch& batch, const Tensor& labels, std::int64_t classes, float* to) {
  const std::int64_t row = labels.count() / labels.shape()[0];
  std::fill_n(to, batch.rows() * row * classes, 0.0f);
  for (std::int64_t r = 0; r < batch.rows(); ++r)
    for (std::int64_t i = 0; i < row; ++i) to[(r * row + i) * classes + labels.as<std::int32_t>()[static_cast<std::size_t>(batch.sample(r) * row + i)]] = 1.0f;
}

void check_ids(const std::string& file, const std::int64_t* ids, std::int64_t count, std::int64_t row, std::int64_t first_sample) {
  for (std::int64_t i = 0; i < count; ++i)
    if (ids[i] < std::numeric_limits<std::int32_t>::min() || ids[i] > std::numeric_limits<std::int32_t>::max())
      throw sdk::DataError(file, fmt::format("expected ids of 32 bits, found {}", ids[i]), first_sample + i / std::max<std::int64_t>(1, row));
}

// Ids are whole numbers that fit i32; those that are left in their file are looked at when they are read.
void check_ids(const NamedArray& ids) {
  if (!is_whole(ids.values.type()))
    throw sdk::DataError(ids.file, fmt::format("expected whole numbers as ids, found {}", to_string(ids.values.type())), -1, "features_are = \"numbers\"");
  if (ids.values.type() == ElementType::i64 && ids.values.held()) check_ids(ids.file, ids.values.values().as<std::int64_t>().data(), ids.values.count(), ids.values.row(), 0);
}

}  // namespace

void LabelledArrays::settle(const NamedArray& features, const std::optional<NamedArray>& targets) {
  if (treatment_.feature == Meaning::numbers && treatment_.scale_bytes_only && features.values.type() != ElementType::u8) treatment_.scale = 1.0;
  if (!targets) return;
  const bool whole = is_whole(targets->values.type());
  targets_are_classes_ = treatment_.target == Meaning::classes || (treatment_.target == Meaning::by_type && whole);
  if (targets_are_classes_ && !whole)
    throw sdk::DataError(targets->file, fmt::format("expected whole numbers as class numbers, found {}", to_string(targets->values.type())), -1,
                         "a quantity to be predicted is asked for by: target_is = \"numbers\"");
  if (treatment_.one_hot && !targets_are_classes_) throw sdk::OptionError("one_hot", "needs targets that are classes");
}

void LabelledArrays::check_like_training(const NamedArray& features, const std::optional<NamedArray>& targets) const {
  const Part& training = *parts_[TRG_TRAIN];
  if (sample_shape(features.values) != sample_shape(training.features))
    throw sdk::DataError(features.file, fmt::format("expected samples of shape {} as in the training part, found {}", to_string(sample_shape(training.features)),
                                                    to_string(sample_shape(features.values))));
  if (targets.has_value() != training.targets.has_value())
    throw sdk::DataError(features.file, training.targets ? "expected targets as in the training part, found none" : "found targets, but the training part has none");
  if (!targets) return;
  if (sample_shape(targets->values) != sample_shape(*training.targets) && !(targets_are_classes_ && targets->values.count() == targets->values.shape()[0]))
    throw sdk::DataError(targets->file, fmt::format("expected targets of shape {} as in the training part, found {}", to_string(sample_shape(*training.targets)),
                                                    to_string(sample_shape(targets->values))));
  if (targets_are_classes_ && !is_whole(targets->values.type()))
    throw sdk::DataError(targets->file, fmt::format("expected whole numbers as class numbers, found {}", to_string(targets->values.type())));
}

// Class numbers as i32, in the shape of the targets; the training part decides how many classes there are.
Tensor LabelledArrays::checked_labels(NamedArray targets) {
  const Tensor values = std::move(targets.values).load();
  const Shape& shape = values.shape();
  Tensor labels(ElementType::i32, shape);
  const std::int64_t row = std::max<std::int64_t>(1, labels.count() / std::max<std::int64_t>(1, shape[0]));
  const std::int64_t given = classes_ > 0 ? classes_ : treatment_.classes;
  std::int64_t largest = -1;
  with_type(values, [&](const auto* numbers) {
    for (std::int64_t i = 0; i < labels.count(); ++i) {
      const auto label = static_cast<std::int64_t>(numbers[i]);
      if (label < 0 || label > std::numeric_limits<std::int32_t>::max() - 1 || (given > 0 && label >= given))
        throw sdk::DataError(targets.file, fmt::format("expected a class number from 0 to {}, found {}", given > 0 ? given - 1 : std::numeric_limits<std::int32_t>::max() - 1, label),
                             i / row, given > 0 ? fmt::format("classes = {}", label + 1) : "");
      labels.as<std::int32_t>()[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(label);
      largest = std::max(largest, label);
    }
  });
  if (classes_ == 0) classes_ = given > 0 ? given : largest + 1;
  return labels;
}

void LabelledArrays::add(std::int32_t part, NamedArray features, std::optional<NamedArray> targets) {
  if (features.values.shape().empty()) throw sdk::DataError(features.file, "expected an array whose first axis is samples, found a single number");
  const std::int64_t samples = features.values.shape()[0];
  if (features.values.count() == 0)
    throw sdk::DataError(features.file, fmt::format("expected samples for the {} part, found none: its shape is {}", part_names[part], to_string(features.values.shape())));
  if (targets) {
    const std::int64_t labels = targets->values.shape().empty() ? 0 : targets->values.shape()[0];
    if (labels != samples)
      throw sdk::DataError(targets->file, fmt::format("expected {} targets, one for each sample of {}, found {}", samples, features.file, labels));
  }
  if (part == TRG_TRAIN) settle(features, targets);
  else check_like_training(features, targets);
  if (treatment_.feature == Meaning::ids) check_ids(features);
  Part made{features.file, std::move(features.values), std::nullopt};
  if (targets && targets_are_classes_) made.targets = checked_labels(std::move(*targets));
  else if (targets) made.targets = std::move(targets->values);
  parts_[static_cast<std::size_t>(part)] = std::move(made);
}

void LabelledArrays::describe(sdk::Description& description) const {
  for (std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
    if (const auto& held = parts_[static_cast<std::size_t>(part)]) description.count(part, held->features.shape()[0]);
  const Part& training = *parts_[TRG_TRAIN];
  sdk::Field x{.name = "x", .role = TRG_FEATURE, .type = treatment_.feature == Meaning::ids ? TRG_I32 : TRG_F32, .shape = sample_shape(training.features)};
  std::int64_t sample_bytes = element_count(x.shape) * 4;
  description.field(x);
  if (training.targets) {
    sdk::Field target{.name = "y", .role = TRG_TARGET, .type = targets_are_classes_ ? TRG_I32 : TRG_F32, .shape = sample_shape(*training.targets)};
    if (targets_are_classes_) {
      target.classes = classes_;
      target.class_names = treatment_.class_names;
      if (treatment_.one_hot) {
        target.type = TRG_F32;
        if (target.shape == Shape{1}) target.shape.clear();  // a column of class numbers is no axis of steps, as Keras's to_categorical has it
        target.shape.push_back(classes_);
      }
    }
    sample_bytes += element_count(target.shape) * 4;
    description.field(target);
  }
  for (std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST}) describe_blocks(description, part, sample_bytes);
}

// Depends on the file and the options alone: so does the order of the samples.
void LabelledArrays::describe_blocks(sdk::Description& description, std::int32_t number, std::int64_t sample_bytes) const {
  const auto& part = parts_[static_cast<std::size_t>(number)];
  if (!part) return;
  const Rows* stored = !part->features.held() ? &part->features : part->targets && !part->targets->held() ? &*part->targets : nullptr;
  if (!stored) return;
  const std::int64_t together = stored->stored().together, most = memory_ / 2 / sample_bytes;  // one half is read while the other is used
  if (together > most) {
    // Held at once they would take less than two chunks, or both chunks do.
    const std::int64_t needed = std::min(2 * together, stored->shape()[0]) * sample_bytes, mib = std::int64_t{1} << 20;
    throw sdk::DataError(part->file, fmt::format("the file keeps it in chunks of {} samples, of which two have to be held at a time: expected memory for them, {} bytes, found {}", together, 2 * together * sample_bytes, memory_),
                         -1, fmt::format("memory = {}, or a file with smaller chunks", (needed + mib - 1) / mib));
  }
  const std::int64_t pieces = std::min(block_bytes / sample_bytes, most) / together;
  const std::int64_t rows = together * std::max<std::int64_t>(1, pieces);
  description.blocks(number, rows, std::max(rows, most));
}

// Filled by whole blocks, the samples are one run.
template <class To>
void LabelledArrays::copy(const sdk::Batch& batch, const Part& part, const Rows& array, double scale, To* to) const {
  if (array.held()) return copy_rows(batch, array, scale, to);
  const std::int64_t row = array.row();
  for (std::int64_t r = 0, run = 0; r < batch.rows(); r += run, to += run * row) {
    for (run = 1; r + run < batch.rows() && batch.sample(r + run) == batch.sample(r) + run;) ++run;
    if (array.type() == element_type_of<To>() && scale == 1.0) {
      array.stored().read(batch.sample(r), run, to);
      continue;
    }
    if (staging_.type() != array.type() || staging_.count() < run * row) staging_ = Tensor(array.type(), {run * row});
    array.stored().read(batch.sample(r), run, staging_.data());
    if (std::is_same_v<To, std::int32_t> && array.type() == ElementType::i64) check_ids(part.file, staging_.as<std::int64_t>().data(), run * row, row, batch.sample(r));
    with_type(staging_, [&](const auto* values) { convert(values, run * row, scale, to); });
  }
}

void LabelledArrays::fill(const sdk::Batch& batch) const {
  const Part& part = *parts_[static_cast<std::size_t>(batch.part())];
  if (batch.wanted(0)) {
    if (treatment_.feature == Meaning::ids) copy(batch, part, part.features, 1.0, batch.field<std::int32_t>(0));
    else copy(batch, part, part.features, treatment_.scale, batch.field<float>(0));
  }
  if (!part.targets || !batch.wanted(1)) return;
  if (targets_are_classes_ && treatment_.one_hot) one_hot_rows(batch, part.targets->values(), classes_, batch.field<float>(1));
  else if (targets_are_classes_) copy(batch, part, *part.targets, 1.0, batch.field<std::int32_t>(1));
  else copy(batch, part, *part.targets, 1.0, batch.field<float>(1));
}

}  // namespace teranga::datasets
