// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/numbered_names.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>

#include <teranga/datasets/dates.hpp>
#include <teranga/datasets/number_form.hpp>

namespace teranga::datasets {

namespace {

std::optional<int> whole_number(const std::string& text) {
  int number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  return text.empty() || bad != std::errc() || end != text.data() + text.size() ? std::nullopt : std::optional(number);
}

}  // namespace

bool may_be_numbered_names(const std::vector<std::string>& first, bool counted) {
  const bool aside = !first.empty() && how_written(first[0]) == Written::no_number && !see_date(first[0]).any();
  const std::span<const std::string> cells(first.begin() + aside, first.end());
  if (cells.size() < 2) return false;
  if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return see_date(cell).any(); })) return cells.size() > 2 || aside;
  std::vector<int> numbers;
  for (const std::string& cell : cells) {
    const auto number = whole_number(cell);
    if (!number) return false;
    numbers.push_back(*number);
  }
  const int step = numbers[1] - numbers[0];
  for (std::size_t i = 1; i < numbers.size(); ++i)
    if (numbers[i] - numbers[i - 1] != step) return false;
  if (step == 1 && (numbers[0] == 0 || numbers[0] == 1)) return numbers.size() > 2 || aside || counted;
  return step >= 1 && step <= 10 && numbers.front() >= 1800 && numbers.back() <= 2100;
}

}  // namespace teranga::datasets
