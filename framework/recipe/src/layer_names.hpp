// SPDX-License-Identifier: Apache-2.0
// Names of layers as Keras gives them: `conv2d`, `conv2d_1`, ... by type, for those that have none of their own.
#pragma once

#include <string>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

// One name per [[layer]] of the untyped recipe, given or generated; a generated one evades every given one.
std::vector<std::string> layer_names(const Value::List& layers);

// What can stand in an override's path and in a checkpoint.
bool is_name(const std::string& name);
inline constexpr const char* what_names_are = "letters, digits, \"_\" and \"-\", at most 128 of them";

// The `name` of each table of a list, else its `network`, else "".
std::vector<std::string> names_given(const Value::List& tables);

// The text of that key of a table, or nullptr.
const std::string* text_of(const Value& table, const char* key) noexcept;

}  // namespace teranga::recipe
