// SPDX-License-Identifier: Apache-2.0
#include "guarded_array.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace teranga::conformance {
namespace {

constexpr std::byte beside{0xC3};

std::size_t page_bytes() noexcept {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace

GuardedArray::GuardedArray(std::size_t bytes, Edge edge) : bytes_(bytes) {
  const std::size_t page = page_bytes(), inner = std::max<std::size_t>(1, (bytes + page - 1) / page) * page;
  mapped_ = inner + 2 * page;
  void* const mapping = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<std::byte*>(mapping);
  std::memset(mapping_ + page, static_cast<int>(beside), inner);
  mprotect(mapping_, page, PROT_NONE);
  mprotect(mapping_ + page + inner, page, PROT_NONE);
  data_ = mapping_ + page + (edge == Edge::behind ? inner - bytes : 0);
  std::memset(data_, 0, bytes_);
}

GuardedArray::~GuardedArray() {
  if (mapping_) munmap(mapping_, mapped_);
}

void GuardedArray::fill(unsigned char pattern) noexcept { std::memset(data_, pattern, bytes_); }

bool GuardedArray::damaged() const noexcept {
  const auto whole = [](std::byte b) { return b == beside; };
  const std::size_t page = page_bytes();
  return !std::all_of(mapping_ + page, data_, whole) || !std::all_of(data_ + bytes_, mapping_ + mapped_ - page, whole);
}

}  // namespace teranga::conformance
