// SPDX-License-Identifier: Apache-2.0
// Names of layers as Keras gives them: `conv2d`, `conv2d_1`, ... by type, for those that have none of their own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

// One name per [[layer]] of the untyped recipe, given or generated; a generated one evades every given one. The use of a block is called as the block.
std::vector<std::string> layer_names(const Value::List& layers);

// "block:residual" -> "residual"; empty where the layer is no use of a block.
std::string_view block_of(const Value& layer) noexcept;
inline bool uses_block(const Value& layer) noexcept { return !block_of(layer).empty(); }
inline constexpr std::string_view block_prefix = "block:";  // of a type

// What can stand in an override's path and in a checkpoint.
bool is_name(const std::string& name);
inline constexpr const char* what_names_are = "letters, digits, \"_\" and \"-\", at most 128 of them";

// The `name` of each table of a list, else its `network`, else "".
std::vector<std::string> names_given(const Value::List& tables);

// The text of that key of a table, or nullptr.
const std::string* text_of(const Value& table, const char* key) noexcept;

}  // namespace teranga::recipe
