// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/held_array.hpp>

#include <string_view>

#include <teranga/datasets/array_room.hpp>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/node_memory.hpp>

namespace teranga::datasets {

HeldArray HeldArray::made(const std::string& who, ElementType type, const Shape& shape, const std::function<void(void* to)>& fill) {
  HeldArray out;
  out.type_ = type, out.shape_ = shape, out.count_ = element_count(shape);
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(static_cast<std::size_t>(out.count_), size_of(type), &bytes)) no_room(who, shape, "it is beyond all memory");
  try {
    const auto block = std::make_shared<const sdk::NodeBlock>(who, bytes, fill);
    out.data_ = block->data();
    out.owner_ = block;
  } catch (const sdk::Error& error) {
    if (error.code == TRG_FAILED && error.where == "memory") no_room(who, shape, error.what());
    throw;
  }
  return out;
}

}  // namespace teranga::datasets
