// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/arff_header.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

std::string_view trimmed_line(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = line.find_first_not_of(blanks);
  return begin == line.npos ? std::string_view() : line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
}

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == small_letter(b); });
}

// A name or a value, quoted where it holds blanks; what is behind it stays in `line`. A bare one ends at one of `ends`.
std::string take_name(std::string_view& line, const std::string& where, std::string_view ends = " \t{") {
  std::string name;
  if (!line.empty() && (line[0] == '\'' || line[0] == '"')) {
    const char quote = line[0];
    std::size_t i = 1;
    for (; i < line.size() && line[i] != quote; ++i) {
      if (line[i] == '\\' && i + 1 < line.size()) ++i;
      name += line[i];
    }
    if (i >= line.size()) throw sdk::DataError(where, "a quote is never closed");
    line = trimmed_line(line.substr(i + 1));
  } else {
    const std::size_t end = std::min(line.find_first_of(ends), line.size());
    name = trimmed_line(line.substr(0, end));
    line = trimmed_line(line.substr(end));
  }
  return name;
}

// "{a, 'b c'}"
std::vector<std::string> take_values(std::string_view line, const std::string& name, const std::string& where) {
  std::vector<std::string> values;
  do {
    line = trimmed_line(line.substr(1));
    if (values.empty() && line.starts_with('}')) return values;
    values.push_back(take_name(line, where, ",}"));
  } while (line.starts_with(','));
  if (!line.starts_with('}')) throw sdk::DataError(where, fmt::format("expected \"}}\" behind the values of \"{}\"", name));
  return values;
}

}  // namespace

bool is_arff(std::string_view front) {
  while (!front.empty()) {
    const std::size_t end = std::min(front.find_first_of("\r\n"), front.size());
    const std::string_view line = trimmed_line(front.substr(0, end));
    if (!line.empty() && line[0] != '%') return begins_with(line, "@relation");
    front.remove_prefix(std::min(end + 1, front.size()));
  }
  return false;
}

bool take_declaration(std::string_view line, const std::string& where, ArffHeader& header) {
  line = trimmed_line(line);
  if (line.empty() || line[0] == '%' || begins_with(line, "@relation")) return false;
  if (begins_with(line, "@data")) {
    if (header.attributes.empty()) throw sdk::DataError(where, "expected \"@attribute name type\" above \"@data\", found none");
    return true;
  }
  if (!begins_with(line, "@attribute")) throw sdk::DataError(where, fmt::format("expected \"@attribute name type\" or \"@data\", found \"{}\"", line.substr(0, 60)));
  line = trimmed_line(line.substr(10));
  ArffAttribute attribute;
  attribute.name = take_name(line, where);
  if (begins_with(line, "numeric") || begins_with(line, "real") || begins_with(line, "integer")) attribute.type = ArffType::numbers;
  else if (line.starts_with('{')) attribute.type = ArffType::words, attribute.values = take_values(line, attribute.name, where);
  else if (begins_with(line, "string")) attribute.type = ArffType::text;
  else if (begins_with(line, "date")) {
    attribute.type = ArffType::date;
    line = trimmed_line(line.substr(4));
    attribute.format = take_name(line, where);
  } else
    throw sdk::DataError(where, fmt::format("expected numeric, real, integer, string, date or {{a, b, ...}} as the type of \"{}\", found \"{}\"{}", attribute.name, line.substr(0, 60),
                                            begins_with(line, "relational") ? ": attributes that hold tables of their own are not read" : ""));
  header.attributes.push_back(std::move(attribute));
  return false;
}

}  // namespace teranga::datasets
