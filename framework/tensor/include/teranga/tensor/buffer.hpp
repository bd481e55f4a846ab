// SPDX-License-Identifier: Apache-2.0
// Zeroed, 64-byte aligned memory with value semantics; large ones ask the kernel for huge pages.
#pragma once

#include <cstddef>
#include <memory>

namespace teranga {

class Buffer {
 public:
  static constexpr std::size_t alignment = 64;

  Buffer() = default;
  explicit Buffer(std::size_t bytes);  // throws Error(failure) naming the bytes where memory runs out
  Buffer(const Buffer& other);
  Buffer(Buffer&&) noexcept = default;
  Buffer& operator=(Buffer other) noexcept;

  void* data() noexcept { return bytes_.get(); }
  const void* data() const noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }

 private:
  struct Free {
    void operator()(void* bytes) const noexcept;
  };
  std::unique_ptr<void, Free> bytes_;
  std::size_t size_ = 0;
};

}  // namespace teranga
