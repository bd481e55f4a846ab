// SPDX-License-Identifier: Apache-2.0
// The peak is that of memory in use, and can be forgotten.
#include <boost/test/unit_test.hpp>

#include <teranga/core/peak_memory.hpp>

#include <cstddef>

#include <sys/mman.h>

namespace {

constexpr std::size_t size = std::size_t{64} << 20;

void use_for_a_moment() {
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  BOOST_REQUIRE(memory != MAP_FAILED);
  auto* const bytes = static_cast<volatile char*>(memory);
  for (std::size_t i = 0; i < size; i += 4096) bytes[i] = 1;
  munmap(memory, size);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_peak_outlives_the_memory_and_can_be_forgotten) {
  const std::size_t before = teranga::peak_memory_bytes();
  BOOST_TEST(before > 0U);
  use_for_a_moment();
  const std::size_t peak = teranga::peak_memory_bytes();
  BOOST_TEST(peak > before + size * 9 / 10);
  if (!teranga::forget_peak_memory()) return;  // a kernel may forbid it
  BOOST_TEST(teranga::peak_memory_bytes() < peak - size / 2);
}
