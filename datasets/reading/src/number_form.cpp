// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/number_form.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

// Without the blanks around it, which a quoted cell may have.
std::string_view bare(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A blank, also one that breaks no line (U+00A0, U+202F), or an apostrophe: its bytes at the front, or nothing.
std::string_view group_mark(std::string_view text) {
  for (const std::string_view mark : {" ", "'", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x99"})
    if (text.starts_with(mark)) return text.substr(0, mark.size());
  return {};
}

// 1 to 3 digits, then groups of 3, each behind that mark; no leading zero.
bool in_groups(std::string_view text, std::string_view mark) {
  std::size_t begin = 0;
  bool first = true;
  for (;;) {
    const std::size_t end = std::min(text.find(mark, begin), text.size());
    const std::string_view group = text.substr(begin, end - begin);
    if (!all_digits(group) || (first ? group.empty() || group.size() > 3 || group[0] == '0' : group.size() != 3)) return false;
    if (end == text.size()) return !first;
    first = false;
    begin = end + mark.size();
  }
}

// A number in its parts; `ok` where it is one.
struct Parts {
  bool ok = false;
  bool negative = false;
  std::string_view whole, fraction, exponent;  // the mantissa before and after the decimal mark; "e5" and the like
  char decimal = 0;                            // 0: none
  std::string_view mark;                       // between groups of `whole`
  bool only_mark = false;                      // one mark in all, a comma or point before three digits: it may be either
};

// Takes the exponent off.
std::string_view split_exponent(std::string_view text, std::string_view& exponent) {
  const std::size_t at = text.find_first_of("eE");
  if (at == text.npos) return text;
  exponent = text.substr(at);
  std::string_view digits = exponent.substr(1);
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) digits.remove_prefix(1);
  return digits.empty() || !all_digits(digits) ? std::string_view() : text.substr(0, at);
}

Parts parts_of(std::string_view text) {
  Parts parts;
  constexpr std::string_view minus = "\xe2\x88\x92";  // U+2212
  if (text.starts_with(minus)) parts.negative = true, text.remove_prefix(minus.size());
  else if (!text.empty() && (text[0] == '+' || text[0] == '-')) parts.negative = text[0] == '-', text.remove_prefix(1);
  text = split_exponent(text, parts.exponent);
  if (text.empty() || !std::any_of(text.begin(), text.end(), is_digit)) return parts;
  std::size_t commas = 0, points = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ',') ++commas, ++i;
    else if (text[i] == '.') ++points, ++i;
    else if (is_digit(text[i])) ++i;
    else if (const std::string_view mark = group_mark(text.substr(i)); !mark.empty() && (parts.mark.empty() || parts.mark == mark)) parts.mark = mark, i += mark.size();
    else return parts;
  }
  parts.whole = text;
  if (const std::size_t last = text.find_last_of(",."); last != text.npos) {
    const char c = text[last];
    const std::size_t same = c == ',' ? commas : points, other = c == ',' ? points : commas;
    const bool groups = same > 1 || (other == 0 && parts.mark.empty() && parts.exponent.empty() && in_groups(text, text.substr(last, 1)));
    if (same > 1 && (other > 0 || !parts.mark.empty())) return parts;
    parts.only_mark = same == 1 && groups;
    if (groups) {
      parts.mark = text.substr(last, 1);
    } else {
      parts.decimal = c, parts.whole = text.substr(0, last), parts.fraction = text.substr(last + 1);
      if (other > 0 && !parts.mark.empty()) return parts;
      if (other > 0) parts.mark = c == ',' ? "." : ",";
    }
  }
  const bool whole_fits = parts.mark.empty() ? all_digits(parts.whole) : in_groups(parts.whole, parts.mark);
  parts.ok = whole_fits && all_digits(parts.fraction) && (parts.decimal != ',' || !parts.fraction.empty());
  return parts;
}

// Most numbers: digits, perhaps with a sign, perhaps with one point among them that no thousands can be behind.
bool simple(std::string_view text, Written& written) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  std::size_t point = text.size(), i = 0;
  for (; i < text.size(); ++i) {
    if (is_digit(text[i])) continue;
    if (text[i] != '.' || point < text.size()) return false;
    point = i;
  }
  if (point == text.size()) return written = Written::plain, !text.empty();
  if (text.size() < 2 || (text.size() - point == 4 && point > 0 && point < 4)) return false;
  return written = Written::point, true;
}

}  // namespace

void pack_form(PackedBytes& bytes, NumberForm form) {
  bytes.put<char>(form.decimal);
  bytes.put<char>(form.thousands);
  bytes.put<std::uint8_t>(form.seen);
}

NumberForm unpack_form(UnpackedBytes& bytes) {
  NumberForm form;
  form.decimal = bytes.get<char>();
  form.thousands = bytes.get<char>();
  const auto seen = bytes.get<std::uint8_t>();
  if ((form.decimal != '.' && form.decimal != ',') || std::string_view("*,. '\0", 6).find(form.thousands) == std::string_view::npos || seen > 1) UnpackedBytes::damaged();
  form.seen = seen != 0;
  return form;
}

Written how_written(std::string_view text) {
  text = bare(text);
  if (Written written{}; simple(text, written)) return written;
  const Parts parts = parts_of(text);
  if (!parts.ok) return Written::no_number;
  if (parts.decimal) return parts.decimal == ',' ? Written::comma : Written::point;
  if (parts.mark.empty()) return Written::plain;
  if (parts.mark != "," && parts.mark != ".") return Written::grouped;
  if (parts.only_mark) return parts.mark == "," ? Written::either_comma : Written::either_point;
  return parts.mark == "," ? Written::point : Written::comma;  // 1,234,567: the comma is no decimal mark
}

bool parse_number(std::string_view text, NumberForm form, double& value) {
  text = bare(text);
  if (form.decimal == '.' && parse_number(text, value)) return true;
  const Parts parts = parts_of(text);
  if (!parts.ok) return false;
  std::string_view whole = parts.whole, fraction = parts.fraction, mark = parts.mark;
  if (parts.decimal && parts.decimal != form.decimal) return false;
  if (parts.only_mark && mark[0] == form.decimal) {
    const std::size_t at = whole.find(mark);
    fraction = whole.substr(at + 1), whole = whole.substr(0, at), mark = {};
  }
  if (!mark.empty()) {
    if (form.thousands == 0 || mark[0] == form.decimal) return false;
    const bool blank = mark == " " || mark == "\xc2\xa0" || mark == "\xe2\x80\xaf";
    const char kind = blank ? ' ' : mark == "," ? ',' : mark == "." ? '.' : '\'';
    if (form.thousands != '*' && form.thousands != kind) return false;
  }
  std::string plain = parts.negative ? "-" : "";
  for (std::size_t i = 0; i < whole.size(); ++i)
    if (is_digit(whole[i])) plain += whole[i];
  if (!fraction.empty()) plain.append(".").append(fraction);
  plain += parts.exponent;
  return parse_number(plain, value);
}

void WrittenCounts::add(Written written, std::string_view text, std::int64_t row) {
  const auto i = static_cast<std::size_t>(written);
  if (counts[i]++ == 0) examples[i] = {std::string(text.substr(0, 40)), row};
}

void WrittenCounts::add(const WrittenCounts& other) {
  for (std::size_t i = 0; i < written_kinds; ++i) {
    if (counts[i] == 0) examples[i] = other.examples[i];
    counts[i] += other.counts[i];
  }
}

std::int64_t WrittenCounts::numbers() const {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts) sum += count;
  return sum - of(Written::no_number);
}

std::int64_t WrittenCounts::numbers_of(NumberForm form) const {
  const bool point = form.decimal == '.';
  const auto groups = [&](char mark) { return form.thousands == '*' || form.thousands == mark; };
  std::int64_t sum = of(Written::plain) + of(point ? Written::point : Written::comma) + of(point ? Written::either_point : Written::either_comma);
  if (groups(point ? ',' : '.')) sum += of(point ? Written::either_comma : Written::either_point);
  if (form.thousands == '*' || form.thousands == ' ' || form.thousands == '\'') sum += of(Written::grouped);
  return sum;
}

NumberForm judge_form(const std::string& path, const WrittenCounts& found, const FormRequest& request) {
  const char thousands = request.thousands.value_or('*');
  if (request.decimal) return {request.decimal, thousands, true};
  const auto doubt = [&](const std::string& what) {
    throw sdk::OptionError("decimal", fmt::format("{}: {}", path, what), "decimal = \".\", or decimal = \",\"");
  };
  const auto both = [&](Written one, Written other) { return fmt::format("found \"{}\" and \"{}\" in columns of numbers: which mark is the decimal one, the point or the comma?", found.example(one), found.example(other)); };
  const bool commas = found.of(Written::comma) > 0, points = found.of(Written::point) > 0;
  if (commas && points) doubt(both(Written::point, Written::comma));
  if (thousands == ',' || (points && !commas)) return {'.', thousands, true};
  if (thousands == '.') return {',', thousands, true};
  if (commas) {
    if (found.of(Written::either_point) > 0 && thousands == '*') doubt(both(Written::either_point, Written::comma));
    return {',', thousands, true};
  }
  if (found.of(Written::either_comma) > 0) {
    const std::string& cell = found.example(Written::either_comma);
    std::string less = cell, more = cell;
    std::replace(less.begin(), less.end(), ',', '.');
    std::erase(more, ',');
    doubt(fmt::format("\"{}\" may be {} (decimal = \",\") or {} (decimal = \".\")", cell, less, more));
  }
  return {'.', thousands, false};
}

namespace {

// "2.600" under a decimal comma, where no other number has a mark.
[[noreturn]] void refuse_doubtful_groups(const std::string& path, const std::string& cell, const OtherTable& other) {
  const char learnt = other.learnt.decimal, mark = learnt == '.' ? ',' : '.';
  std::string less = cell, more = cell;
  std::replace(less.begin(), less.end(), ',', '.');
  std::erase(more, mark);
  const auto option = [](const char* name, char value) { return fmt::format("{} = \"{}\"", name, value); };
  const std::string text = fmt::format("{}: \"{}\" may be {} or {}: the training table has a decimal {}, and no other number of this table tells its decimal mark", path, cell, less, more, learnt == '.' ? "point" : "comma");
  if (!other.fresh) throw sdk::OptionError("decimal", text, fmt::format("{} reads {}; for {}, write the numbers of all tables with one decimal mark", option("decimal", learnt), more, less));
  if (!other.has_thousands) throw sdk::OptionError("decimal", text, fmt::format("{} reads {}; for {}, write the numbers without marks between thousands", option("decimal", mark), less, more));
  throw sdk::OptionError("decimal", text, fmt::format("{} (reads {}), or {} (reads {})", option("decimal", mark), less, option("thousands", mark), more));
}

}  // namespace

NumberForm judge_other_form(const std::string& path, const WrittenCounts& found, const FormRequest& request, const OtherTable& other, std::vector<std::string>& notes) {
  const NumberForm& learnt = other.learnt;
  const bool same = other.fresh && learnt.seen && request.decimal == learnt.decimal;
  if (!learnt.seen || (request.decimal && !same)) return judge_form(path, found, request);
  const bool point = learnt.decimal == '.';
  const NumberForm form{learnt.decimal, request.thousands.value_or(learnt.thousands), true};
  const Written own = point ? Written::point : Written::comma, against = point ? Written::comma : Written::point, groups = point ? Written::either_comma : Written::either_point;
  if (found.of(against) > 0 && found.of(own) + found.of(Written::either_point) + found.of(Written::either_comma) == 0) {
    notes.push_back(fmt::format("its numbers have a decimal {} (\"{}\"), and those of the training table a decimal {}", point ? "comma" : "point", found.example(against), point ? "point" : "comma"));
    return {point ? ',' : '.', '*', true};
  }
  const bool told = found.of(own) + found.of(against) + found.of(point ? Written::either_point : Written::either_comma) > 0;
  if (found.of(groups) > 0 && !told && form.thousands == '*') {
    const char likely = other.likely ? other.likely() : '\0';
    if (likely == 0) refuse_doubtful_groups(path, found.example(groups), other);
    return {likely, '*', true};
  }
  if (found.of(groups) > 0) notes.push_back(fmt::format("thousands are parted: \"{}\", for the training table has a decimal {}", found.example(groups), point ? "point" : "comma"));
  return form;
}

std::string other_decimal(const WrittenCounts& found, NumberForm form) {
  const NumberForm other{form.decimal == '.' ? ',' : '.', form.thousands};
  return found.numbers_of(form) < found.numbers() && found.numbers_of(other) == found.numbers() ? fmt::format("decimal = \"{}\"", other.decimal) : "";
}

}  // namespace teranga::datasets
