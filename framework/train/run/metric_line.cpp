// SPDX-License-Identifier: Apache-2.0
#include "run/metric_line.hpp"

#include <cstdlib>
#include <limits>
#include <string_view>

namespace teranga::train {
namespace {

// As RunFolder::line() writes it: no spaces, and no quotes in names.
bool next_pair(std::string_view& rest, std::string& name, std::string& value) {
  if (rest.size() < 2 || rest[1] != '"') return false;
  const std::size_t name_end = rest.find("\":", 2);
  if (name_end == std::string_view::npos) return false;
  const std::size_t begin = name_end + 2, end = rest.find_first_of(",}", begin);
  if (end == std::string_view::npos) return false;
  name = rest.substr(2, name_end - 2);
  value = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return true;
}

double number_of(const std::string& value) { return value == "null" ? std::numeric_limits<double>::quiet_NaN() : std::strtod(value.c_str(), nullptr); }

}  // namespace

MetricLine metric_line(const std::string& text) {
  MetricLine line;
  std::string_view rest = text;
  std::string name, value;
  while (next_pair(rest, name, value)) {
    if (name == "event" && value.size() > 2) line.event = value.substr(1, value.size() - 2);
    else if (name == "step") line.step = std::atoll(value.c_str());
    else if (name == "epoch") line.epoch = std::atoll(value.c_str());
    else line.numbers.emplace_back(name, number_of(value));
  }
  return line;
}

}  // namespace teranga::train
