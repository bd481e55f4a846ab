// SPDX-License-Identifier: Apache-2.0
// Types that Keras has and Teranga does not, and what to do in place of each.
#pragma once

#include <string>
#include <string_view>

namespace teranga::recipe {

// Empty where `typed` is no such type of that kind. Capitals, "_" and "-" do not matter.
std::string hint_on_foreign_type(std::string_view kind, std::string_view typed);

}  // namespace teranga::recipe
