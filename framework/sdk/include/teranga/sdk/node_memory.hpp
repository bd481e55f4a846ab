// SPDX-License-Identifier: Apache-2.0
// A large block of bytes that a data set only reads, held once for all processes of a machine (c/node_memory.h):
//
//   const NodeBlock pixels("pixels of " + folder, bytes, [&](void* to) { ... });    // writes all bytes; throws what is wrong, on all processes alike
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include <teranga/sdk/c/node_memory.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/plugin.hpp>

namespace teranga::sdk {

class NodeBlock {
 public:
  NodeBlock() = default;
  // `fill(void* to)` is called where the block is written: on the first process of each machine alone. Throws what it threw, as an Error, on all processes; Error with
  // "memory" as `where` where there is none.
  template <class Fill>
  NodeBlock(const std::string& name, std::size_t bytes, Fill&& fill) {
    using Given = std::remove_reference_t<Fill>;
    const auto call = [](void* context, void* memory, trg_error* error) noexcept { return detail::guarded(error, [&] { (*static_cast<Given*>(context))(memory); }); };
    trg_error error{};
    error.size = sizeof(error);
    error.sample = -1;
    void* const context = const_cast<void*>(static_cast<const void*>(std::addressof(fill)));
    lender_ = host().extension ? static_cast<const trg_node_memory*>(host().extension(TRG_NODE_MEMORY)) : nullptr;
    const std::int32_t status = lender_ ? lender_->hold(name.c_str(), bytes, call, context, &block_, &error) : hold_here(bytes, call, context, error);
    if (status == TRG_BAD_DATA) throw as_reported(DataError({}, error.text), error);
    if (status != TRG_OK) throw as_reported(Error(status, error.text), error);
  }
  ~NodeBlock() {
    if (block_.handle && lender_) lender_->release(block_.handle);
    else if (block_.handle) ::operator delete(block_.handle, std::align_val_t{alignment});
  }
  NodeBlock(NodeBlock&& other) noexcept : lender_(other.lender_), block_(std::exchange(other.block_, {sizeof(trg_node_block), nullptr, nullptr})) {}
  NodeBlock& operator=(NodeBlock&& other) noexcept {
    std::swap(lender_, other.lender_), std::swap(block_, other.block_);
    return *this;
  }

  const void* data() const noexcept { return block_.data; }

 private:
  static constexpr std::size_t alignment = 64;

  template <class Failure>
  static Failure as_reported(Failure failure, const trg_error& error) {
    failure.where = error.where, failure.hint = error.hint, failure.sample = error.sample;
    return failure;
  }

  // Of a host without this ability.
  template <class Call>
  std::int32_t hold_here(std::size_t bytes, Call&& call, void* context, trg_error& error) {
    void* const memory = ::operator new(bytes, std::align_val_t{alignment}, std::nothrow);
    if (!memory) return detail::report(&error, TRG_FAILED, "there is no memory for " + std::to_string(bytes) + " bytes", "memory");
    std::memset(memory, 0, bytes);
    block_.data = block_.handle = memory;
    const std::int32_t status = call(context, memory, &error);
    if (status != TRG_OK) ::operator delete(std::exchange(block_.handle, nullptr), std::align_val_t{alignment});
    return status;
  }

  const trg_node_memory* lender_ = nullptr;
  trg_node_block block_{sizeof(trg_node_block), nullptr, nullptr};
};

}  // namespace teranga::sdk
