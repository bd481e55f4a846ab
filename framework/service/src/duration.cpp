// SPDX-License-Identifier: Apache-2.0
#include <teranga/service/duration.hpp>

#include <teranga/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace teranga {
namespace {

std::optional<double> plain_number(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;  // no sign, no "inf"
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || text.size() > 9 || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> with_unit(std::string_view text) {
  double factor = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 's':
        factor = 1;
        break;
      case 'm':
        factor = 60;
        break;
      case 'h':
        factor = 3600;
        break;
      case 'd':
        factor = 86400;
        break;
      default:
        return plain_number(text);
    }
    text.remove_suffix(1);
  }
  const auto number = plain_number(text);
  return number ? std::optional(*number * factor) : std::nullopt;
}

// [D-]HH:MM:SS or MM:SS. Only the first field may be above 59 (23 hours after days).
std::optional<double> clock_form(std::string_view text) {
  double seconds = 0;
  std::int64_t first_limit = 999999999;
  bool has_days = false;
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    const auto days = whole_number(text.substr(0, dash));
    if (!days) return std::nullopt;
    seconds = static_cast<double>(*days) * 86400;
    text.remove_prefix(dash + 1);
    first_limit = 23;
    has_days = true;
  }
  std::vector<std::int64_t> fields;
  for (;;) {
    const auto colon = text.find(':');
    const auto field = whole_number(text.substr(0, colon));
    if (!field || *field > (fields.empty() ? first_limit : 59)) return std::nullopt;
    fields.push_back(*field);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  if (fields.size() > 3 || fields.size() < (has_days ? 3u : 2u)) return std::nullopt;
  double clock = 0;
  for (const std::int64_t field : fields) clock = clock * 60 + static_cast<double>(field);
  return seconds + clock;
}

}  // namespace

double parse_duration(std::string_view text, const std::string& option) {
  const std::optional<double> seconds = text.find(':') == std::string_view::npos ? with_unit(text) : clock_form(text);
  if (!seconds || *seconds <= 0)
    throw Error(ExitCode::usage,
                fmt::format("{}: \"{}\" is no time span; expected HH:MM:SS, MM:SS, D-HH:MM:SS, a number with s, m, h or d, or seconds",
                            option, text),
                fmt::format("{} 1:30:00", option));
  return *seconds;
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  const std::int64_t hours = whole / 3600;
  const std::int64_t minutes = whole / 60 % 60;
  if (hours == 0) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
}

}  // namespace teranga
