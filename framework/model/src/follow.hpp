// SPDX-License-Identifier: Apache-2.0
// Prepared pointers whose memory moves.
#pragma once

#include <cstddef>
#include <cstdint>

namespace teranga::model {

// Lets pointers into a piece of memory follow it to another place.
struct Follow {
  const char* from;
  std::size_t bytes;
  char* to;
  template <class T>
  void operator()(T*& pointer) const {
    const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(from);
    if (offset < bytes) pointer = reinterpret_cast<T*>(to + offset);
  }
};

}  // namespace teranga::model
