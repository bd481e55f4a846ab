// SPDX-License-Identifier: Apache-2.0
// What a process publishes of what it does.
#include <boost/test/unit_test.hpp>

#include <teranga/core/activity.hpp>

#include <array>
#include <string>
#include <thread>

using namespace teranga;
using activity::Section;

BOOST_AUTO_TEST_CASE(sections_nest_and_count_as_progress) {
  const activity::View before = activity::look();
  BOOST_TEST((before.section == Section::start));
  {
    const activity::InSection step(Section::step);
    BOOST_TEST((activity::look().section == Section::step));
    BOOST_TEST(!activity::look().known);
    BOOST_TEST(activity::look().progress > before.progress);
  }
  BOOST_TEST((activity::look().section == Section::start));
  const activity::InSection again(Section::step);
  BOOST_TEST(activity::look().known);
}

BOOST_AUTO_TEST_CASE(collectives_are_numbered_and_their_order_shows_in_the_fingerprint) {
  const auto fingerprint_after = [](std::initializer_list<std::size_t> sizes) {
    const std::uint64_t met = activity::look().met;
    for (const std::size_t bytes : sizes) {
      const activity::Collective shown("the sum", bytes);
      BOOST_TEST(activity::look().waits);
      BOOST_TEST(activity::look().in_collective);
      BOOST_TEST(activity::look().collective.bytes == bytes);
      BOOST_TEST(activity::look().met < met + sizes.size());
    }
    BOOST_TEST(activity::look().met == met + sizes.size());
    BOOST_TEST(!activity::look().waits);
    return activity::look().collective;
  };
  const activity::CollectiveRecord first = fingerprint_after({8, 16}), second = fingerprint_after({16, 8});
  BOOST_TEST(second.number == first.number + 2);
  BOOST_TEST(second.fingerprint != first.fingerprint);
  std::array<activity::CollectiveRecord, 3> last;
  BOOST_TEST(activity::last_collectives(last) == 3u);
  BOOST_TEST(last[0].bytes == 8u);
  BOOST_TEST(last[1].bytes == 16u);
  BOOST_TEST(last[0].number == last[1].number + 1);
}

BOOST_AUTO_TEST_CASE(the_places_of_threads_that_ended_are_used_again) {
  std::size_t places = 0;
  std::uint64_t progress = 0;
  for (int i = 0; i < 20; ++i) {
    std::thread([] {
      activity::ThreadPlace& own = activity::this_thread();
      own.calls.store(own.calls.load() + 1);
      own.item.store("an item");
      BOOST_TEST(&own == &activity::this_thread());
      own.item.store(nullptr);
    }).join();
    for (const activity::ThreadPlace& place : activity::threads()) BOOST_TEST(place.item.load() == nullptr);
    if (i == 0) places = activity::threads().size(), progress = activity::look().progress;
  }
  BOOST_TEST(activity::threads().size() == places);
  BOOST_TEST(activity::look().progress == progress + 19);
}

// As in exit(), whose handlers run after the thread's own objects are gone.
BOOST_AUTO_TEST_CASE(a_thread_that_ends_within_a_call_keeps_its_place) {
  const activity::ThreadPlace* place = nullptr;
  std::thread([&] {
    place = &activity::this_thread();
    activity::this_thread().item.store("an item");
  }).join();
  BOOST_TEST(place->item.load() == "an item");
  BOOST_TEST(place->thread.load() != 0);
}
