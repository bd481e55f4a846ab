// SPDX-License-Identifier: Apache-2.0
// An option of a plugin, or a key of a recipe, in words.
#pragma once

#include <string>

#include <teranga/core/value.hpp>

namespace teranga::launcher {

std::string type_words(const OptionSpec& option);     // "integer >= 1", "list of 2 integers", "initializer", the choices of a text
std::string default_words(const OptionSpec& option);  // "required", "none", or the value as TOML
std::string example_words(const OptionSpec& option);  // "units = 1": a line that a recipe may hold; empty where none can be made up

}  // namespace teranga::launcher
