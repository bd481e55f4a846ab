// SPDX-License-Identifier: Apache-2.0
// Short forms of names: Keras's own, and those of lectures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace teranga::recipe {

// The letters and digits of a name, in small letters: names that differ in capitals and signs alone have the same.
std::string letters_of(std::string_view name);

// The type of that kind that the short form stands for ("loss", "mse"); empty where it stands for none. `letters` as letters_of gives them.
std::string_view type_of_short_form(std::string_view kind, std::string_view letters);

// The names that a number of a training may have, a loss or a metric: as given, in full where it is short, and short where it is full.
std::vector<std::string> names_of_number(const std::string& name);

}  // namespace teranga::recipe
