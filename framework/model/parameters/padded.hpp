// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace teranga::model {

// What an array of so many elements takes of memory, in elements, where each array starts on a 64-byte line.
constexpr std::size_t padded(std::size_t elements) { return (elements + 15) / 16 * 16; }

}  // namespace teranga::model
