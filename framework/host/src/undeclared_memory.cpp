// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/undeclared_memory.hpp>

#include <atomic>
#include <cstddef>

#include <sys/mman.h>

namespace teranga::host {
namespace {

constexpr std::size_t undeclared_bytes = 1 << 20;  // tensors are mostly read from their beginning on
std::atomic<const char*> undeclared_begin{nullptr};

}  // namespace

void* undeclared_memory() noexcept {
  static void* const memory = [] {
    void* const mapped = ::mmap(nullptr, undeclared_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return static_cast<void*>(nullptr);
    undeclared_begin = static_cast<const char*>(mapped);
    return mapped;
  }();
  return memory;
}

bool is_undeclared(const void* address) noexcept {
  const char* const begin = undeclared_begin;
  return begin && address >= begin && address < begin + undeclared_bytes;
}

}  // namespace teranga::host
