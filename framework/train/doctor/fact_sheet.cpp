// SPDX-License-Identifier: Apache-2.0
#include "doctor/fact_sheet.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace teranga::train {

// Each name and each value is ended by a byte that no text has.
FactSheet::FactSheet(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t name_end = text.find('\0', at), value_end = text.find('\0', name_end + 1);
    if (value_end == std::string::npos) return;
    facts_.emplace_back(text.substr(at, name_end - at), text.substr(name_end + 1, value_end - name_end - 1));
    at = value_end + 1;
  }
}

void FactSheet::add(const std::string& name, const std::string& value) { facts_.emplace_back(name, value); }
void FactSheet::add(const std::string& name, double value) { add(name, fmt::format("{}", value)); }

std::string FactSheet::text() const {
  std::string out;
  for (const auto& [name, value] : facts_) out.append(name).append(1, '\0').append(value).append(1, '\0');
  return out;
}

std::string FactSheet::get(const std::string& name) const {
  for (const auto& [known, value] : facts_)
    if (known == name) return value;
  return {};
}

double FactSheet::number(const std::string& name) const { return std::strtod(get(name).c_str(), nullptr); }

std::vector<std::string> FactSheet::all(const std::string& name) const {
  std::vector<std::string> out;
  for (const auto& [known, value] : facts_)
    if (known == name) out.push_back(value);
  return out;
}

std::string FactSheet::joined(const std::string& name) const {
  std::string out;
  for (const std::string& value : all(name)) out += value + "\n";
  return out;
}

}  // namespace teranga::train
