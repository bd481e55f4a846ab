// SPDX-License-Identifier: Apache-2.0
// The manual pages: teranga(1), one of each command, and teranga-recipe(5). They are made from the tables behind --help and `teranga reference`.
#pragma once

#include <string>
#include <vector>

#include "command.hpp"
#include "reference_page.hpp"

namespace teranga::launcher {

std::string manual_name(const Command& command);  // "teranga-plugin-list"

std::string manual();  // teranga(1)
std::string manual(const Command& command);
std::string manual_of_recipes(const std::vector<ReferenceSection>& sections);  // teranga-recipe(5)

}  // namespace teranga::launcher
