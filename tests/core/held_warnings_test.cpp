// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <thread>

#include <teranga/core/held_warnings.hpp>
#include <teranga/core/log.hpp>

namespace teranga::log {
namespace {

// How many warnings the log has told since then.
class Told {
 public:
  std::size_t operator()() const { return warnings() - before_; }

 private:
  std::size_t before_ = warnings();
};

}  // namespace

BOOST_AUTO_TEST_CASE(warnings_are_kept_until_they_are_released) {
  const Told told;
  HeldWarnings held;
  warning("one");
  warning_of_all("another");
  BOOST_TEST(told() == 0u);
  held.release();
  BOOST_TEST(told() == 2u);
  warning("a third");
  BOOST_TEST(told() == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_not_released_is_forgotten) {
  const Told told;
  {
    const HeldWarnings held;
    warning("one");
  }
  BOOST_TEST(told() == 0u);
  warning("another");
  BOOST_TEST(told() == 1u);
}

BOOST_AUTO_TEST_CASE(what_another_thread_warns_of_is_told_at_once) {
  const Told told;
  const HeldWarnings held;
  std::thread([] { warning("second signal INT: ending at once"); }).join();
  BOOST_TEST(told() == 1u);
}

BOOST_AUTO_TEST_CASE(what_an_inner_one_releases_an_outer_one_keeps) {
  const Told told;
  {
    HeldWarnings outer;
    warning("before");
    {
      HeldWarnings inner;
      warning("released");
      inner.release();
    }
    {
      const HeldWarnings inner;
      warning("forgotten");
    }
    BOOST_TEST(told() == 0u);
    outer.release();
    BOOST_TEST(told() == 2u);
  }
  {
    const HeldWarnings outer;
    HeldWarnings inner;
    warning("released into what is forgotten");
    inner.release();
  }
  BOOST_TEST(told() == 2u);
}

}  // namespace teranga::log
