// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/learnt_arrays.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr std::string_view arrays_signature = "teranga.arrays 1\n";
constexpr std::string_view normalized_signature = "teranga.arrays 2\n";  // the scales come last
constexpr std::string_view changed_signature = "teranga.arrays 3\n";     // scales, then what changes of pictures learnt
constexpr std::size_t most_axes = 32;

void put_shape(PackedBytes& bytes, const Shape& shape) {
  bytes.put<std::uint64_t>(shape.size());
  for (const std::int64_t extent : shape) bytes.put<std::int64_t>(extent);
}

Shape get_shape(UnpackedBytes& bytes) {
  const auto rank = bytes.get<std::uint64_t>();
  if (rank > most_axes) UnpackedBytes::damaged();
  Shape shape;
  for (std::uint64_t axis = 0; axis < rank; ++axis) {
    shape.push_back(bytes.get<std::int64_t>());
    if (shape.back() < 1) UnpackedBytes::damaged();
  }
  std::int64_t count = 1;
  for (const std::int64_t extent : shape)
    if (__builtin_mul_overflow(count, extent, &count)) UnpackedBytes::damaged();
  return shape;
}

void put_scales(PackedBytes& bytes, const std::vector<Scale>& scales) {
  bytes.put<std::uint64_t>(scales.size());
  for (const Scale& scale : scales) bytes.put<double>(scale.offset), bytes.put<double>(scale.factor);
}

// As many as the last axis of a sample has elements, or none.
std::vector<Scale> get_scales(UnpackedBytes& bytes, const Shape& sample) {
  const auto count = bytes.get<std::uint64_t>();
  if (count != 0 && count != columns_of(sample)) UnpackedBytes::damaged();
  std::vector<Scale> scales;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto offset = bytes.get<double>();
    scales.push_back({offset, bytes.get<double>()});
  }
  return scales;
}

// "3 columns, the first one (x - 2.5) * 0.4"
std::string told(const std::vector<Scale>& scales) {
  return fmt::format("{} of the last axis, the first one (x - {:.6g}) x {:.6g}", scales.size(), scales[0].offset, scales[0].factor);
}

}  // namespace

std::size_t columns_of(const Shape& sample) { return sample.empty() ? 1 : static_cast<std::size_t>(sample.back()); }

std::string LearntArrays::pack() const {
  const bool normalized = !feature_scales.empty() || !target_scales.empty();
  PackedBytes out(changes ? changed_signature : normalized ? normalized_signature : arrays_signature);
  put_shape(out, sample);
  out.put<std::uint8_t>(bytes);
  out.put<double>(scale);
  out.put<std::uint8_t>(ids);
  out.put<std::uint8_t>(targets);
  put_shape(out, target);
  out.put<std::int64_t>(classes);
  out.texts(class_names);
  out.put<std::uint8_t>(one_hot);
  if (normalized || changes)
    for (const auto* scales : {&feature_scales, &target_scales}) put_scales(out, *scales);
  if (changes) changes->put(out);
  return out.take();
}

LearntArrays LearntArrays::unpack(std::string_view learnt) {
  if (learnt.empty()) throw sdk::DataError("", "the checkpoint keeps nothing of the samples that the network was trained on: it was written by an older version", -1, "train anew with its weights: --run OTHER --init-weights CHECKPOINT");
  const bool changed = learnt.starts_with(changed_signature), normalized = changed || learnt.starts_with(normalized_signature);
  UnpackedBytes packed(learnt, changed ? changed_signature : normalized ? normalized_signature : arrays_signature, "arrays");
  LearntArrays out;
  out.sample = get_shape(packed);
  out.bytes = packed.get<std::uint8_t>() != 0;
  out.scale = packed.get<double>();
  out.ids = packed.get<std::uint8_t>() != 0;
  out.targets = packed.get<std::uint8_t>() != 0;
  out.target = get_shape(packed);
  out.classes = packed.get<std::int64_t>();
  out.class_names = packed.texts();
  out.one_hot = packed.get<std::uint8_t>() != 0;
  if (normalized) {
    out.feature_scales = get_scales(packed, out.sample);
    out.target_scales = get_scales(packed, out.target);
  }
  if (changed) out.changes = LearntChanges::get(packed);
  packed.end();
  if (out.classes < 0 || (!out.class_names.empty() && static_cast<std::int64_t>(out.class_names.size()) != out.classes)) UnpackedBytes::damaged();
  return out;
}

std::vector<sdk::Learnt> LearntArrays::lines() const {
  std::string features = fmt::format("{}{}, shape {}", ids ? "ids" : "numbers", bytes ? " (bytes)" : "", to_string(sample));
  std::vector<sdk::Learnt> out = {{"features", std::move(features)}};
  if (!ids) out.push_back({"scale of bytes", fmt::format("{}", scale)});
  std::string of_targets = "none";
  if (targets) of_targets = fmt::format("{}{}, shape {}", classes > 0 ? fmt::format("{} classes", classes) : "quantities", classes > 0 && one_hot ? ", one-hot" : "", to_string(target));
  out.push_back({"targets", std::move(of_targets)});
  if (!feature_scales.empty()) out.push_back({"features normalized", told(feature_scales)});
  if (!target_scales.empty()) out.push_back({"targets normalized", told(target_scales)});
  if (changes)
    for (const sdk::Learnt& line : changes->lines()) out.push_back(line);
  if (!class_names.empty()) out.push_back({"class names", fmt::format("{}", fmt::join(class_names, ", "))});
  return out;
}

}  // namespace teranga::datasets
