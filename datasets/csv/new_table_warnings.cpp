// SPDX-License-Identifier: Apache-2.0
#include "new_table_warnings.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "column_names.hpp"

namespace teranga::datasets {

namespace {

bool scaled_otherwise(const Encoding& learnt, ColumnUse use, Normalize normalize) {
  for (std::size_t i = 0; i < learnt.columns.size(); ++i)
    for (const NumberEncoding& number : learnt.columns[i].numbers) {
      const Scale scale = scale_of({1, number.mean, number.deviation, number.least, number.most}, normalize);
      if (learnt.layout.columns[i].use == use && (scale.offset != number.offset || scale.factor != number.factor)) return true;
    }
  return false;
}

std::vector<std::string> names_of(const CsvLayout& layout, ColumnUse use) {
  std::vector<std::string> names;
  for (const ColumnLayout& column : layout.columns)
    if (column.use == use) names.push_back(column.name);
  return names;
}

// Whether one of the columns, which are given by name or number, is of another use, or is none of the training.
bool has_others(const CsvLayout& layout, const std::vector<std::string>& wanted, ColumnUse use) {
  std::vector<std::string> names;
  for (const ColumnLayout& column : layout.columns) names.push_back(column.name);
  const ColumnNames columns(names);
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    std::vector<std::size_t> places = columns.places(name);
    if (const auto number = place_by_number(name, names.size()); places.empty() && number) places.push_back(*number);
    return std::none_of(places.begin(), places.end(), [&](std::size_t place) { return layout.columns[place].use == use; });
  });
}

}  // namespace

std::vector<std::string> options_without_effect(const CsvRequest& request, const Encoding& learnt) {
  std::vector<std::string> told;
  const auto tell = [&](const char* option, const std::string& what) { told.push_back(fmt::format("{} has no effect on new tables, for the training has learnt it: {}", option, what)); };
  const CsvLayout& layout = learnt.layout;
  if (scaled_otherwise(learnt, ColumnUse::feature, request.normalize)) tell("normalize", "the numbers are scaled as in the training");
  if (scaled_otherwise(learnt, ColumnUse::target, request.normalize_target ? request.normalize : Normalize::none)) tell("normalize_target", "the targets are scaled as in the training");
  if (has_others(layout, request.targets, ColumnUse::target)) tell("target", more_in("target", names_of(layout, ColumnUse::target), {}));
  if (has_others(layout, request.ignored, ColumnUse::ignored)) tell("ignore", more_in("ignore", names_of(layout, ColumnUse::ignored), {}));
  const bool dates = std::any_of(layout.columns.begin(), layout.columns.end(), [](const ColumnLayout& column) { return column.use == ColumnUse::feature && column.kind == ColumnKind::dates; });
  if (dates && request.dates != Dates::split) tell("dates", "dates = \"split\"");
  return told;
}

std::string numbers_far_outside(const Table& table, const Encoding& learnt) {
  constexpr double far = 10;
  constexpr std::size_t most_told = 5;
  std::vector<std::string> told;
  for (std::size_t c = 0; c < learnt.columns.size(); ++c) {
    const ColumnLayout& column = learnt.layout.columns[c];
    if (column.use != ColumnUse::feature || column.kind != ColumnKind::numbers) continue;
    const NumberEncoding& range = learnt.columns[c].numbers[0];
    const double width = range.most > range.least ? range.most - range.least : std::max(std::abs(range.least), 1.0);
    std::int64_t values = 0, outside = 0, apart = 0, distant = 0;
    for (const double value : table.columns[c].numbers) {
      if (std::isnan(value)) continue;
      const double beyond = std::max(range.least - value, value - range.most);
      ++values, outside += beyond > 0, apart += beyond > width, distant += beyond > far * width;
    }
    if (apart * 2 > values || distant > 0)
      told.push_back(fmt::format("column \"{}\": {} of {} values lie outside the range of the training ({:.10g} to {:.10g})", column.name, outside, values, range.least, range.most));
  }
  const std::size_t more = told.size() > most_told ? told.size() - most_told : 0;
  told.resize(told.size() - more);
  return fmt::format("{}{}", fmt::join(told, "; "), more ? fmt::format("; and so do values of {} more columns", more) : "");
}

}  // namespace teranga::datasets
