// SPDX-License-Identifier: Apache-2.0
// The little JSON that results are printed in.
#pragma once

#include <string>
#include <string_view>

namespace teranga {

std::string json_text(std::string_view text);  // quoted; what is no UTF-8 becomes U+FFFD
std::string json_number(double value);         // reads back to the same bits; null for a NaN, 1e999 for an infinity

}  // namespace teranga
