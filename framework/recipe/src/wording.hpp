// SPDX-License-Identifier: Apache-2.0
// How messages call things: what an option expects, what was found, kinds of plugins with their articles.
#pragma once

#include <string>
#include <string_view>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

std::string expected(const OptionSpec& spec);             // "an integer >= 1", "a list of 2 numbers"
std::string found_text(const Value& value);               // "text \"ten\"", "1.5"
std::string range_text(const OptionSpec& spec);           // "in [0, 1)", ">= 1"; empty without bounds
std::string repair(OptionKind kind, const Value& found);  // "write 5" for 5.0 or "5" where an integer is wanted; or empty
std::string kind_name(std::string_view kind);             // "dataset" -> "data set"
std::string with_article(const std::string& noun);        // "an optimizer"

}  // namespace teranga::recipe
