// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/thread_setup.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace teranga {
namespace {

struct Hooks {
  std::mutex mutex;
  std::vector<std::function<void()>> list;
  std::atomic<std::size_t> count{0};
};

Hooks& hooks() {
  static Hooks* instance = new Hooks;  // threads may still work while statics are destroyed
  return *instance;
}

void flush_denormals() noexcept {
#if defined(__x86_64__)
  constexpr unsigned flush_to_zero = 1u << 15;
  constexpr unsigned denormals_are_zero = 1u << 6;
  _mm_setcsr(_mm_getcsr() | flush_to_zero | denormals_are_zero);
#elif defined(__aarch64__)
  std::uint64_t mode;
  asm volatile("mrs %0, fpcr" : "=r"(mode));
  asm volatile("msr fpcr, %0" : : "r"(mode | (std::uint64_t{1} << 24)));
#endif
}

}  // namespace

void on_each_thread(std::function<void()> hook) {
  Hooks& h = hooks();
  std::lock_guard lock(h.mutex);
  h.list.push_back(std::move(hook));
  h.count.store(h.list.size(), std::memory_order_release);
}

void prepare_this_thread() {
  thread_local bool flushed = false;
  thread_local std::size_t done = 0;
  if (!flushed) {
    flush_denormals();
    flushed = true;
  }
  Hooks& h = hooks();
  while (done < h.count.load(std::memory_order_acquire)) {
    std::function<void()> hook;
    {
      std::lock_guard lock(h.mutex);
      hook = h.list[done];
    }
    ++done;  // first: a hook that throws or starts a loop of its own must not run again
    hook();
  }
}

}  // namespace teranga
