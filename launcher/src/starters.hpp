// SPDX-License-Identifier: Apache-2.0
// The recipes that `teranga init` writes, as launcher/starters has them: they are part of the program.
#pragma once

#include <string_view>
#include <vector>

namespace teranga::launcher {

struct Starter {
  std::string_view name;     // "cnn"
  std::string_view summary;  // "A convolutional net ...", the first line of the recipe
  std::string_view recipe;
};

const std::vector<Starter>& starters();

// The table of the starter "csv", and its name.
std::string_view starter_table();
inline constexpr std::string_view starter_table_name = "iris.csv";

}  // namespace teranga::launcher
