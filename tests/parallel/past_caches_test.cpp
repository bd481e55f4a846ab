// SPDX-License-Identifier: Apache-2.0
// Copies and zeros of any length arrive whole, touch nothing around them, and are there for the thread that is told.
#include <boost/test/unit_test.hpp>

#include <teranga/parallel/past_caches.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

namespace {

struct alignas(64) Line {
  std::uint8_t bytes[64];
};

}  // namespace

BOOST_AUTO_TEST_CASE(every_length_is_written_and_nothing_more) {
  std::vector<std::uint8_t> from(301);
  std::iota(from.begin(), from.end(), std::uint8_t{1});
  for (std::size_t bytes = 0; bytes <= 300; ++bytes)
    for (const std::size_t shift : {std::size_t{0}, std::size_t{16}}) {
      std::vector<Line> lines(6);
      std::uint8_t* const to = lines[0].bytes + shift;
      const auto fill = [&] { std::fill_n(lines[0].bytes, sizeof(Line) * lines.size(), std::uint8_t{77}); };
      const auto rest_is_untouched = [&] {
        for (std::size_t i = 0; i < shift; ++i)
          if (lines[0].bytes[i] != 77) return false;
        for (std::size_t i = shift + bytes; i < sizeof(Line) * lines.size(); ++i)
          if (lines[0].bytes[i] != 77) return false;
        return true;
      };
      fill();
      teranga::copy_past_caches(to, from.data() + 1, bytes);  // from where it may lie unaligned
      BOOST_TEST(std::equal(to, to + bytes, from.begin() + 1), bytes << " bytes copied");
      BOOST_TEST(rest_is_untouched(), bytes << " bytes copied");
      fill();
      teranga::clear_past_caches(to, bytes);
      BOOST_TEST(std::all_of(to, to + bytes, [](std::uint8_t byte) { return byte == 0; }), bytes << " bytes cleared");
      BOOST_TEST(rest_is_untouched(), bytes << " bytes cleared");
    }
}

BOOST_AUTO_TEST_CASE(a_thread_that_is_told_finds_what_was_written) {
  constexpr int rounds = 2000;
  constexpr std::size_t count = 1024;
  std::vector<Line> shared(count / 16);
  auto* const numbers = reinterpret_cast<std::uint32_t*>(shared[0].bytes);
  std::atomic<int> written{0}, read{0};
  int wrong = 0;
  std::thread reader([&] {
    for (int round = 1; round <= rounds; ++round) {
      while (written.load(std::memory_order_acquire) < round) std::this_thread::yield();
      for (std::size_t i = 0; i < count; ++i) wrong += numbers[i] != (round % 3 == 0 ? 0U : static_cast<std::uint32_t>(round));
      read.store(round, std::memory_order_release);
    }
  });
  std::vector<std::uint32_t> fresh(count);
  for (int round = 1; round <= rounds; ++round) {
    fresh.assign(count, static_cast<std::uint32_t>(round));
    if (round % 3 == 0) teranga::clear_past_caches(numbers, count * 4);
    else teranga::copy_past_caches(numbers, fresh.data(), count * 4);
    written.store(round, std::memory_order_release);
    while (read.load(std::memory_order_acquire) < round) std::this_thread::yield();
  }
  reader.join();
  BOOST_TEST(wrong == 0);
}
