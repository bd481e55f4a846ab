// SPDX-License-Identifier: Apache-2.0
// Learning, and the bytes.
#include "encoding.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/sdk/error.hpp>

#include "column_names.hpp"

namespace teranga::datasets {

namespace {

constexpr std::string_view signature = "teranga.csv 4\n", without_quotes = "teranga.csv 3\n", former_signatures[] = {"teranga.csv 1\n", "teranga.csv 2\n"};
const char* const kind_names[] = {"numbers", "words", "dates"};

std::optional<NumberEncoding> learn_numbers(const Column& column, const ColumnLayout& layout, std::size_t part, std::span<const std::int64_t> rows, Normalize normalize) {
  const Spread spread = spread_of([&](auto&& take) {
    for (const std::int64_t row : rows)
      if (const double value = column.numbers[static_cast<std::size_t>(row)]; !std::isnan(value)) take(layout.kind == ColumnKind::dates ? date_parts(value)[part] : value);
  });
  if (spread.count == 0) return std::nullopt;
  const Scale scale = scale_of(spread, normalize);
  return NumberEncoding{scale.offset, scale.factor, spread.mean, spread.deviation, spread.least, spread.most};
}

[[noreturn]] void refuse_empty(const CsvLayout& layout, const std::vector<std::string>& columns) {
  std::vector<std::string> ignored;
  for (const ColumnLayout& one : layout.columns)
    if (one.use == ColumnUse::ignored) ignored.push_back(one.name);
  throw sdk::DataError("", fmt::format("the column{} {} {} no value in any training row", columns.size() > 1 ? "s" : "", listed(columns), columns.size() > 1 ? "have" : "has"), -1, some_in("ignore", ignored, columns));
}

// Words that are one number, such as "1" and "1.0", as find_value() of other tables takes them: each longer one with the shortest one. Where any word is no number, or
// is a code such as "01", each stands for itself.
std::unordered_map<std::string_view, std::string_view> shortest_of_equal(const std::vector<std::string>& words) {
  std::unordered_map<double, std::vector<std::string_view>> equal;
  for (const std::string& word : words) {
    double value = 0;
    if (!parse_number(word, value)) return {};
    equal[value].push_back(word);
  }
  std::unordered_map<std::string_view, std::string_view> shortest;
  for (const auto& [value, same] : equal) {
    if (same.size() < 2 || std::any_of(same.begin(), same.end(), is_code)) continue;
    const std::string_view one = *std::min_element(same.begin(), same.end(), [](std::string_view a, std::string_view b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
    for (const std::string_view word : same)
      if (word != one) shortest.emplace(word, one);
  }
  return shortest;
}

void learn_words(const Column& column, std::span<const std::int64_t> rows, const std::vector<std::string>& declared, ColumnEncoding& encoding) {
  std::vector<std::int64_t> seen(column.vocabulary.size(), 0);
  for (const std::int64_t row : rows)
    if (const std::int32_t word = column.words[static_cast<std::size_t>(row)]; word >= 0) ++seen[static_cast<std::size_t>(word)], ++encoding.present;
  std::vector<std::string> words;
  std::unordered_map<std::string_view, std::int64_t> counts;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i] > 0) words.push_back(column.vocabulary[i]);
  std::unordered_map<std::string_view, std::string_view> one;
  if (declared.empty()) one = shortest_of_equal(words);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] == 0) continue;
    const auto shorter = one.find(column.vocabulary[i]);
    counts[shorter == one.end() ? std::string_view(column.vocabulary[i]) : shorter->second] += seen[i];
  }
  if (!declared.empty()) {
    encoding.categories = declared;
  } else {
    for (const std::string& word : words)
      if (counts.contains(word)) encoding.categories.push_back(word);
    sort_labels(encoding.categories);
  }
  for (const std::string& category : encoding.categories) encoding.counts.push_back(counts[category]);
}

template <class E>
E choice(UnpackedBytes& unpack, std::uint8_t last) {
  const auto value = unpack.get<std::uint8_t>();
  if (value > last) UnpackedBytes::damaged();
  return static_cast<E>(value);
}

ColumnLayout unpack_layout(UnpackedBytes& unpack) {
  ColumnLayout layout;
  layout.name = unpack.text();
  layout.use = choice<ColumnUse>(unpack, 2);
  layout.kind = choice<ColumnKind>(unpack, 2);
  layout.order = choice<DateOrder>(unpack, 2);
  layout.with_time = choice<std::uint8_t>(unpack, 1) != 0;
  if (layout.kind == ColumnKind::dates && layout.use == ColumnUse::target) UnpackedBytes::damaged();
  return layout;
}

ColumnEncoding unpack_column(UnpackedBytes& unpack, const ColumnLayout& layout) {
  ColumnEncoding column;
  if (layout.use == ColumnUse::ignored) return column;
  for (std::size_t part = number_parts(layout); part > 0; --part) {
    NumberEncoding& number = column.numbers.emplace_back();
    for (double* value : {&number.offset, &number.factor, &number.mean, &number.deviation, &number.least, &number.most}) *value = unpack.get<double>();
  }
  if (layout.kind != ColumnKind::words) return column;
  for (auto left = unpack.get<std::uint64_t>(); left > 0; --left) {
    column.categories.push_back(unpack.text());
    column.counts.push_back(unpack.get<std::int64_t>());
    if (column.counts.back() < 0 || column.counts.back() > INT64_MAX - column.present) UnpackedBytes::damaged();
    column.present += column.counts.back();
  }
  return column;
}

}  // namespace

bool is_code(std::string_view word) { return word.size() > 1 && word[0] == '0' && word[1] >= '0' && word[1] <= '9'; }

std::vector<std::string> names_of_parts(const ColumnLayout& column, const ColumnEncoding& encoding) {
  std::vector<std::string> names;
  if (column.kind == ColumnKind::numbers) names.push_back(column.name);
  for (std::size_t part = 0; column.kind == ColumnKind::dates && part < encoding.numbers.size(); ++part) names.push_back(fmt::format("{} {}", column.name, date_part_names[part]));
  for (const std::string& category : encoding.categories) names.push_back(fmt::format("{}={}", column.name, category));
  return names;
}

std::size_t number_parts(const ColumnLayout& column) {
  if (column.kind == ColumnKind::words) return 0;
  return column.kind == ColumnKind::numbers ? 1 : column.with_time ? 5 : 4;
}

Encoding learn(const Table& table, const CsvLayout& layout, std::span<const std::int64_t> rows, const Normalizing& normalize) {
  Encoding encoding{layout, std::vector<ColumnEncoding>(layout.columns.size())};
  std::vector<std::string> empty;
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const ColumnLayout& column = layout.columns[i];
    if (column.use == ColumnUse::ignored) continue;
    for (std::size_t part = 0; part < number_parts(column); ++part) {
      const auto numbers = learn_numbers(table.columns[i], column, part, rows, column.use == ColumnUse::feature ? normalize.features : normalize.targets);
      if (numbers) encoding.columns[i].numbers.push_back(*numbers);
      else if (part == 0) empty.push_back(column.name);
    }
    if (column.kind == ColumnKind::words) learn_words(table.columns[i], rows, column.use == ColumnUse::target ? column.declared : std::vector<std::string>(), encoding.columns[i]);
  }
  if (!empty.empty()) refuse_empty(layout, empty);
  return encoding;
}

std::string Encoding::to_bytes() const {
  PackedBytes bytes(signature);
  bytes.put<std::uint8_t>(layout.named);
  pack_marks(bytes, {layout.separator, layout.quotes});
  pack_form(bytes, layout.numbers);
  bytes.put<std::uint64_t>(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnLayout& column = layout.columns[i];
    bytes.text(column.name);
    for (const std::uint8_t value : {static_cast<std::uint8_t>(column.use), static_cast<std::uint8_t>(column.kind), static_cast<std::uint8_t>(column.order), static_cast<std::uint8_t>(column.with_time)}) bytes.put(value);
    for (const NumberEncoding& number : columns[i].numbers)
      for (const double value : {number.offset, number.factor, number.mean, number.deviation, number.least, number.most}) bytes.put(value);
    if (column.use == ColumnUse::ignored || column.kind != ColumnKind::words) continue;
    bytes.put<std::uint64_t>(columns[i].categories.size());
    for (std::size_t c = 0; c < columns[i].categories.size(); ++c) {
      bytes.text(columns[i].categories[c]);
      bytes.put(columns[i].counts[c]);
    }
  }
  return bytes.take();
}

Encoding Encoding::from_bytes(std::string_view bytes) {
  for (const std::string_view former : former_signatures)
    if (bytes.starts_with(former)) throw sdk::DataError("", "the checkpoint was made by a former version of this data set, which kept less of the table", -1, "train anew: --fresh, or another --run");
  const bool without = bytes.starts_with(without_quotes);  // that version kept nothing of quotes
  UnpackedBytes unpack(bytes, without ? without_quotes : signature, "a table");
  Encoding encoding;
  encoding.layout.named = choice<std::uint8_t>(unpack, 1) != 0;
  encoding.layout.separator = unpack.get<char>();
  if (encoding.layout.separator == 0) UnpackedBytes::damaged();
  if (!without) encoding.layout.quotes = unpack_quotes(unpack);
  encoding.layout.numbers = unpack_form(unpack);
  for (auto left = unpack.get<std::uint64_t>(); left > 0; --left) {  // each takes 12 bytes or more: a wrong count soon ends
    encoding.layout.columns.push_back(unpack_layout(unpack));
    encoding.columns.push_back(unpack_column(unpack, encoding.layout.columns.back()));
  }
  unpack.end();
  return encoding;
}

void check_same_columns(const Encoding& learnt, const CsvLayout& layout) {
  const std::vector<ColumnLayout>& expected = learnt.layout.columns;
  if (expected.size() != layout.columns.size())
    throw sdk::DataError("", fmt::format("expected a table of {} columns, as the checkpoint learnt from, found {}", expected.size(), layout.columns.size()));
  const auto said = [](const ColumnLayout& column) { return column.use == ColumnUse::ignored ? std::string("left out") : fmt::format("a {} of {}", column.use == ColumnUse::target ? "target" : "feature", kind_names[static_cast<std::size_t>(column.kind)]); };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ColumnLayout &one = expected[i], &other = layout.columns[i];
    const bool same = one.name == other.name && one.use == other.use && (one.use == ColumnUse::ignored || (one.kind == other.kind && one.with_time == other.with_time));
    if (!same)
      throw sdk::DataError("", fmt::format("expected the column \"{}\" ({}), as the checkpoint learnt from, found \"{}\" ({})", one.name, said(one), other.name, said(other)));
  }
}

}  // namespace teranga::datasets
