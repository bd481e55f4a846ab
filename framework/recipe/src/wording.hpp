// SPDX-License-Identifier: Apache-2.0
// How messages call things: what an option expects, what was found, kinds of plugins with their articles.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

std::string expected(const OptionSpec& spec);             // "an integer >= 1", "a list of 2 numbers"
std::string found_text(const Value& value);               // "text \"ten\"", "1.5"
std::string range_text(const OptionSpec& spec);           // "in [0, 1)", ">= 1"; empty without bounds
// "write 5" for 5.0 or "5" where an integer is wanted; or empty. What it says to write is of the right kind and within the range.
std::string written_right(const OptionSpec& spec, const Value& found);
bool in_range(const OptionSpec& spec, double value);
std::optional<double> number_meant(const std::string& text);  // as number_of, and also "0,01", "20%" and "1/255"
std::optional<double> number_of(std::string text);        // "0.5", "+1e3", ".5", "1_000"; nothing where it is none, or not finite
std::string kind_name(std::string_view kind);             // "dataset" -> "data set"
std::string with_article(const std::string& noun);        // "an optimizer"

}  // namespace teranga::recipe
