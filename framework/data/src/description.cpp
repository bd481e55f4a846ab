// SPDX-License-Identifier: Apache-2.0
#include "description.hpp"

#include <teranga/core/printable.hpp>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace teranga::data {
namespace {

constexpr std::int64_t most_samples = std::int64_t{1} << 40;
constexpr std::int64_t most_names = 1 << 24;
constexpr std::size_t most_bytes_of_name = 1 << 16;
constexpr std::size_t least_field = offsetof(trg_field, scales) + sizeof(void*);

struct DescriptionFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... T>
void require(bool holds, fmt::format_string<T...> text, T&&... values) {
  if (!holds) throw DescriptionFault(fmt::format(text, std::forward<T>(values)...));
}

template <class F>
void take(void* context, F&& f) noexcept {
  Told& told = *static_cast<Told*>(context);
  if (!told.fault.empty()) return;
  try {
    try {
      f(told);
    } catch (const std::exception& error) {
      told.fault = error.what();
    }
  } catch (...) {
    told.fault.assign("has no memory");  // short enough to need no memory
  }
}

void require_part(std::int32_t part) { require(part >= TRG_TRAIN && part <= TRG_TEST, "speaks of a part {}; expected one of trg_part_kind", part); }

void take_count(void* context, std::int32_t part, std::int64_t samples) noexcept {
  take(context, [&](Told& told) {
    require_part(part);
    require(samples >= 0 && samples <= most_samples, "says that its {} part has {} samples; expected 0 to {}", to_string(static_cast<Part>(part)), samples, most_samples);
    told.counts[static_cast<std::size_t>(part)] = samples;
  });
}

std::string name_of(const char* name, std::string_view what) {
  require(name != nullptr, "{} is null", what);
  const std::size_t bytes = ::strnlen(name, most_bytes_of_name + 1);
  require(bytes <= most_bytes_of_name, "{} is longer than {} bytes, or has no end", what, most_bytes_of_name);
  return std::string(name, bytes);
}

Field field_from(const trg_field& native) {
  require(native.name != nullptr, "describes a field without a name");
  const std::string name = name_of(native.name, "the name of a field"), shown = printable_line(name);
  require(native.role >= TRG_FEATURE && native.role <= TRG_SAMPLE_WEIGHT, "gives the field \"{}\" the role {}; expected one of trg_role", shown, native.role);
  require(native.type >= TRG_F32 && native.type <= TRG_U8, "gives the field \"{}\" the element type {}; expected one of trg_type", shown, native.type);
  require(native.rank >= 0 && native.rank < TRG_MOST_AXES && (native.rank == 0 || native.shape), "gives the field \"{}\" {} axes; expected 0 to {}, with their lengths", shown, native.rank, TRG_MOST_AXES - 1);
  require(native.classes >= 0 && (!native.class_names || native.classes <= most_names), "says that the field \"{}\" has {} classes; expected 0 or more, and at most {} with names", shown, native.classes, most_names);
  Field field{name, static_cast<Role>(native.role), static_cast<ElementType>(native.type), {}, native.classes, {}, (native.flags & TRG_ABSENT) != 0};
  if (native.rank > 0) field.shape.assign(native.shape, native.shape + native.rank);
  for (const std::int64_t extent : field.shape) require(extent >= -1, "gives the field \"{}\" the shape {}; expected lengths of 0 or more, and -1 for that of a bucket", shown, teranga::to_string(field.shape));
  for (std::int64_t i = 0; native.class_names && i < native.classes; ++i) field.class_names.push_back(name_of(native.class_names[i], fmt::format("the name of class {} of the field \"{}\"", i, shown)));
  const std::int64_t columns = native.columns ? native.column_count : 0;
  require(columns >= 0 && (columns <= 1 || (!field.shape.empty() && columns == field.shape.back())), "gives the field \"{}\" of shape {} the names of {} columns; expected one, or one for each element of the last axis", shown,
          teranga::to_string(field.shape), columns);
  for (std::int64_t i = 0; i < columns; ++i) field.columns.push_back(name_of(native.columns[i], fmt::format("the name of column {} of the field \"{}\"", i, shown)));
  if (!native.offsets || !native.scales) return field;
  const std::int64_t units = field.shape.empty() ? 1 : field.shape.back();
  require(units >= 0, "gives the field \"{}\" offsets and scales, and a last axis that is as long as a bucket", shown);
  field.offsets.assign(native.offsets, native.offsets + units), field.scales.assign(native.scales, native.scales + units);
  return field;
}

void take_field(void* context, const trg_field* native) noexcept {
  take(context, [&](Told& told) {
    require(native != nullptr && native->size >= least_field, "describes a field by a record of {} bytes; expected at least {}", native ? native->size : 0, least_field);
    require(told.fields.size() < TRG_MOST_ITEMS, "describes more than {} fields", +TRG_MOST_ITEMS);
    told.fields.push_back(field_from(*native));
  });
}

void take_bucket(void* context, std::int64_t length) noexcept {
  take(context, [&](Told& told) {
    require(told.buckets.size() < TRG_MOST_ITEMS, "tells of more than {} buckets", +TRG_MOST_ITEMS);
    told.buckets.push_back(length);
  });
}

void take_blocks(void* context, std::int32_t part, std::int64_t rows, std::int64_t window) noexcept {
  take(context, [&](Told& told) {
    require_part(part);
    require(rows >= 1 && window >= rows && window <= most_samples, "tells of blocks of {} samples and a window of {}; expected 1 or more, and a window of a block or more", rows, window);
    told.blocks[static_cast<std::size_t>(part)] = {rows, window};
  });
}

}  // namespace

trg_data_answer answer_into(Told& told) noexcept {
  trg_data_answer answer{};
  answer.size = sizeof(answer);
  answer.context = &told;
  answer.count = take_count;
  answer.field = take_field;
  answer.bucket = take_bucket;
  answer.blocks = take_blocks;
  return answer;
}

}  // namespace teranga::data
