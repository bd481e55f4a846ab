// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/cell_values.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace teranga::datasets {

bool parse_number(std::string_view text, double& value) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad == std::errc::result_out_of_range && end == text.data() + text.size()) {
    const double nearest = std::strtod(std::string(text).c_str(), nullptr);
    if (std::abs(nearest) > 1) return false;
    value = nearest;  // too small for a double: 0, or nearly so
    return true;
  }
  return bad == std::errc() && end == text.data() + text.size() && std::abs(value) <= std::numeric_limits<float>::max();
}

void sort_labels(std::vector<std::string>& labels) {
  const auto number = [](const std::string& text) {
    double value = 0;
    return parse_number(text, value) ? value : std::numeric_limits<double>::quiet_NaN();
  };
  const bool numbers = std::none_of(labels.begin(), labels.end(), [&](const std::string& text) { return std::isnan(number(text)); });
  std::sort(labels.begin(), labels.end(), [&](const std::string& a, const std::string& b) {
    if (numbers && number(a) != number(b)) return number(a) < number(b);
    return a < b;
  });
}

std::unordered_map<std::string_view, std::int32_t> numbered(const std::vector<std::string>& labels) {
  std::unordered_map<std::string_view, std::int32_t> places;
  places.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) places.emplace(labels[i], static_cast<std::int32_t>(i));
  return places;
}

}  // namespace teranga::datasets
