// SPDX-License-Identifier: Apache-2.0
// A plugin's option in words, for its description.
#pragma once

#include <string>

#include <teranga/core/value.hpp>

namespace teranga::launcher {

std::string type_words(const OptionSpec& option);     // "integer >= 1", "list of 2 integers", "initializer"
std::string default_words(const OptionSpec& option);  // "required", "none", or the value as TOML
std::string about_words(const OptionSpec& option);    // what it does, and the choices of a text

}  // namespace teranga::launcher
