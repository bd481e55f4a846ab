// SPDX-License-Identifier: Apache-2.0
// Refuses TOML text whose nesting could exhaust the stack: the library bounds neither the parts of a dotted key nor the
// recursion that takes the tables down again.
#pragma once

#include <optional>
#include <string>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

inline constexpr int most_nesting = 64;

// The place of the first dotted key of more than 64 parts, or of the bracket that opens a 65th level.
std::optional<Position> too_deep(const std::string& text, const std::string& file);

}  // namespace teranga::recipe
