// SPDX-License-Identifier: Apache-2.0
#include "column_scan.hpp"

#include <algorithm>

namespace teranga::datasets {

namespace {

// With a digit and without a letter, as amounts of money, shares and times are written; "10-19" is a range, which is no number.
bool looks_like_number(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (std::none_of(text.begin(), text.end(), digit)) return false;
  for (const char c : text)
    if (const auto byte = static_cast<unsigned char>(c); (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= 0xc3 && byte != 0xe2)) return false;
  const std::size_t dash = text.find('-');
  const bool range = dash != text.npos && dash > 0 && dash + 1 < text.size() && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dash), digit) && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(dash) + 1, text.end(), digit);
  return !range || (dash == 4 && text.size() == 7);  // a year and its month
}

// "EUR" of "34.56 EUR" and "EUR 34.56": a word of up to six bytes and no digit, apart from the number by a blank, or of two bytes or more behind it. Else empty.
std::string_view unit_of(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto is_unit = [&](std::string_view unit) {
    return !unit.empty() && unit.size() <= 6 && std::any_of(unit.begin(), unit.end(), letter) && unit.find_first_of("0123456789 -_") == unit.npos;
  };
  const auto is_number = [](std::string_view number) { return how_written(number) != Written::no_number; };
  if (const std::size_t blank = text.rfind(' '); blank != text.npos && blank > 0) {
    if (is_unit(text.substr(blank + 1)) && is_number(text.substr(0, blank))) return text.substr(blank + 1);
    const std::size_t first = text.find(' ');
    return is_unit(text.substr(0, first)) && is_number(text.substr(first + 1)) ? text.substr(0, first) : std::string_view();
  }
  const std::size_t digit = text.find_last_of("0123456789");
  if (digit == text.npos || digit + 3 > text.size()) return {};
  return is_unit(text.substr(digit + 1)) && is_number(text.substr(0, digit + 1)) ? text.substr(digit + 1) : std::string_view();
}

// False where there is no room for another text.
bool keep(std::vector<ColumnScan::Kept>& kept, const ColumnScan::Kept& cell) {
  if (std::any_of(kept.begin(), kept.end(), [&](const ColumnScan::Kept& known) { return known.text == cell.text; })) return true;
  if (kept.size() == ColumnScan::most_kept) return false;
  kept.push_back(cell);
  return true;
}

}  // namespace

void ColumnScan::add(std::string_view text, std::int64_t record, const CsvRequest& request) {
  if (request.missing(text)) {
    ++missing;
    return;
  }
  if (const Written written = how_written(text); written != Written::no_number) {
    const std::size_t length = written == Written::plain && text[0] >= '0' && text[0] <= '9' ? text.size() : 0;
    digits = numbers.numbers() == 0 || digits == length ? length : 0;
    if (length > 1 && text[0] == '0' && coded++ == 0) code = text.substr(0, 60);
    return numbers.add(written, text, record);
  }
  if (request.missing_among_numbers(text)) {
    ++usually_missing;
    if (std::find(usual_words.begin(), usual_words.end(), text) == usual_words.end()) usual_words.emplace_back(text);
    return;
  }
  const Kept cell{record, std::string(text.substr(0, most_bytes))};
  if (const DateSeen seen = see_date(text); seen.any()) {
    ++dates;
    date_orders[0] += seen.year_first, date_orders[1] += seen.day_first, date_orders[2] += seen.month_first;
    same_dates += seen.same;
    times = times || seen.time;
    keep(first_dates, cell);
    return;
  }
  ++words;
  if (looks_like_number(text)) {
    if (like_numbers++ == 0 && with_unit == 0) like_number = text.substr(0, 60);
  } else if (const std::string_view one = units_differ ? std::string_view() : unit_of(text); !one.empty()) {
    if (unit.empty() && like_numbers == 0) like_number = text.substr(0, 60);
    add_units(one, 1);
  }
  more_words = !keep(first_words, cell) || more_words;
}

void ColumnScan::add_units(std::string_view one, std::int64_t count) {
  if (unit.empty()) unit = one;
  with_unit += count;
  if (unit == one) return;
  units_differ = true;
  with_unit = 0;
  unit.clear();
}

void ColumnScan::add(const ColumnScan& after) {
  missing += after.missing, usually_missing += after.usually_missing, dates += after.dates, same_dates += after.same_dates, words += after.words;
  if (like_numbers + with_unit == 0) like_number = after.like_number;
  if (units_differ || after.units_differ) units_differ = true, with_unit = 0, unit.clear();
  else if (!after.unit.empty()) add_units(after.unit, after.with_unit);
  like_numbers += after.like_numbers;
  if (numbers.numbers() == 0) digits = after.digits;
  else if (after.numbers.numbers() > 0 && digits != after.digits) digits = 0;
  if (coded == 0) code = after.code;
  coded += after.coded;
  numbers.add(after.numbers);
  for (std::size_t i = 0; i < date_orders.size(); ++i) date_orders[i] += after.date_orders[i];
  times = times || after.times;
  for (const Kept& cell : after.first_dates) keep(first_dates, cell);
  for (const Kept& cell : after.first_words) more_words = !keep(first_words, cell) || more_words;
  more_words = more_words || after.more_words;
  for (const std::string& word : after.usual_words)
    if (std::find(usual_words.begin(), usual_words.end(), word) == usual_words.end()) usual_words.push_back(word);
}

ColumnScan scan_column(const TextColumn& column, const CsvRequest& request) {
  ColumnScan scan;
  column.each([&](std::string_view text, std::int64_t record) { scan.add(text, record, request); });
  return scan;
}

ColumnScan scan_rows(const TextTable& table, std::size_t column, bool header, const CsvRequest& request) {
  ColumnScan scan;
  each_cell(table, column, header, [&](std::string_view text, std::int64_t record) { scan.add(text, record, request); });
  return scan;
}

}  // namespace teranga::datasets
