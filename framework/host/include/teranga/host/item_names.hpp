// SPDX-License-Identifier: Apache-2.0
// Names that plugins give to their parts: ports, parameters, states, slots, options. They stand in messages, in recipes, and as parts of paths in checkpoints.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <teranga/host/registry.hpp>

namespace teranga::host {

// What is wrong with it, as "expected letters, ..."; or "".
std::string fault_of_part_name(const char* name);
// The same of parts with "/" between them, as parameters and states may have: "query/kernel".
std::string fault_of_path_name(const char* name);
// Keys that a recipe's table of this kind of plugin gives a meaning of its own: a plugin never gets an option of that name. An optimizer may have the common keys as
// options, for defaults of its own.
std::span<const std::string_view> reserved_option_names(Kind kind) noexcept;
// As messages may show it, however long and broken it is.
std::string shown_name(const char* name);

}  // namespace teranga::host
