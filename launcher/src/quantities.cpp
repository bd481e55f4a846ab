// SPDX-License-Identifier: Apache-2.0
#include "quantities.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

// The number at the beginning; `text` is what comes behind it, without blanks around it.
std::optional<double> number_before(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value) || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  return value;
}

double prefix_of(char letter) {
  switch (std::tolower(static_cast<unsigned char>(letter))) {
    case 'k': return 1e3;
    case 'm': return 1e6;
    case 'g': return 1e9;
    case 't': return 1e12;
    default: return 0;
  }
}

template <std::size_t N>
std::string in_units(double value, const std::pair<double, const char*> (&units)[N]) {
  const auto* const unit = std::find_if(std::begin(units), std::end(units) - 1, [&](const auto& u) { return value >= u.first; });
  return fmt::format("{:.4g} {}", value / unit->first, unit->second);
}

}  // namespace

std::optional<double> bits_per_second(std::string_view text) {
  const auto number = number_before(text);
  if (!number || *number <= 0) return std::nullopt;
  double factor = 1;
  if (!text.empty() && prefix_of(text.front()) > 0) {
    factor = prefix_of(text.front());
    text.remove_prefix(1);
  }
  for (const std::string_view end : {"/s", "ps"})
    if (text.ends_with(end)) {
      text.remove_suffix(end.size());
      break;
    }
  if (text == "B") return 8 * factor * *number;
  std::string unit(text);
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (unit == "byte" || unit == "bytes") return 8 * factor * *number;
  return unit.empty() || unit == "b" || unit == "bit" || unit == "bits" ? std::optional(factor * *number) : std::nullopt;
}

std::optional<double> seconds_of(std::string_view text) {
  const auto number = number_before(text);
  if (!number) return std::nullopt;
  constexpr std::pair<std::string_view, double> units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"\u00b5s", 1e-6}, {"\u03bcs", 1e-6}, {"ns", 1e-9}};
  for (const auto& [unit, factor] : units)
    if (text == unit) return *number * factor;
  return text.empty() && *number == 0 ? number : std::nullopt;
}

std::optional<std::vector<int>> ascending_numbers(std::string_view text) {
  std::vector<int> out;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    int number = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), number);
    if (error != std::errc{} || end != item.data() + item.size() || number < 1) return std::nullopt;
    out.push_back(number);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string speed_text(double bits) {
  constexpr std::pair<double, const char*> units[] = {{1e12, "Tbit/s"}, {1e9, "Gbit/s"}, {1e6, "Mbit/s"}, {1e3, "kbit/s"}, {1, "bit/s"}};
  return in_units(bits, units);
}

std::string time_text(double seconds) {
  constexpr std::pair<double, const char*> units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
  return seconds == 0 ? "0 s" : in_units(seconds, units);
}

}  // namespace teranga::launcher
