// SPDX-License-Identifier: Apache-2.0
#include <plan/memory_plan.hpp>

#include <random>

#include <boost/test/unit_test.hpp>

namespace teranga::model {

BOOST_AUTO_TEST_CASE(buffers_that_live_at_one_time_never_overlap) {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> buffers(1 + random() % 40);
    for (Lifetime& b : buffers) {
      b.birth = static_cast<int>(random() % 20);
      b.death = b.birth + static_cast<int>(random() % 8);
      b.bytes = random() % 3000;
    }
    const std::size_t size = place(buffers);
    for (const Lifetime& a : buffers) {
      BOOST_TEST(a.offset % 64 == 0u);
      BOOST_TEST(a.offset + a.bytes <= size);
      for (const Lifetime& b : buffers) {
        const bool together = &a != &b && a.bytes && b.bytes && a.birth <= b.death && b.birth <= a.death;
        BOOST_TEST(!(together && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(buffers_that_follow_one_another_share_their_bytes) {
  std::vector<Lifetime> buffers = {{1000, 0, 1, 9}, {1000, 2, 3, 9}, {1000, 4, 5, 9}, {1000, -1, -1, 9}};
  BOOST_TEST(place(buffers) == 1024u);
  BOOST_TEST(buffers[2].offset == 0u);
}

}  // namespace teranga::model
