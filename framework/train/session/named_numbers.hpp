// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace teranga::train {

// Numbers that are measured, by the names that logs use.
using NamedNumbers = std::vector<std::pair<std::string, double>>;

}  // namespace teranga::train
