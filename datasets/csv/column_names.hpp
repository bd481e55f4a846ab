// SPDX-License-Identifier: Apache-2.0
// Columns by name or number, and what is said where there is none of that name.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace teranga::datasets {

class ColumnNames {
 public:
  explicit ColumnNames(const std::vector<std::string>& names);

  // The places of the columns so called, in order.
  const std::vector<std::size_t>& places(const std::string& name) const;
  // By a name, or a number from 1 (or from -1, counted from the end). Throws OptionError(option) that shows the names of the table.
  std::size_t find(const std::string& path, const std::string& option, const std::string& wanted, bool named) const;

 private:
  const std::vector<std::string>& names_;
  std::unordered_map<std::string, std::vector<std::size_t>> places_;
};

// By a number from 1, or from -1, counted from the end; none where it is no such number.
std::optional<std::size_t> place_by_number(const std::string& wanted, std::size_t columns);

// Up to 20 of them, in quotes.
std::string listed(const std::vector<std::string>& names);

bool is_column_number(const std::string& name);

}  // namespace teranga::datasets
