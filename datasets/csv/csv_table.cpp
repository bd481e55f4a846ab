// SPDX-License-Identifier: Apache-2.0
// From texts to values, column by column; the texts of a column are given up as it is done.
#include "csv_table.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "column_names.hpp"
#include "column_scan.hpp"

namespace teranga::datasets {

namespace {

class Typing {
 public:
  Typing(const TextTable& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form) : texts_(texts), request_(request), layout_(layout), form_(form), without_code_(layout.columns.size()) {
    if (!request_.missing(code) || !texts_.declared.empty()) return;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (form_.places[i] && layout_.columns[i].use != ColumnUse::ignored && layout_.columns[i].kind == ColumnKind::words) without_code_[i] = words_without_code(i);
  }

  // Adds the first fault, and stops where a cell has another kind of value.
  Column column(std::size_t which, std::vector<ColumnFault>& faults) {
    const ColumnLayout& layout = layout_.columns[which];
    Column column;
    std::unordered_map<std::string, std::int32_t> index;
    std::optional<ColumnFault> fault;
    bool stopped = false;
    each([&](std::string_view text, std::int64_t record) {
      if (stopped) return;
      if (is_missing(layout, text)) {
        if (!fault && (request_.missing_is_error || layout.use == ColumnUse::target)) fault = missing_value(which, text, record);
        ++column.missing;
        if (!request_.missing(text)) usual_.insert(std::string(text));
        if (layout.kind == ColumnKind::words) column.words.push_back(-1);
        else column.numbers.push_back(std::numeric_limits<double>::quiet_NaN());
      } else if (layout.kind == ColumnKind::words) {
        const auto [at, added] = index.emplace(std::string(text), static_cast<std::int32_t>(column.vocabulary.size()));
        if (added) column.vocabulary.emplace_back(text);
        column.words.push_back(at->second);
      } else {
        double value = 0;
        const bool good = layout.kind == ColumnKind::dates ? parse_date(text, form_.orders[which], value) : parse_number(text, form_.numbers, value);
        if (!good) fault = no_value(which, text, record), stopped = true;
        column.numbers.push_back(value);
      }
    }, which);
    if (fault && !stopped && column.missing > 1) fault->text += fmt::format("; {} more of its cells have none", column.missing - 1);
    if (!fault) fault = undeclared(which, column);
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

  // "NA" in a column of two-letter codes is Namibia or the like: the option that takes it as a word, where no other column has it. Else empty.
  const std::string& without_code(std::size_t which) const { return without_code_[which]; }

 private:
  static constexpr const char* code = "NA";
  static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

  std::string words_without_code(std::size_t which) const {
    std::int64_t codes = 0, here = 0, strange = 0;
    bool elsewhere = false;
    each([&](std::string_view text, std::int64_t) {
      if (text == code) ++here;
      else if (!request_.missing(text)) text.size() == 2 && is_capital(text[0]) && is_capital(text[1]) ? void(++codes) : void(++strange);
    }, which);
    if (here == 0 || codes <= 2 * strange) return {};
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (i != which && form_.places[i] && layout_.columns[i].use != ColumnUse::ignored) each([&](std::string_view text, std::int64_t) { elsewhere = elsewhere || text == code; }, i);
    std::vector<std::string> words = request_.missing_words();
    std::erase(words, code);
    return elsewhere ? "" : with_words_without_code(words);
  }

  // Long lists are said in words: a hint has room for 511 bytes.
  std::string with_words_without_code(const std::vector<std::string>& words) const {
    constexpr std::size_t most_bytes = 300;
    const std::string all = more_in("missing_words", words, layout_.usual_words);
    return all.size() <= most_bytes ? all : fmt::format("leave \"{}\" out of missing_words", code);
  }

  std::string code_hint(std::size_t which) const { return without_code_[which].empty() ? "" : without_code_[which] + " where \"NA\" is a word of its own, or "; }

  template <class F>
  void each(F&& take, std::size_t which) const {
    each_cell(texts_, *form_.places[which], form_.header, take);
  }

  bool is_missing(const ColumnLayout& layout, std::string_view text) const {
    return layout.kind == ColumnKind::words ? request_.missing_among_words(text, layout.values) : request_.missing_among_numbers(text);
  }

  // A class that an ARFF file does not declare.
  std::optional<ColumnFault> undeclared(std::size_t which, const Column& column) const {
    const ColumnLayout& layout = layout_.columns[which];
    if (layout.use != ColumnUse::target || layout.declared.empty() || texts_.declared.empty()) return std::nullopt;
    for (const std::string& word : column.vocabulary) {
      if (std::find(layout.declared.begin(), layout.declared.end(), word) != layout.declared.end()) continue;
      std::int64_t at = -1;
      each([&](std::string_view text, std::int64_t record) {
        if (at < 0 && text == word) at = record;
      }, which);
      return ColumnFault{.column = layout.name,
                         .text = fmt::format("expected in the column \"{}\" one of its declared values ({}), found \"{}\"", layout.name, listed(layout.declared), word.substr(0, 60)),
                         .answer = fmt::format("add \"{}\" to the values in the line @attribute of \"{}\"", word, layout.name),
                         .place = place_of(texts_, at, *form_.places[which]),
                         .record = at};
    }
    return std::nullopt;
  }

  ColumnFault missing_value(std::size_t which, std::string_view text, std::int64_t record) const {
    const ColumnLayout& layout = layout_.columns[which];
    const bool target = layout.use == ColumnUse::target;
    return {.column = layout.name,
            .text = fmt::format("the column \"{}\" has no value here (\"{}\" means missing)", layout.name, text),
            .answer = code_hint(which) + (target ? "missing_target = \"leave out\"" : "missing = \"mean\""),
            .place = place_of(texts_, record, *form_.places[which]),
            .record = record};
  }

  ColumnFault no_value(std::size_t which, std::string_view text, std::int64_t record) const {
    const ColumnLayout& layout = layout_.columns[which];
    const Written written = how_written(text);
    const bool dates = layout.kind == ColumnKind::dates, other_form = !dates && (written == Written::comma || written == Written::point);
    ColumnFault fault{.column = layout.name, .place = place_of(texts_, record, *form_.places[which]), .record = record};
    if (!dates && !other_form && layout.use == ColumnUse::feature) fault.missing = words_for_missing(which);
    else if (!dates && !other_form && !words_for_missing(which).empty())
      fault.last_answer = words_left_out(request_, words_for_missing(which));
    const char* expected = dates ? "a date" : written == Written::no_number ? "a number" : other_form ? (form_.numbers.decimal == '.' ? "a number with a decimal point" : "a number with a decimal comma") : "a number of the range of f32 (3.4e38)";
    fault.text = fmt::format("expected {} in the column \"{}\", found \"{}\"", expected, layout.name, text.substr(0, ColumnScan::most_told));
    if (other_form) fault.answer = form_.decimal_hint;
    return fault;
  }

  // The words of a column of numbers, and those that stand for a missing value by themselves where the recipe names none; nothing where the column has many.
  std::vector<std::string> words_for_missing(std::size_t which) const {
    constexpr std::size_t most_words = 5;
    std::vector<std::string> words = layout_.usual_words, own;
    words.insert(words.end(), usual_.begin(), usual_.end());
    const auto add = [](std::vector<std::string>& to, std::string_view text) {
      if (std::find(to.begin(), to.end(), text) == to.end()) to.emplace_back(text);
    };
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (form_.places[i] && layout_.columns[i].kind != ColumnKind::words && layout_.columns[i].use != ColumnUse::ignored)
        each([&](std::string_view text, std::int64_t) {
          if (request_.missing(text)) return;
          if (request_.missing_among_numbers(text)) add(words, text);
          else if (double number = 0; i == which && own.size() <= most_words && !parse_number(text, form_.numbers, number)) add(own, text);
        }, i);
    if (own.size() > most_words) return {};
    for (const std::string& word : own) add(words, word);
    return words;
  }

  const TextTable& texts_;
  const CsvRequest& request_;
  const CsvLayout& layout_;
  const TableForm& form_;
  std::vector<std::string> without_code_;  // of each column
  std::set<std::string> usual_;            // words that were taken as missing values though the recipe names none
};

}  // namespace

Table typed_table(TextTable& texts, const CsvRequest& request, const CsvLayout& layout, const TableForm& form, bool whole, std::vector<ColumnFault>& faults) {
  Table table;
  table.path = texts.path(), table.reading = texts.reading, table.named = form.header;
  Typing typing(texts, request, layout, form);
  for (std::size_t i = 0; i < layout.columns.size(); ++i)
    if (layout.columns[i].use == ColumnUse::target && !form.places[i]) table.targets = false;
  for (std::size_t i = 0; i < layout.columns.size() && !whole && table.targets; ++i) {
    if (layout.columns[i].use != ColumnUse::target) continue;
    const Typing::Missing missing = typing.missing(i);
    table.targets = missing.cells == 0 || (request.judged && missing.values > 0);  // then that is a fault
    if (!table.targets && missing.values > 0)
      table.notes.push_back(fmt::format("the column \"{}\" has no value in line {}, so no target of this table is used", layout.columns[i].name, missing.first < 0 ? texts.first_line : texts.lines[static_cast<std::size_t>(missing.first)]));
  }
  table.columns.resize(layout.columns.size());
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const ColumnUse use = layout.columns[i].use;
    if (use == ColumnUse::ignored || (use == ColumnUse::target && !table.targets)) continue;
    if (std::any_of(faults.begin(), faults.end(), [&](const ColumnFault& fault) { return fault.at == i; })) continue;
    table.columns[i] = typing.column(i, faults);
    texts.columns[*form.places[i]] = TextColumn();
    if (whole && table.columns[i].missing > 0 && !typing.without_code(i).empty())
      table.notes.push_back(fmt::format("\"NA\" in the column \"{}\" of two-letter words stands for a missing value; where it is a word of its own: {}", layout.columns[i].name, typing.without_code(i)));
  }
  if (!form.header && !texts.leaves_out(-1)) table.lines.push_back(texts.first_line);
  for (std::int64_t record = 0; record < texts.records(); ++record)
    if (!texts.leaves_out(record)) table.lines.push_back(texts.lines[static_cast<std::size_t>(record)]);
  return table;
}

}  // namespace teranga::datasets
