// SPDX-License-Identifier: Apache-2.0
// Pointers of prepared calls, by the arena that each points into. When an arena is bound to memory, all its pointers are set.
#pragma once

#include <array>
#include <vector>

#include "plan/buffer_ref.hpp"

namespace teranga::model {

class Bindings {
 public:
  // Main thread, before the first batch. The pointer stays where it is; a reference to nothing makes it null.
  void add(const BufferRef& buffer, void*& pointer) {
    pointer = nullptr;
    if (!buffer) return;
    std::vector<std::vector<Pointer>>& arenas = pointers_[static_cast<std::size_t>(buffer.arena)];
    const auto index = static_cast<std::size_t>(buffer.index);
    if (arenas.size() <= index) arenas.resize(index + 1);
    arenas[index].push_back({&pointer, buffer.offset});
  }

  // How many indices of an arena have pointers into it: from 0 on.
  int count(Arena arena) const noexcept { return static_cast<int>(pointers_[static_cast<std::size_t>(arena)].size()); }

  // Null memory makes all pointers null. Several threads may bind slices at once, each another one.
  void bind(Arena arena, int index, void* memory) const noexcept {
    if (index >= count(arena)) return;
    for (const Pointer& one : pointers_[static_cast<std::size_t>(arena)][static_cast<std::size_t>(index)]) *one.pointer = memory ? static_cast<char*>(memory) + one.offset : nullptr;
  }

 private:
  struct Pointer {
    void** pointer;
    std::size_t offset;  // bytes
  };
  std::array<std::vector<std::vector<Pointer>>, arena_count> pointers_;
};

}  // namespace teranga::model
