// SPDX-License-Identifier: Apache-2.0
// One line of a JSON-lines file of a run: an object of numbers and texts, without nesting. General readers refuse the 1e999 that stands for an infinity there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace teranga::report {

using FlatValue = std::variant<double, std::string>;  // null is a NaN, true and false are 1 and 0
using FlatObject = std::vector<std::pair<std::string, FlatValue>>;

// Nothing where the line is no such object.
std::optional<FlatObject> flat_object(std::string_view line);

// The value of that name where it has that kind; else `otherwise`.
double number_in(const FlatObject& object, std::string_view name, double otherwise);
std::string text_in(const FlatObject& object, std::string_view name);

}  // namespace teranga::report
