// SPDX-License-Identifier: Apache-2.0
#include "session/likely_monitor.hpp"

#include <teranga/core/value.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::string_view of_validation = "val_";

// How others call the part that a number is of.
constexpr std::pair<std::string_view, std::string_view> prefixes[] = {{"validation_", of_validation}, {"valid_", of_validation}, {"val_", of_validation}, {"val", of_validation}, {"test_", of_validation},
                                                                      {"training_", ""}, {"train_", ""}, {"tr_", ""}};
constexpr std::pair<std::string_view, std::string_view> short_names[] = {{"acc", "accuracy"}, {"err", "loss"}, {"error", "loss"}, {"lr", "learning_rate"}, {"mse", "mean_squared_error"}, {"mae", "mean_absolute_error"},
                                                                         {"mape", "mean_absolute_percentage_error"}, {"rmse", "root_mean_squared_error"}, {"f1", "f1_score"}};

// In small letters, with "_" for blanks and "-".
std::string lower(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
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

// The names that a quantity may have: as typed, in full where it is short, and short where it is full.
std::vector<std::string> names_of(const std::string& quantity) {
  std::vector<std::string> out{quantity};
  for (const auto& [form, name] : short_names)
    if (quantity == form) out.emplace_back(name);
    else if (quantity == name) out.emplace_back(form);
  return out;
}

}  // namespace

std::string likely_monitor(const std::string& monitor, const std::vector<std::string>& measured, const std::function<bool(const std::string&)>& has_metric) {
  const MonitorName name = parted(monitor);
  const auto is_measured = [&](const std::string& one) { return std::ranges::find(measured, one) != measured.end(); };
  const auto meant = [&](const std::string& quantity) { return name.prefix + quantity == monitor ? "" : fmt::format(", and monitor = \"{}\" watches it", name.prefix + quantity); };
  const bool validates = std::ranges::any_of(measured, [](const std::string& one) { return one.starts_with(of_validation); });
  const std::string split = "the data have no validation part: validation_split = 0.1 in [data] makes one", all = fmt::format("it measures {}", fmt::join(measured, ", "));
  const std::vector<std::string> quantities = names_of(name.quantity);
  for (const std::string& quantity : quantities)
    if (is_measured(name.prefix + quantity)) return fmt::format("did you mean \"{}\"?", name.prefix + quantity);
  for (const std::string& quantity : quantities)
    if (is_measured(quantity)) return fmt::format("{}{}; {}", split, meant(quantity), all);
  for (const std::string& quantity : quantities)
    if (has_metric(quantity)) return fmt::format("add \"{}\" to metrics in [training]{}{}", quantity, meant(quantity), name.prefix.empty() || validates ? "" : "; " + split);
  const auto nearest = nearest_name(monitor, measured);
  return nearest ? fmt::format("did you mean \"{}\"?", *nearest) : all;
}

}  // namespace teranga::train
