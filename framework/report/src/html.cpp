// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <teranga/core/printable.hpp>
#include <teranga/core/utf8.hpp>

#include <cmath>

#include <fmt/format.h>

namespace teranga::report {
namespace {

std::string with_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (c == '\'') out += "&#39;";
    else out += c;
  }
  return out;
}

std::string data_element(double value, const std::string& shown) {
  const std::string exact = number_exact(value);
  return exact == shown ? fmt::format("<data value=\"{}\">{}</data>", exact, shown) : fmt::format("<data value=\"{0}\" title=\"{0}\">{1}</data>", exact, shown);
}

}  // namespace

std::string escaped(std::string_view text) { return with_entities(printable_line(text)); }

std::string escaped_lines(std::string_view text) { return with_entities(printable(text)); }

std::string shortened(std::string_view text, std::size_t most) {
  std::string whole(text);
  repair_utf8(whole);
  std::size_t at = 0, count = 0, keep = 0;
  while (at < whole.size()) {
    if (++count == most) keep = at;
    at += code_point_bytes(whole[at]);
  }
  return count <= most ? whole : whole.substr(0, keep) + "…";
}

std::string number_words(double value) {
  if (std::isnan(value)) return "not a number";
  if (std::isinf(value)) return value > 0 ? "infinite" : "minus infinite";
  return fmt::format("{:.5g}", value);
}

std::string number_exact(double value) { return fmt::format("{}", value); }

std::string count_words(double value) {
  if (!(std::abs(value) < 9e15) || value != std::floor(value)) return number_words(value);
  const std::string digits = fmt::format("{:.0f}", std::abs(value));
  std::string out = value < 0 ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string number_html(double value) { return data_element(value, number_words(value)); }

std::string count_html(double value) { return data_element(value, count_words(value)); }

}  // namespace teranga::report
