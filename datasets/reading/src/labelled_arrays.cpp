// SPDX-License-Identifier: Apache-2.0
// Checks once, when a part is added; filling a batch then cannot fail, but for what is left in its file.
#include <teranga/datasets/labelled_arrays.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>
#include <teranga/sdk/error.hpp>

#include "row_copy.hpp"

namespace teranga::datasets {

namespace {

constexpr const char* part_names[] = {"training", "validation", "test"};
constexpr std::int64_t block_bytes = std::int64_t{4} << 20;  // of samples that are read at once
constexpr std::int64_t few_classes = 20;  // so many are plausible for any number of samples
constexpr std::int64_t most_classes = std::numeric_limits<std::int32_t>::max();

bool is_whole(ElementType type) { return type == ElementType::i32 || type == ElementType::i64 || type == ElementType::u8; }

Shape sample_shape(const Rows& array) { return Shape(array.shape().begin() + 1, array.shape().end()); }

double byte_factor(ElementType type, double scale_of_bytes) { return type == ElementType::u8 ? scale_of_bytes : 1; }

// [rows, ..., classes] of zeros with a one at each label.
void one_hot_rows(const sdk::Batch& batch, const HeldArray& labels, std::int64_t classes, float* to) {
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

Shape without_ones(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

// New samples in the shape of the training's where they differ in axes of 1 alone, as pictures of one channel do; an array that is one such sample gets the
// axis of samples.
void lay_as_samples(NamedArray& array, const Shape& sample) {
  const Shape& found = array.values.shape();
  const bool number = found.empty();
  if (!array.values.held() || (!number && sample_shape(array.values) == sample)) return;
  const bool several = !number && without_ones(sample_shape(array.values)) == without_ones(sample);
  if (!several && without_ones(found) != without_ones(sample)) return;
  Shape shape = sample;
  shape.insert(shape.begin(), several ? found[0] : 1);
  array.values = array.values.values().in_shape(std::move(shape));
}

// Of an array, to tell what its numbers may be.
struct Range {
  bool whole = true, finite = true;
  double least = 0, largest = 0;

  bool may_be_classes() const { return whole && finite && least >= 0 && largest < static_cast<double>(most_classes); }
};

Range range_of(const HeldArray& array) {
  Range range;
  with_type(array, [&](const auto* values) {
    for (std::int64_t i = 0; i < array.count(); ++i) {
      const auto value = static_cast<double>(values[i]);
      range.whole = range.whole && value == std::floor(value);
      range.finite = range.finite && std::isfinite(value);
      range.least = std::min(range.least, value), range.largest = std::max(range.largest, value);
    }
  });
  return range;
}

const std::vector<Scale>* scales_or_none(const std::vector<Scale>& scales) { return scales.empty() ? nullptr : &scales; }

bool is_bytes(const Rows& features) { return features.type() == ElementType::u8; }

}  // namespace

void LabelledArrays::settle(const NamedArray& features, const std::optional<NamedArray>& targets) {
  known_ = {};
  known_.sample = sample_shape(features.values);
  known_.bytes = is_bytes(features.values);
  known_.scale = treatment_.scale;
  known_.ids = treatment_.feature == Meaning::ids;
  known_.targets = targets.has_value();
  settle_changes();
  if (known_.ids && treatment_.scale_is_given) throw sdk::OptionError("scale", "multiplies numbers, and the features are ids", "leave out scale, or features_are");
  if (known_.ids && treatment_.normalize != Normalize::none) throw sdk::OptionError("normalize", "changes numbers, and the features are ids", "leave out normalize, or features_are");
  if (!targets && treatment_.normalize_target) throw sdk::OptionError("normalize_target", "there is no target", "leave out normalize_target");
  if (!targets) return;
  known_.target = sample_shape(targets->values);
  const bool classes = treatment_.target == Meaning::classes || (treatment_.target == Meaning::by_type && is_whole(targets->values.type()));
  if (treatment_.one_hot && !classes)
    throw sdk::OptionError("one_hot", fmt::format("needs targets that are classes, and those of the training part are {}", to_string(targets->values.type())), targets->values.held() && range_of(targets->values.values()).may_be_classes() ? "target_is = \"classes\"" : "leave out one_hot");
  if (classes) known_.classes = treatment_.classes > 0 ? treatment_.classes : most_classes;  // until the labels are known
  if (classes && treatment_.normalize_target) throw sdk::OptionError("normalize_target", "the targets are classes, and numbers alone are normalized", "leave out normalize_target");
  known_.class_names = treatment_.class_names;
  known_.one_hot = treatment_.one_hot;
  treatment_.changes.check_targets(classes, known_.one_hot);
}

// Changes are of pictures [height, width, channels], or [height, width].
void LabelledArrays::settle_changes() {
  PictureChanges& changes = treatment_.changes;
  if (changes.none()) return;
  if (known_.ids) throw sdk::OptionError(changes.first_name(), "changes pictures, and the features are ids", fmt::format("leave out {}, or features_are", changes.first_name()));
  const Shape& sample = known_.sample;
  if (sample.size() != 2 && sample.size() != 3)
    throw sdk::OptionError(changes.first_name(), fmt::format("changes pictures, samples of shape (height, width, channels), found samples of shape {}", to_string(sample)), fmt::format("leave out {}", changes.first_name()));
  if (sample.size() == 2 && changes.cuts() && treatment_.normalize != Normalize::none)
    throw sdk::OptionError("normalize", fmt::format("of samples of shape {} each column has a scale of its own, which a cut of other columns would not fit", to_string(sample)), "normalize = \"none\"");
  const double most = treatment_.brightest_byte * known_.scale;
  changes.settle({sample[0], sample[1], sample.size() == 3 ? sample[2] : 1}, known_.bytes && most != 0 ? std::optional(Span{std::min(0.0, most), std::max(0.0, most)}) : std::nullopt);
}

void LabelledArrays::check_like_training(const NamedArray& features, const std::optional<NamedArray>& targets) const {
  if (sample_shape(features.values) != known_.sample)
    throw sdk::DataError(features.file, fmt::format("expected samples of shape {} as in the training part, found {}", to_string(known_.sample), to_string(sample_shape(features.values))));
  if (!targets) return;
  if (!known_.targets) throw sdk::DataError(features.file, "found targets, but the training part has none");
  if (sample_shape(targets->values) != known_.target && !(known_.classes > 0 && targets->values.count() == targets->values.shape()[0]))
    throw sdk::DataError(targets->file, fmt::format("expected targets of shape {} as in the training part, found {}", to_string(known_.target), to_string(sample_shape(targets->values))));
}

void LabelledArrays::refuse_label(const std::string& file, std::int64_t sample, const std::string& found, const HeldArray& labels) const {
  const Range range = range_of(labels);
  std::string hint;
  if (range.finite && (!range.whole || range.least < 0) && !new_samples_) hint = "a quantity to be predicted is asked for by: target_is = \"numbers\"";
  else if (range.may_be_classes() && !new_samples_)
    hint = fmt::format(fmt::runtime(known_.class_names.empty() ? "classes = {}" : "class_names with {} names, one a class"), static_cast<std::int64_t>(range.largest) + 1);
  throw sdk::DataError(file, fmt::format("expected a class number from 0 to {}, found {}", known_.classes - 1, found), sample, hint);
}

// Class numbers as i32, in the shape of the targets.
HeldArray LabelledArrays::checked_labels(NamedArray targets, std::int64_t& largest) const {
  const Shape shape = targets.values.shape();
  HeldArray labels = HeldArray::made(targets.file + ", as classes", ElementType::i32, shape, [&](void* to) { write_labels(targets, static_cast<std::int32_t*>(to)); });
  for (const std::int32_t label : labels.as<std::int32_t>()) largest = std::max<std::int64_t>(largest, label);
  return labels;
}

void LabelledArrays::write_labels(const NamedArray& targets, std::int32_t* to) const {
  const HeldArray values = targets.values.load();
  const std::int64_t row = std::max<std::int64_t>(1, targets.values.row());
  with_type(values, [&](const auto* numbers) {
    for (std::int64_t i = 0; i < values.count(); ++i) {
      const auto number = numbers[i];
      const auto real = static_cast<double>(number);
      const bool in_range = real >= 0 && real < static_cast<double>(known_.classes);  // false where it is NaN
      const std::int64_t label = in_range ? static_cast<std::int64_t>(number) : -1;
      if (!in_range || static_cast<double>(label) != real) refuse_label(targets.file, i / row, fmt::format("{}", number), values);
      to[i] = static_cast<std::int32_t>(label);
    }
  });
}

void LabelledArrays::check_counts(std::int32_t part, const NamedArray& features, const std::optional<NamedArray>& targets) {
  if (features.values.shape().empty()) throw sdk::DataError(features.file, "expected an array whose first axis is samples, found a single number");
  const std::int64_t samples = features.values.shape()[0];
  if (features.values.count() == 0)
    throw sdk::DataError(features.file, fmt::format("expected samples for the {} part, found none: its shape is {}", part_names[part], to_string(features.values.shape())));
  if (!targets) return;
  const std::int64_t labels = targets->values.shape().empty() ? 0 : targets->values.shape()[0];
  if (labels != samples)
    throw sdk::DataError(targets->file, fmt::format("expected {} targets, one for each sample of {}, found {}", samples, features.file, labels));
  if (targets->values.count() == 0) throw sdk::DataError(targets->file, fmt::format("expected targets, found none: their shape is {}", to_string(targets->values.shape())));
}

void LabelledArrays::add(std::int32_t part, NamedArray features, std::optional<NamedArray> targets) {
  check_counts(part, features, targets);
  if (part == TRG_TRAIN) {
    settle(features, targets);
  } else {
    check_like_training(features, targets);
    check_new_scale(features);
    if (known_.targets && !targets) throw sdk::DataError(features.file, "expected targets as in the training part, found none");
  }
  hold(part, std::move(features), std::move(targets));
}

// Bytes of the training were multiplied by the scale; other elements stay as they are. Whole numbers may be bytes of another type, that nobody has multiplied.
void LabelledArrays::check_new_scale(const NamedArray& features) const {
  const Rows& values = features.values;
  if (!known_.bytes || known_.ids || known_.scale == 1.0 || is_bytes(values)) return;
  const double most = 255 * known_.scale;
  const Range range = values.held() ? range_of(values.values()) : Range{};
  if (is_whole(values.type()) || (range.whole && range.largest > most))
    throw sdk::DataError(features.file, fmt::format("expected bytes, which are multiplied by scale = {} as those of the training, or numbers up to {} that are multiplied already, found {}{}", known_.scale, most, to_string(values.type()), values.held() ? fmt::format(" up to {}", range.largest) : ""), -1,
                         fmt::format("save them as bytes: a.astype(\"uint8\"), or multiplied: a * {}", known_.scale));
  if (range.largest > 2 * most)
    log(TRG_LOG_WARNING, fmt::format("{}: its features are numbers up to {}, which stay as they are, and those of the training are bytes that become numbers up to {}: are both of one range?", features.file, range.largest, most));
}

void LabelledArrays::add_new(std::string_view learnt, NamedArray features, std::optional<NamedArray> targets) {
  known_ = LearntArrays::unpack(learnt);
  known_.scale = treatment_.scale;
  new_samples_ = true;
  lay_as_samples(features, known_.sample);
  if (targets && features.values.shape()[0] == 1) lay_as_samples(*targets, known_.target);
  check_counts(TRG_TEST, features, targets);
  check_like_training(features, targets);
  check_new_scale(features);
  settle_changes();
  hold(TRG_TEST, std::move(features), std::move(targets));
}

void LabelledArrays::hold(std::int32_t part, NamedArray features, std::optional<NamedArray> targets) {
  if (part == TRG_TRAIN && treatment_.changes.mixes() && !features.values.held())
    throw sdk::OptionError(treatment_.changes.first_name(), fmt::format("{}: mixes a sample with any other one, and these are read block by block; option memory may let all of them be held", features.file));
  if (known_.ids) check_ids(features);
  else if (is_bytes(features.values) != known_.bytes && known_.scale == 1.0)
    log(TRG_LOG_WARNING, fmt::format("{}: its features are {}bytes and those of the training part are {}, and scale is 1: are both of one range?", features.file, known_.bytes ? "no " : "", known_.bytes ? "bytes" : "none"));
  const std::string target_file = targets ? targets->file : "";
  Part made{features.file, std::move(features.values), std::nullopt};
  if (targets && known_.classes > 0) made.targets = checked_labels(std::move(*targets), made.largest_label);
  else if (targets) made.targets = std::move(targets->values);
  if (known_.classes == most_classes) {
    known_.classes = made.largest_label + 1;
    // Quantities, more likely.
    if (const std::int64_t labels = made.targets->count(); treatment_.target == Meaning::by_type && known_.classes > std::max(labels, few_classes))
      throw sdk::OptionError("target_is", fmt::format("{}: the targets are {} whole numbers up to {}: are they quantities, or the numbers of {} classes?", target_file, labels, made.largest_label, known_.classes), "target_is = \"numbers\", or target_is = \"classes\"");
  }
  parts_[static_cast<std::size_t>(part)] = std::move(made);
}

void LabelledArrays::check_scale() const {
  const auto has_bytes = [](const std::optional<Part>& part) { return part && is_bytes(part->features); };
  if (known_.ids || !treatment_.scale_is_given || std::any_of(parts_.begin(), parts_.end(), has_bytes)) return;
  const Rows& features = parts_[TRG_TRAIN]->features;
  throw sdk::OptionError("scale", fmt::format("multiplies bytes, and the features are {}", to_string(features.type())),
                         fmt::format("leave out scale; a first layer multiplies: type = \"rescaling\", scale = {}", treatment_.scale));
}

void LabelledArrays::restore(std::string_view learnt) {
  if (learnt.empty()) return;  // of a checkpoint that keeps nothing of arrays
  const LearntArrays then = LearntArrays::unpack(learnt);
  const Part& training = *parts_[TRG_TRAIN];
  if (then.sample != known_.sample)
    throw sdk::DataError(training.file, fmt::format("expected samples of shape {}, as the network was trained on, found {}", to_string(then.sample), to_string(known_.sample)));
  known_.feature_scales = then.feature_scales;
  known_.changes = then.changes;
  if (then.changes) treatment_.changes.learnt = *then.changes;
  if (!then.targets || !known_.targets) return;
  if (then.target != known_.target || (then.classes > 0) != (known_.classes > 0))
    throw sdk::DataError(training.file, fmt::format("expected targets of shape {}{}, as the network was trained on, found {}{}", to_string(then.target), then.classes > 0 ? " that are classes" : "",
                                                    to_string(known_.target), known_.classes > 0 ? " that are classes" : ""));
  for (const auto& part : parts_)
    if (part && then.classes > 0 && part->largest_label >= then.classes)
      throw sdk::DataError(part->file, fmt::format("expected class numbers from 0 to {}, as the network was trained on, found {}", then.classes - 1, part->largest_label));
  known_.target_scales = then.target_scales;
  known_.classes = then.classes;
  if (static_cast<std::int64_t>(known_.class_names.size()) != known_.classes) known_.class_names = then.class_names;
}

std::string LabelledArrays::learn(std::span<const std::int64_t> samples) {
  const Part& part = *parts_[TRG_TRAIN];
  if (PictureChanges& changes = treatment_.changes; changes.learns()) {
    changes.learn(samples, [&](std::int64_t, std::int64_t sample, float* to) { lay_picture(part, sample, to); });
    known_.changes = changes.learnt;
  }
  if (treatment_.normalize == Normalize::none) return known_.pack();
  known_.feature_scales = scales_of(samples, part.features, known_.scale);
  if (treatment_.normalize_target) known_.target_scales = scales_of(samples, *part.targets, 1);
  return known_.pack();
}

std::vector<Scale> LabelledArrays::scales_of(std::span<const std::int64_t> samples, const Rows& array, double scale_of_bytes) const {
  const std::size_t columns = columns_of(sample_shape(array));
  const std::int64_t row = array.row();
  const double factor = byte_factor(array.type(), scale_of_bytes);
  const auto each = [&](auto&& take) {
    const auto take_row = [&](const auto* values) {
      for (std::int64_t i = 0; i < row; ++i) take(static_cast<std::size_t>(i) % columns, static_cast<double>(values[i]) * factor);
    };
    if (array.held()) return with_type(array.values(), [&](const auto* values) {
      for (const std::int64_t sample : samples) take_row(values + sample * row);
    });
    const std::int64_t most = std::max<std::int64_t>(1, block_bytes / std::max<std::int64_t>(1, row * static_cast<std::int64_t>(size_of(array.type()))));
    Tensor block(array.type(), {most * row});
    for (std::size_t at = 0, run = 0; at < samples.size(); at += run) {
      for (run = 1; at + run < samples.size() && static_cast<std::int64_t>(run) < most && samples[at + run] == samples[at] + static_cast<std::int64_t>(run);) ++run;
      array.stored().read(samples[at], static_cast<std::int64_t>(run), block.data());
      with_type(block, [&](const auto* values) {
        for (std::size_t r = 0; r < run; ++r) take_row(values + static_cast<std::int64_t>(r) * row);
      });
    }
  };
  std::vector<Scale> out;
  for (const Spread& spread : spreads_of(columns, each)) out.push_back(std::isfinite(spread.deviation) ? scale_of(spread, treatment_.normalize) : Scale{});  // a number that is none is told where it stands
  return out;
}

void LabelledArrays::describe(sdk::Description& description) const {
  bool targets = false;
  for (std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
    if (const auto& held = parts_[static_cast<std::size_t>(part)]) {
      description.count(part, held->features.shape()[0]);
      targets = targets || held->targets;
    }
  sdk::Field x{.name = "x", .role = TRG_FEATURE, .type = known_.ids ? TRG_I32 : TRG_F32, .shape = known_.sample};
  x.shape = treatment_.changes.shape_made(x.shape);
  std::int64_t sample_bytes = element_count(known_.sample) * 4;
  description.field(x);
  if (known_.targets) {
    sdk::Field target{.name = "y", .role = TRG_TARGET, .type = known_.classes > 0 ? TRG_I32 : TRG_F32, .shape = known_.target, .absent = !targets};
    if (known_.classes > 0) {
      target.classes = known_.classes;
      target.class_names = known_.class_names;
      if (known_.one_hot) {
        target.type = TRG_F32;
        if (target.shape == Shape{1}) target.shape.clear();  // a column of class numbers is no axis of steps, as Keras's to_categorical has it
        target.shape.push_back(known_.classes);
      }
    }
    for (const Scale& scale : known_.target_scales) target.units.push_back({scale.offset, 1 / scale.factor});
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

template <class From, class To>
void LabelledArrays::lay(const From* from, std::int64_t count, const Laying& laying, To* to) {
  if (laying.scales == nullptr) return copy_elements(from, count, laying.scale_of_bytes, to);
  const double factor = byte_factor(element_type_of<From>(), laying.scale_of_bytes);
  const std::size_t columns = laying.scales->size();
  for (std::int64_t i = 0; i < count; ++i) {
    const Scale& scale = (*laying.scales)[static_cast<std::size_t>(i) % columns];
    to[i] = static_cast<To>((static_cast<double>(from[i]) * factor - scale.offset) * scale.factor);
  }
}

template <class To>
void LabelledArrays::lay_rows(const sdk::Batch& batch, const Rows& array, const Laying& laying, To* to) {
  const std::int64_t row = array.row();
  array.values().require_unchanged();
  with_type(array.values(), [&](const auto* values) {
    for (std::int64_t r = 0; r < batch.rows(); ++r) lay(values + batch.sample(r) * row, row, laying, to + r * row);
  });
}

// Filled by whole blocks, the samples are one run.
template <class To>
void LabelledArrays::copy(const sdk::Batch& batch, const Part& part, const Rows& array, const Laying& laying, To* to) const {
  const std::int64_t row = array.row();
  if (!array.held() || array.values().is_mapped()) bytes_read_ += batch.rows() * row * static_cast<std::int64_t>(size_of(array.type()));
  if (array.held()) return lay_rows(batch, array, laying, to);
  for (std::int64_t r = 0, run = 0; r < batch.rows(); r += run, to += run * row) {
    for (run = 1; r + run < batch.rows() && batch.sample(r + run) == batch.sample(r) + run;) ++run;
    if (array.type() == element_type_of<To>() && laying.scales == nullptr) {
      array.stored().read(batch.sample(r), run, to);
      continue;
    }
    if (staging_.type() != array.type() || staging_.count() < run * row) staging_ = Tensor(array.type(), {run * row});
    array.stored().read(batch.sample(r), run, staging_.data());
    if (std::is_same_v<To, std::int32_t> && array.type() == ElementType::i64) check_ids(part.file, staging_.as<std::int64_t>().data(), run * row, row, batch.sample(r));
    with_type(staging_, [&](const auto* values) { lay(values, run * row, laying, to); });
  }
}

void LabelledArrays::lay_picture(const Part& part, std::int64_t sample, float* to) const {
  const Rows& array = part.features;
  const std::int64_t row = array.row();
  const Laying laying{known_.scale, nullptr};
  if (array.held()) return with_type(array.values(), [&](const auto* values) { lay(values + sample * row, row, laying, to); });
  Tensor one(array.type(), {row});
  array.stored().read(sample, 1, one.data());
  with_type(one, [&](const auto* values) { lay(values, row, laying, to); });
}

void LabelledArrays::lay_target(const Part& part, std::int64_t sample, float* to) const {
  const Rows& array = *part.targets;
  const std::int64_t row = array.row();
  if (known_.classes > 0) {
    std::fill_n(to, row * known_.classes, 0.0F);
    for (std::int64_t i = 0; i < row; ++i) to[i * known_.classes + array.values().as<std::int32_t>()[static_cast<std::size_t>(sample * row + i)]] = 1;
    return;
  }
  with_type(array.values(), [&](const auto* values) { lay(values + sample * row, row, {1, scales_or_none(known_.target_scales)}, to); });
}

void LabelledArrays::fill_changed(const sdk::Batch& batch, const Part& part, float* to) const {
  const PictureChanges& changes = treatment_.changes;
  const std::int64_t row = part.features.row();
  std::vector<float> read;  // of what is left in its file, by runs of samples
  if (!part.features.held()) {
    read.resize(static_cast<std::size_t>(batch.rows() * row));
    copy(batch, part, part.features, {known_.scale, nullptr}, read.data());
  } else {
    part.features.values().require_unchanged();
    if (part.features.values().is_mapped()) bytes_read_ += batch.rows() * row * static_cast<std::int64_t>(size_of(part.features.type()));
  }
  changes.fill(batch, [&](std::int64_t at, std::int64_t sample, float* picture) {
    if (at >= 0 && !read.empty()) std::copy_n(read.data() + at * row, row, picture);
    else lay_picture(at >= 0 ? part : *parts_[TRG_TRAIN], sample, picture);
  }, to, *workers_);
  const std::vector<Scale>& scales = known_.feature_scales;
  const std::int64_t made = batch.rows() * changes.made_values();
  for (std::int64_t i = 0; !scales.empty() && i < made; ++i) {
    const Scale& scale = scales[static_cast<std::size_t>(i) % scales.size()];
    to[i] = static_cast<float>((static_cast<double>(to[i]) - scale.offset) * scale.factor);
  }
}

void LabelledArrays::fill(const sdk::Batch& batch) const {
  const Part& part = *parts_[static_cast<std::size_t>(batch.part())];
  if (batch.wanted(0)) {
    if (known_.ids) copy(batch, part, part.features, {}, batch.field<std::int32_t>(0));
    else if (treatment_.changes.idle(batch)) copy(batch, part, part.features, {known_.scale, scales_or_none(known_.feature_scales)}, batch.field<float>(0));
    else fill_changed(batch, part, batch.field<float>(0));
  }
  if (!part.targets || !batch.wanted(1)) return;
  if (treatment_.changes.mixes() && batch.augments()) {
    const std::int64_t count = part.targets->row() * std::max<std::int64_t>(1, known_.classes);
    return treatment_.changes.fill_targets(batch, count, [&](std::int64_t row, std::int64_t sample, float* to) { lay_target(row >= 0 ? part : *parts_[TRG_TRAIN], sample, to); }, batch.field<float>(1));
  }
  if (known_.classes > 0 && known_.one_hot) one_hot_rows(batch, part.targets->values(), known_.classes, batch.field<float>(1));
  else if (known_.classes > 0) copy(batch, part, *part.targets, {}, batch.field<std::int32_t>(1));
  else copy(batch, part, *part.targets, {1, scales_or_none(known_.target_scales)}, batch.field<float>(1));
}

}  // namespace teranga::datasets
