// SPDX-License-Identifier: Apache-2.0
// From texts to values, column by column; the texts of a column are given up as it is done.
#include "csv_table.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

class Typing {
 public:
  Typing(const TextTable& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form) : texts_(texts), request_(request), layout_(layout), form_(form) {}

  Column column(std::size_t which) const {
    const ColumnLayout& layout = layout_.columns[which];
    Column column;
    std::unordered_map<std::string, std::int32_t> index;
    each_cell(which, [&](std::string_view text, std::int64_t record) {
      if (is_missing(layout, text)) {
        if (request_.missing_is_error || layout.use == ColumnUse::target) refuse_missing(which, text, record);
        ++column.missing;
        if (layout.kind == ColumnKind::words) column.words.push_back(-1);
        else column.numbers.push_back(std::numeric_limits<double>::quiet_NaN());
      } else if (layout.kind == ColumnKind::words) {
        const auto [at, added] = index.emplace(std::string(text), static_cast<std::int32_t>(column.vocabulary.size()));
        if (added) column.vocabulary.emplace_back(text);
        column.words.push_back(at->second);
      } else {
        double value = 0;
        const bool good = layout.kind == ColumnKind::dates ? parse_date(text, form_.orders[which], value) : parse_number(text, form_.numbers, value);
        if (!good) refuse(which, text, record);
        column.numbers.push_back(value);
      }
    });
    return column;
  }

  struct Missing {
    std::int64_t cells = 0, first = 0, values = 0;  // first: the record
  };
  Missing missing(std::size_t which) const {
    Missing found;
    each_cell(which, [&](std::string_view text, std::int64_t record) {
      if (!is_missing(layout_.columns[which], text)) ++found.values;
      else if (found.cells++ == 0) found.first = record;
    });
    return found;
  }

 private:
  template <class F>
  void each_cell(std::size_t which, F&& take) const {
    const std::size_t at = *form_.places[which];
    if (!form_.header) take(std::string_view(texts_.first[at]), std::int64_t{-1});
    texts_.columns[at].each(take);
  }

  bool is_missing(const ColumnLayout& layout, std::string_view text) const {
    return layout.kind == ColumnKind::words ? request_.missing(text) : request_.missing_among_numbers(text);
  }

  [[noreturn]] void refuse_missing(std::size_t which, std::string_view text, std::int64_t record) const {
    const ColumnLayout& layout = layout_.columns[which];
    throw sdk::DataError(place_of(texts_, record, *form_.places[which]), fmt::format("the column \"{}\" has no value here (\"{}\" means missing)", layout.name, text), record,
                         layout.use == ColumnUse::target ? "leave out rows without a target" : "missing = \"mean\"");
  }

  [[noreturn]] void refuse(std::size_t which, std::string_view text, std::int64_t record) const {
    const ColumnLayout& layout = layout_.columns[which];
    const Written written = how_written(text);
    const bool dates = layout.kind == ColumnKind::dates, other_form = !dates && (written == Written::comma || written == Written::point);
    const char* expected = dates ? "a date" : written == Written::no_number ? "a number" : other_form ? (form_.numbers.decimal == '.' ? "a number with a decimal point" : "a number with a decimal comma") : "a number of the range of f32 (3.4e38)";
    throw sdk::DataError(place_of(texts_, record, *form_.places[which]), fmt::format("expected {} in the column \"{}\", found \"{}\"", expected, layout.name, text.substr(0, 60)), record, other_form ? form_.decimal_hint : "");
  }

  const TextTable& texts_;
  const CsvRequest& request_;
  const CsvLayout& layout_;
  const TableForm& form_;
};

}  // namespace

Table typed_table(TextTable&& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form, bool whole) {
  Table table;
  table.path = texts.path(), table.separator = texts.separator;
  const Typing typing(texts, request, layout, form);
  for (std::size_t i = 0; i < layout.columns.size(); ++i)
    if (layout.columns[i].use == ColumnUse::target && !form.places[i]) table.targets = false;
  for (std::size_t i = 0; i < layout.columns.size() && !whole && table.targets; ++i) {
    if (layout.columns[i].use != ColumnUse::target) continue;
    const Typing::Missing missing = typing.missing(i);
    table.targets = missing.cells == 0;
    if (missing.cells > 0 && missing.values > 0)
      table.notes.push_back(fmt::format("the targets of this table are passed over, for the column \"{}\" has no value in line {}", layout.columns[i].name, missing.first < 0 ? texts.first_line : texts.lines[static_cast<std::size_t>(missing.first)]));
  }
  table.columns.resize(layout.columns.size());
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const ColumnUse use = layout.columns[i].use;
    if (use == ColumnUse::ignored || (use == ColumnUse::target && !table.targets)) continue;
    table.columns[i] = typing.column(i);
    texts.columns[*form.places[i]] = TextColumn();
  }
  if (!form.header) table.lines.push_back(texts.first_line);
  table.lines.insert(table.lines.end(), texts.lines.begin(), texts.lines.end());
  return table;
}

}  // namespace teranga::datasets
