// SPDX-License-Identifier: Apache-2.0
// Checks that every layer named in `input`, `weights_of` and `output` exists and may be named there.
#pragma once

#include <vector>

#include "recipe_reader.hpp"

namespace teranga::recipe {

// Inputs must be earlier layers, so that the net is acyclic; a cycle is shown whole.
void check_references(const Recipe& recipe, const std::vector<Reference>& references, Diagnostics& found);

}  // namespace teranga::recipe
