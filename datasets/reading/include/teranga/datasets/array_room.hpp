// SPDX-License-Identifier: Apache-2.0
// Memory for an array of a file.
#pragma once

#include <string>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/sdk/error.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::datasets {

[[noreturn]] inline void no_room(const std::string& who, const Shape& shape, const char* why) {
  throw sdk::DataError(who, fmt::format("its shape {} needs more memory than there is: {}", to_string(shape), why), -1, "take a part of the data, or a machine with more memory");
}

// Zeros; throws DataError naming the array where there is no memory for it.
inline Tensor room_for(const std::string& who, ElementType type, const Shape& shape) {
  try {
    return Tensor(type, shape);
  } catch (const Error& error) {
    no_room(who, shape, error.what());
  }
}

}  // namespace teranga::datasets
