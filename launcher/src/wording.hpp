// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace teranga::launcher {

std::string grouped(std::int64_t number);      // "431,080"
std::string bytes_text(std::size_t bytes);     // "12.3 MiB"
std::string with_prefix(double number);        // "1.23 G"

}  // namespace teranga::launcher
