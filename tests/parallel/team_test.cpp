// SPDX-License-Identifier: Apache-2.0
// Loops shared by a team: each index once, unique workers, the lowest error, nesting, several callers, prepared threads.
#include <boost/test/unit_test.hpp>

#include <teranga/parallel/cpu.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/parallel/thread_setup.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

std::atomic<long> allocations{0};

// Long enough for other threads to join the loop.
void linger() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

}  // namespace

// Out of line, so that the compiler does not see malloc behind new.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

BOOST_AUTO_TEST_CASE(each_index_runs_exactly_once) {
  for (const int threads : {1, 2, 5}) {
    teranga::Team team(threads);
    BOOST_TEST(team.threads() == threads);
    for (const int count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count));
      for (int round = 0; round < 50; ++round)
        team.for_each(count, [&](std::int64_t index, int) { ++calls[static_cast<std::size_t>(index)]; });
      for (const auto& number : calls) BOOST_TEST(number == 50);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_threads_asked_means_one_for_each_usable_core) { BOOST_TEST(teranga::Team().threads() >= 1); }

BOOST_AUTO_TEST_CASE(calls_at_the_same_time_have_different_workers) {
  constexpr int threads = 4;
  teranga::Team team(threads);
  std::vector<std::atomic<int>> busy(threads);
  std::atomic<int> clashes{0};
  std::mutex mutex;
  std::set<int> seen;
  for (int round = 0; round < 5; ++round)
    team.for_each(16, [&](std::int64_t, int worker) {
      if (worker < 0 || worker >= threads || busy[static_cast<std::size_t>(worker)]++ != 0) ++clashes;
      linger();
      --busy[static_cast<std::size_t>(worker)];
      std::lock_guard lock(mutex);
      seen.insert(worker);
    });
  BOOST_TEST(clashes == 0);
  BOOST_TEST(seen.size() > 1u);  // the work was shared
}

BOOST_AUTO_TEST_CASE(a_worker_begins_with_its_own_stretch) {
  constexpr int threads = 3;
  teranga::Team team(threads);
  for (const std::int64_t count : {2, 3, 8, 30}) {
    for (int round = 0; round < 20; ++round) {
      std::vector<std::vector<std::int64_t>> taken(threads);
      for (auto& indices : taken) indices.reserve(static_cast<std::size_t>(count));
      team.for_each(count, [&](std::int64_t index, int worker) {
        taken[static_cast<std::size_t>(worker)].push_back(index);
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      });
      // Stretch w holds the indices from ceil(w count / threads) on. What a worker takes is its own, then the next one's, then that of the one after:
      // never one of a stretch that it has left.
      for (int worker = 0; worker < threads; ++worker) {
        std::int64_t before = -1;
        for (const std::int64_t index : taken[static_cast<std::size_t>(worker)]) {
          const std::int64_t owner = index * threads / count, turn = (owner - worker + threads) % threads * count + index;
          BOOST_TEST(turn > before);
          before = turn;
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_look_at_the_distance_leaves_the_team_as_it_was) {
  for (const int threads : {1, 2, 4}) {
    teranga::Team team(threads);
    std::atomic<int> calls{0};
    for (int round = 0; round < 20; ++round) {
      team.for_each(4, [&](std::int64_t, int) {
        linger();
        ++calls;
      });
      team.look_how_far();  // the first one looks, the others find that it was just now
    }
    team.for_each(4, [&](std::int64_t, int) {  // inside of a loop there is nobody to look at
      team.look_how_far();
      ++calls;
    });
    BOOST_TEST(calls == 84);
    if (threads == 1) BOOST_TEST(team.message_ns() == 0);
    teranga::Team pretending(threads);
    for (const bool far : {true, false}) {
      pretending.pretend_far_apart(far);
      pretending.look_how_far();
      BOOST_TEST(pretending.far_apart() == far);
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_that_are_awake_find_how_far_they_are_apart) {
  teranga::Team crowd(teranga::usable_cores() + 1);  // somebody has no core to answer from: there is no look
  crowd.for_each(64, [](std::int64_t, int) { linger(); });
  crowd.look_how_far();
  BOOST_TEST(crowd.message_ns() == 0);
  if (teranga::usable_cores() < 2) return;
  teranga::Team team(2);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);  // other work may keep the second thread away for a while
  while (team.message_ns() == 0 && std::chrono::steady_clock::now() < end) {
    team.for_each(8, [](std::int64_t, int) { linger(); });
    team.look_how_far();
  }
  BOOST_TEST(team.message_ns() > 1);
  BOOST_TEST(team.message_ns() < 1e6);
}

BOOST_AUTO_TEST_CASE(a_single_index_runs_on_the_caller_as_worker_0) {
  teranga::Team team(3);
  std::thread::id thread;
  int on = -1;
  team.for_each(1, [&](std::int64_t, int worker) {
    thread = std::this_thread::get_id();
    on = worker;
  });
  BOOST_TEST((thread == std::this_thread::get_id()));
  BOOST_TEST(on == 0);
}

BOOST_AUTO_TEST_CASE(the_error_of_the_lowest_failing_index_is_thrown) {
  for (const int threads : {1, 2, 4}) {
    teranga::Team team(threads);
    for (int round = 0; round < 200; ++round) {
      std::string found;
      try {
        team.for_each(40, [](std::int64_t index, int) {
          if (index >= 5 && index % 2 == 1) throw std::runtime_error(std::to_string(index));
        });
      } catch (const std::runtime_error& error) {
        found = error.what();
      }
      BOOST_REQUIRE_EQUAL(found, "5");
    }
    for (const std::int64_t lowest : {1, 13, 21, 38}) {  // in any worker's stretch, while others fail in theirs
      std::int64_t found = -1;
      try {
        team.for_each(40, [&](std::int64_t index, int) {
          if (index >= lowest) throw index;
        });
      } catch (const std::int64_t& index) {
        found = index;
      }
      BOOST_TEST(found == lowest);
    }
    std::atomic<int> calls{0};  // and the team works on
    team.for_each(10, [&](std::int64_t, int) { ++calls; });
    BOOST_TEST(calls == 10);
  }
}

BOOST_AUTO_TEST_CASE(no_index_is_started_after_an_error_on_one_thread) {
  teranga::Team team(1);
  int calls = 0;
  BOOST_CHECK_THROW(team.for_each(10,
                                  [&](std::int64_t index, int) {
                                    ++calls;
                                    if (index == 3) throw std::runtime_error("3");
                                  }),
                    std::runtime_error);
  BOOST_TEST(calls == 4);
}

BOOST_AUTO_TEST_CASE(a_loop_inside_a_loop_stays_on_its_thread_and_worker) {
  teranga::Team team(3);
  std::atomic<int> strays{0};
  std::atomic<int> calls{0};
  team.for_each(12, [&](std::int64_t, int worker) {
    const auto thread = std::this_thread::get_id();
    team.for_each(5, [&](std::int64_t, int inner) {
      ++calls;
      if (inner != worker || std::this_thread::get_id() != thread) ++strays;
    });
  });
  BOOST_TEST(calls == 60);
  BOOST_TEST(strays == 0);
}

BOOST_AUTO_TEST_CASE(a_loop_of_another_team_inside_a_loop_runs_each_index_once) {
  teranga::Team outer(3);
  teranga::Team inner(3);
  std::atomic<int> calls{0};
  outer.for_each(12, [&](std::int64_t, int) { inner.for_each(5, [&](std::int64_t, int) { ++calls; }); });
  BOOST_TEST(calls == 60);
}

BOOST_AUTO_TEST_CASE(loops_from_several_threads_take_turns) {
  teranga::Team team(2);
  std::atomic<int> inside{0};
  std::atomic<int> calls{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 3; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round)
        team.for_each(4, [&](std::int64_t, int) {
          if (++inside <= 2) ++calls;
          --inside;
        });
    });
  for (std::thread& caller : callers) caller.join();
  BOOST_TEST(calls == 3 * 50 * 4);
}

BOOST_AUTO_TEST_CASE(threads_that_fell_asleep_come_back) {
  teranga::Team team(2);
  for (int round = 0; round < 3; ++round) {
    std::mutex mutex;
    std::set<std::thread::id> threads;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);  // on a machine that is busy with other work
    while (threads.size() < 2 && std::chrono::steady_clock::now() < end)
      team.for_each(8, [&](std::int64_t, int) {
        linger();
        std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      });
    BOOST_TEST(threads.size() == 2u);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

BOOST_AUTO_TEST_CASE(denormals_are_flushed_on_every_thread_that_works) {
  teranga::Team team(3);
  std::atomic<int> kept{0};
  team.for_each(30, [&](std::int64_t, int) {
    volatile float tiny = std::numeric_limits<float>::min();
    volatile float result = tiny / 4;
    linger();
    if (result != 0.0f) ++kept;
  });
  BOOST_TEST(kept == 0);
}

BOOST_AUTO_TEST_CASE(a_hook_runs_once_on_each_thread_also_on_those_that_worked_before) {
  teranga::Team team(2);
  team.for_each(8, [](std::int64_t, int) { linger(); });
  static std::mutex mutex;
  static std::multiset<std::thread::id> prepared;
  teranga::on_each_thread([] {
    std::lock_guard lock(mutex);
    prepared.insert(std::this_thread::get_id());
  });
  std::set<std::thread::id> worked;
  std::mutex worked_mutex;
  for (int round = 0; round < 3; ++round)
    team.for_each(8, [&](std::int64_t, int) {
      linger();
      std::lock_guard lock(worked_mutex);
      worked.insert(std::this_thread::get_id());
    });
  std::lock_guard lock(mutex);
  for (const std::thread::id thread : worked) BOOST_TEST(prepared.count(thread) == 1u);
}

BOOST_AUTO_TEST_CASE(loops_allocate_nothing) {
  for (const int threads : {1, 2}) {
    teranga::Team team(threads);
    team.for_each(4, [](std::int64_t, int) { linger(); });
    const long before = allocations;
    for (int round = 0; round < 100; ++round) team.for_each(4, [](std::int64_t, int) {});
    BOOST_TEST(allocations == before);
  }
}
