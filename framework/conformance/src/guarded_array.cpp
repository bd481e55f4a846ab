// SPDX-License-Identifier: Apache-2.0
#include "guarded_array.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

namespace teranga::conformance {
namespace {

constexpr std::byte beside{0xC3};

std::size_t page_bytes() noexcept {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

// Mappings of one page that are free: most arrays are small, and a rule makes many.
class SmallMappings {
 public:
  ~SmallMappings() {
    for (std::byte* const mapping : free_) munmap(mapping, 3 * page_bytes());
  }
  std::byte* take() noexcept {
    if (free_.empty()) return nullptr;
    std::byte* const mapping = free_.back();
    return free_.pop_back(), mapping;
  }
  bool keep(std::byte* mapping) {
    if (free_.size() >= 64) return false;
    return free_.push_back(mapping), true;
  }

 private:
  std::vector<std::byte*> free_;
};
thread_local SmallMappings small_mappings;

std::byte* map_between_pages(std::size_t inner) {
  const std::size_t page = page_bytes(), all = inner + 2 * page;
  if (std::byte* const kept = inner == page ? small_mappings.take() : nullptr) return kept;
  void* const mapped = mmap(nullptr, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const mapping = static_cast<std::byte*>(mapped);
  if (mprotect(mapping + page, inner, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  return mapping;
}

}  // namespace

GuardedArray::GuardedArray(std::size_t bytes, Edge edge) : bytes_(bytes) {
  const std::size_t page = page_bytes(), inner = std::max<std::size_t>(1, (bytes + page - 1) / page) * page;
  mapped_ = inner + 2 * page;
  mapping_ = map_between_pages(inner);
  std::memset(mapping_ + page, static_cast<int>(beside), inner);
  data_ = mapping_ + page + (edge == Edge::behind ? inner - bytes : 0);
  std::memset(data_, 0, bytes_);
}

GuardedArray::~GuardedArray() {
  if (!mapping_ || (!taken_back_ && mapped_ == 3 * page_bytes() && small_mappings.keep(mapping_))) return;
  munmap(mapping_, mapped_);
}

void GuardedArray::take_back() noexcept {
  taken_back_ = true;
  if (named_) named_->is_past(true);
  mprotect(mapping_, mapped_, PROT_NONE);
}

void GuardedArray::fill(unsigned char pattern) noexcept { std::memset(data_, pattern, bytes_); }

bool GuardedArray::damaged() const noexcept {
  const auto whole = [](std::byte b) { return b == beside; };
  const std::size_t page = page_bytes();
  return !std::all_of(mapping_ + page, data_, whole) || !std::all_of(data_ + bytes_, mapping_ + mapped_ - page, whole);
}

}  // namespace teranga::conformance
