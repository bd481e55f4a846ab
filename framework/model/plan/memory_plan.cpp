// SPDX-License-Identifier: Apache-2.0
#include "plan/memory_plan.hpp"

#include <algorithm>
#include <numeric>

namespace teranga::model {

std::size_t place(std::vector<Lifetime>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return buffers[a].birth != buffers[b].birth ? buffers[a].birth < buffers[b].birth : buffers[a].bytes > buffers[b].bytes;
  });
  const auto end_of = [](const Lifetime& b) { return b.offset + (b.bytes + 63) / 64 * 64; };
  std::size_t size = 0;
  std::vector<const Lifetime*> placed;  // by offset
  for (const std::size_t index : order) {
    Lifetime& buffer = buffers[index];
    if (buffer.birth < 0 || buffer.bytes == 0) continue;
    buffer.offset = 0;
    for (const Lifetime* other : placed) {
      if (other->death < buffer.birth || other->birth > buffer.death) continue;
      if (buffer.offset + (buffer.bytes + 63) / 64 * 64 <= other->offset) break;
      buffer.offset = std::max(buffer.offset, end_of(*other));
    }
    placed.insert(std::upper_bound(placed.begin(), placed.end(), &buffer, [](const Lifetime* a, const Lifetime* b) { return a->offset < b->offset; }), &buffer);
    size = std::max(size, end_of(buffer));
  }
  return size;
}

}  // namespace teranga::model
