// SPDX-License-Identifier: Apache-2.0
#include "session/likely_monitor.hpp"

#include <teranga/core/small_letters.hpp>
#include <teranga/core/value.hpp>
#include <teranga/recipe/short_names.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::string_view of_validation = "val_", rate = "learning_rate";  // which no part of the data has a number of

// How others call the part that a number is of.
constexpr std::pair<std::string_view, std::string_view> prefixes[] = {{"validation_", of_validation}, {"valid_", of_validation}, {"val_", of_validation}, {"val", of_validation}, {"test_", of_validation},
                                                                      {"training_", ""}, {"train_", ""}, {"tr_", ""}};

// In small letters, with "_" for blanks and "-".
std::string lower(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '-' || c == ' ' ? '_' : small_letter(c);
  return out;
}

struct MonitorName {
  std::string prefix, quantity;
};

MonitorName parted(const std::string& monitor) {
  const std::string name = lower(monitor);
  for (const auto& [typed, prefix] : prefixes)
    if (name.starts_with(typed) && name.size() > typed.size()) return {std::string(prefix), name.substr(typed.size())};
  return {"", name};
}

}  // namespace

std::string likely_monitor(const std::string& monitor, const std::vector<std::string>& measured, const std::function<bool(const std::string&)>& has_metric) {
  const MonitorName name = parted(monitor);
  const auto is_measured = [&](const std::string& one) { return std::ranges::find(measured, one) != measured.end(); };
  const auto did_you_mean = [](const std::string& one) {
    return fmt::format("did you mean \"{}\"?{}", one, one.ends_with(rate) ? " It needs a mode beside it: mode = \"min\" where less is better, mode = \"max\" where more is" : "");
  };
  const auto meant = [&](const std::string& quantity) { return name.prefix + quantity == monitor ? "" : fmt::format(", and monitor = \"{}\" watches it", name.prefix + quantity); };
  const bool validates = std::ranges::any_of(measured, [](const std::string& one) { return one.starts_with(of_validation); });
  const std::string split = "the data have no validation part: validation_split = 0.1 in [data] makes one", all = fmt::format("it measures {}", fmt::join(measured, ", "));
  const std::vector<std::string> quantities = recipe::names_of_number(name.quantity);
  for (const std::string& quantity : quantities)
    if (is_measured(name.prefix + quantity)) return did_you_mean(name.prefix + quantity);
  for (const std::string& quantity : quantities)
    if (is_measured(quantity)) return validates || quantity.ends_with(rate) ? did_you_mean(quantity) : fmt::format("{}{}; {}", split, meant(quantity), all);
  for (const std::string& quantity : quantities)
    if (has_metric(quantity)) return fmt::format("add \"{}\" to metrics in [training]{}{}", quantity, meant(quantity), name.prefix.empty() || validates ? "" : "; " + split);
  const auto nearest = nearest_name(monitor, measured);
  return nearest ? did_you_mean(*nearest) : all;
}

}  // namespace teranga::train
