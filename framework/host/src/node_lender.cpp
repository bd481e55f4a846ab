// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/node_lender.hpp>

#include <teranga/core/error.hpp>
#include <teranga/sdk/error.hpp>
#include <teranga/tensor/buffer.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <fmt/format.h>

namespace teranga::host {
namespace {

thread_local NodeMemory* lent_memory = nullptr;

using Fill = std::int32_t (*)(void* context, void* memory, trg_error* error);

// What release takes: one of the two.
struct HeldBlock {
  Buffer own;
  std::shared_ptr<const void> shared;
};

trg_error fresh() noexcept {
  trg_error error{};
  error.size = sizeof(error);
  error.sample = -1;
  return error;
}

// A failure crosses to the other processes as the bytes of its record.
static_assert(sizeof(trg_error) <= NodeMemory::most_failure);

std::string failure_of(Fill fill, void* context, void* memory) {
  trg_error error = fresh();
  const std::int32_t status = fill(context, memory, &error);
  if (status == TRG_OK) return {};
  error.code = status;
  return {reinterpret_cast<const char*>(&error), sizeof(error)};
}

std::int32_t no_memory(std::uint64_t bytes, trg_error* error) { return sdk::detail::report(error, TRG_FAILED, fmt::format("cannot allocate {} bytes", bytes), "memory"); }

std::int32_t hold_shared(const char* name, std::uint64_t bytes, Fill fill, void* context, HeldBlock& held, trg_error* error) {
  std::optional<NodeMemory::Filled> filled = lent_memory->filled(name, bytes, [&](void* memory) { return failure_of(fill, context, memory); });
  if (!filled) return TRG_OK;  // nothing is held yet
  if (!filled->failure.empty()) {
    trg_error found = fresh();
    std::memcpy(&found, filled->failure.data(), std::min(filled->failure.size(), sizeof(found)));
    return sdk::detail::report(error, found.code, found.text, found.where, found.hint, found.sample);
  }
  held.shared = std::move(filled->bytes);
  return held.shared ? TRG_OK : no_memory(bytes, error);
}

std::int32_t hold_alone(std::uint64_t bytes, Fill fill, void* context, HeldBlock& held, trg_error* error) {
  try {
    held.own = Buffer(bytes);
  } catch (const Error&) {
    return no_memory(bytes, error);
  }
  return fill(context, held.own.data(), error);
}

std::int32_t hold(const char* name, std::uint64_t bytes, Fill fill, void* context, trg_node_block* block, trg_error* error) {
  try {
    auto held = std::make_unique<HeldBlock>();
    std::int32_t status = lent_memory && bytes > 0 ? hold_shared(name, bytes, fill, context, *held, error) : TRG_OK;
    if (status == TRG_OK && !held->shared) status = hold_alone(bytes, fill, context, *held, error);
    if (status != TRG_OK) return status;
    block->data = held->shared ? held->shared.get() : held->own.data();
    block->handle = held.release();
    return TRG_OK;
  } catch (const std::exception& failure) {  // the first process is gone
    return sdk::detail::report(error, TRG_FAILED, failure.what());
  }
}

void release(void* handle) { delete static_cast<HeldBlock*>(handle); }

}  // namespace

const trg_node_memory& node_lender() noexcept {
  static const trg_node_memory lender = {sizeof(trg_node_memory), hold, release};
  return lender;
}

LendNode::LendNode(NodeMemory* memory) noexcept : before_(lent_memory) {
  lent_memory = memory;
  if (memory) work_.emplace(*memory);
}
LendNode::~LendNode() { lent_memory = before_; }

}  // namespace teranga::host
