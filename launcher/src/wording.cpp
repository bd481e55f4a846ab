// SPDX-License-Identifier: Apache-2.0
#include "wording.hpp"

#include <fmt/format.h>

namespace teranga::launcher {

std::string grouped(std::int64_t number) {
  const std::string digits = fmt::format("{}", number < 0 ? -number : number);
  std::string out(number < 0 ? 1 : 0, '-');
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out.push_back(',');
    out.push_back(digits[i]);
  }
  return out;
}

std::string bytes_text(std::size_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1024 && unit < 3) value /= 1024, ++unit;
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string with_prefix(double number) {
  const char* const prefixes[] = {"", "k", "M", "G", "T", "P"};
  std::size_t prefix = 0;
  while (number >= 1000 && prefix < 5) number /= 1000, ++prefix;
  return fmt::format("{:.3g} {}", number, prefixes[prefix]);
}

}  // namespace teranga::launcher
