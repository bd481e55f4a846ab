// SPDX-License-Identifier: Apache-2.0
// TOML text to untyped values with positions: the only place that knows the TOML library. A table is a Component
// whose type is empty; its keys, `type` among them, are options in the order of the text.
#pragma once

#include <optional>
#include <string>

#include <teranga/core/value.hpp>
#include <teranga/recipe/diagnostics.hpp>

namespace teranga::recipe {

// The tables of a recipe text; nothing, and an error in `found`, where it is no TOML.
std::optional<Value::Component> read_toml(const std::string& text, const std::string& file, Diagnostics& found);

// The right side of an override: a TOML value or a bare word. `argument` is the whole argument and `offset` the place
// in it where the value begins; positions point into the argument.
std::optional<Value> read_override_value(const std::string& argument, std::size_t offset, Diagnostics& found);

}  // namespace teranga::recipe
