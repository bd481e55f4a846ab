// SPDX-License-Identifier: Apache-2.0
// Columns by name or number, and what is said where there is none of that name.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace teranga::datasets {

class ColumnNames {
 public:
  explicit ColumnNames(const std::vector<std::string>& names);

  // The places of the columns so called, in order.
  const std::vector<std::size_t>& places(const std::string& name) const;
  struct Wanted {
    std::string option;                     // that names columns
    const std::vector<std::string>& names;  // all that it names
    std::string name;                       // the one of them that is looked for
  };
  // Of several options at once: throws OptionError where two names or more are no columns, and shows what they may be. One alone is left to find().
  void need(const std::string& path, const std::vector<std::pair<std::string, const std::vector<std::string>*>>& options, bool named) const;
  // By a name, or a number from 1 (or from -1, counted from the end). Throws OptionError that shows the names of the table at `path`.
  std::size_t find(const std::string& path, const Wanted& wanted, bool named) const;

 private:
  const std::vector<std::string>& names_;
  std::unordered_map<std::string, std::vector<std::size_t>> places_;
};

// By a number from 1, or from -1, counted from the end; none where it is no such number.
std::optional<std::size_t> place_by_number(const std::string& wanted, std::size_t columns);

// Up to 20 of them, in quotes; no further one where so many bytes are full.
std::string listed(const std::vector<std::string>& names, std::size_t most_bytes = 1000);

// As it is typed in a recipe.
std::string in_toml(const std::string& name);
// Several of them, parted by commas; where so many bytes are full, the first ones and the number of the others.
std::string names_in_toml(const std::vector<std::string>& names, std::size_t most_bytes = std::string::npos);

// The option with the names that it has already and more: what is typed takes the place of what was there.
std::string more_in(const std::string& option, std::vector<std::string> names, const std::vector<std::string>& more);

// The same with so many of the new names as have room in a hint, which is cut at 511 bytes: the next error tells the others.
std::string some_in(const std::string& option, const std::vector<std::string>& given, std::vector<std::string> names);

// The option with the other names that it has, or what to do with the one that is `left` out where they are many.
std::string fewer_in(const std::string& option, const std::vector<std::string>& others, const std::string& left);

// A column without a name is called by its number.
std::vector<std::string> with_numbers(std::vector<std::string> names);

// The name that is meant by a misspelt one, in capitals or not; empty where none is near.
std::string nearest_column(const std::string& wanted, const std::vector<std::string>& names);

bool is_column_number(const std::string& name);

}  // namespace teranga::datasets
