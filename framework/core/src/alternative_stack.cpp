// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/alternative_stack.hpp>

#include <csignal>
#include <cstddef>

#include <sys/mman.h>

namespace teranga {
namespace {

constexpr std::size_t stack_bytes = 128 << 10;  // a stack trace looks through the tables of all libraries

struct AlternativeStack {
  void* memory = MAP_FAILED;

  AlternativeStack() noexcept {
    stack_t before{};
    if (::sigaltstack(nullptr, &before) != 0 || !(before.ss_flags & SS_DISABLE)) return;  // a sanitizer has its own
    memory = ::mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t own{};
    own.ss_sp = memory;
    own.ss_size = stack_bytes;
    ::sigaltstack(&own, nullptr);
  }
  ~AlternativeStack() {
    if (memory == MAP_FAILED) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
    ::munmap(memory, stack_bytes);
  }
  AlternativeStack(const AlternativeStack&) = delete;
  AlternativeStack& operator=(const AlternativeStack&) = delete;
};

}  // namespace

void use_alternative_stack() noexcept {
  thread_local const AlternativeStack stack;
  static_cast<void>(stack);
}

}  // namespace teranga
