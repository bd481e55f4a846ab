// SPDX-License-Identifier: Apache-2.0
#include "readable_memory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <sys/uio.h>
#include <unistd.h>

namespace teranga::conformance {
namespace {

// The kernel copies, and says where it cannot.
bool copies(const void* at, std::size_t bytes, char* to) noexcept {
  iovec from{const_cast<void*>(at), bytes}, into{to, bytes};
  const ssize_t got = ::process_vm_readv(::getpid(), &into, 1, &from, 1, 0);
  if (got < 0 && errno != EFAULT) {  // this system has no such call
    std::copy_n(static_cast<const char*>(at), bytes, to);
    return true;
  }
  return got == static_cast<ssize_t>(bytes);
}

}  // namespace

bool is_readable(const void* at, std::size_t bytes) noexcept {
  constexpr std::size_t piece = 4096;
  char to[piece];
  const char* byte = static_cast<const char*>(at);
  if (!byte) return false;
  while (bytes > 0) {
    const std::size_t count = std::min(piece, bytes);
    if (!copies(byte, count, to)) return false;
    byte += count;
    bytes -= count;
  }
  return true;
}

std::optional<std::string> readable_text(const char* at, std::size_t most) {
  if (!at) return std::nullopt;
  std::string text;
  char piece[256];
  while (text.size() < most) {  // never over the end of a page that is there
    const std::size_t count = std::min<std::size_t>(sizeof(piece), 4096 - reinterpret_cast<std::uintptr_t>(at + text.size()) % 4096);
    if (!copies(at + text.size(), count, piece)) return std::nullopt;
    const char* const end = std::find(piece, piece + count, '\0');
    text.append(static_cast<const char*>(piece), end);
    if (end != piece + count) return text;
  }
  return std::nullopt;
}

}  // namespace teranga::conformance
