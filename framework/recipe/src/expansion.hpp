// SPDX-License-Identifier: Apache-2.0
// From the tables that somebody wrote to those that are read: variables filled in, blocks laid out. Nothing of them is left.
#pragma once

#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/recipe/diagnostics.hpp>

#include "includes.hpp"

namespace teranga::recipe {

// `overrides`: of layers in blocks, which are applied in the end. Faults are in the diagnostics; where there are some, the tables are no more than what could be made of them.
void expand(Value::Component& root, const std::vector<std::string>& overrides, const Catalogue& catalogue, const Folders& folders, Diagnostics& found);

// The value of a key at the top of a recipe whose overrides are applied, with variables filled in; empty where it is not there.
Value value_at_top(const Value::Component& root, const char* key, Diagnostics& found);

}  // namespace teranga::recipe
