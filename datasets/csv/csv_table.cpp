// SPDX-License-Identifier: Apache-2.0
// From texts to values, column by column; the texts of a column are given up as it is done.
#include "csv_table.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

namespace teranga::datasets {

namespace {

class Typing {
 public:
  Typing(const TextTable& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form) : texts_(texts), request_(request), layout_(layout), form_(form) {}

  // Stops at the first cell that is at fault, and adds the fault.
  Column column(std::size_t which, std::vector<ColumnFault>& faults) const {
    const ColumnLayout& layout = layout_.columns[which];
    Column column;
    std::unordered_map<std::string, std::int32_t> index;
    std::optional<ColumnFault> fault;
    each([&](std::string_view text, std::int64_t record) {
      if (fault) return;
      if (is_missing(layout, text)) {
        if (request_.missing_is_error || layout.use == ColumnUse::target) {
          fault = missing_value(which, text, record);
          return;
        }
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
        if (!good) fault = no_value(which, text, record);
        column.numbers.push_back(value);
      }
    }, which);
    if (fault) fault->at = which, faults.push_back(std::move(*fault));
    return column;
  }

  struct Missing {
    std::int64_t cells = 0, first = 0, values = 0;  // first: the record
  };
  Missing missing(std::size_t which) const {
    Missing found;
    each([&](std::string_view text, std::int64_t record) {
      if (!is_missing(layout_.columns[which], text)) ++found.values;
      else if (found.cells++ == 0) found.first = record;
    }, which);
    return found;
  }

 private:
  template <class F>
  void each(F&& take, std::size_t which) const {
    each_cell(texts_, *form_.places[which], form_.header, take);
  }

  bool is_missing(const ColumnLayout& layout, std::string_view text) const {
    return layout.kind == ColumnKind::words ? request_.missing(text) : request_.missing_among_numbers(text);
  }

  ColumnFault missing_value(std::size_t which, std::string_view text, std::int64_t record) const {
    const ColumnLayout& layout = layout_.columns[which];
    const bool target = layout.use == ColumnUse::target;
    return {.column = layout.name,
            .text = fmt::format("the column \"{}\" has no value here (\"{}\" means missing)", layout.name, text),
            .answer = target ? "missing_target = \"leave out\"" : "missing = \"mean\"",
            .place = place_of(texts_, record, *form_.places[which]),
            .record = record};
  }

  ColumnFault no_value(std::size_t which, std::string_view text, std::int64_t record) const {
    const ColumnLayout& layout = layout_.columns[which];
    const Written written = how_written(text);
    const bool dates = layout.kind == ColumnKind::dates, other_form = !dates && (written == Written::comma || written == Written::point);
    const char* expected = dates ? "a date" : written == Written::no_number ? "a number" : other_form ? (form_.numbers.decimal == '.' ? "a number with a decimal point" : "a number with a decimal comma") : "a number of the range of f32 (3.4e38)";
    return {.column = layout.name,
            .text = fmt::format("expected {} in the column \"{}\", found \"{}\"", expected, layout.name, text.substr(0, 60)),
            .answer = other_form ? form_.decimal_hint : "",
            .place = place_of(texts_, record, *form_.places[which]),
            .record = record};
  }

  const TextTable& texts_;
  const CsvRequest& request_;
  const CsvLayout& layout_;
  const TableForm& form_;
};

}  // namespace

Table typed_table(TextTable&& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form, bool whole, std::vector<ColumnFault>& faults) {
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
    if (std::any_of(faults.begin(), faults.end(), [&](const ColumnFault& fault) { return fault.at == i; })) continue;
    table.columns[i] = typing.column(i, faults);
    texts.columns[*form.places[i]] = TextColumn();
  }
  if (!form.header && !texts.leaves_out(-1)) table.lines.push_back(texts.first_line);
  for (std::int64_t record = 0; record < texts.records(); ++record)
    if (!texts.leaves_out(record)) table.lines.push_back(texts.lines[static_cast<std::size_t>(record)]);
  return table;
}

}  // namespace teranga::datasets
