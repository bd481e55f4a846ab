// SPDX-License-Identifier: Apache-2.0
// Memory that ranks on one node share: what the first one writes all others read, without a copy and without a file; a failure reaches all; whoever asks for something
// else, or comes after the first one has left, is not kept waiting.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/memory_of_node.hpp>
#include <teranga/core/error.hpp>

#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using teranga::NodeMemory;

std::unique_ptr<teranga::Communicator> connected;
std::shared_ptr<NodeMemory> memory;

struct Connection {
  void setup() {
    connected = teranga::Communicator::connect();
    memory = teranga::memory_of_node(*connected);
  }
  void teardown() {
    memory.reset();
    connected.reset();
  }
};
BOOST_TEST_GLOBAL_FIXTURE(Connection);

teranga::Communicator& group() { return *connected; }
bool alone() { return group().size() == 1; }

// Work of all ranks, which meet behind it.
struct Together {
  std::optional<NodeMemory::Work> work{std::in_place, *memory};
  ~Together() {
    work.reset();
    group().barrier();
  }
};

constexpr std::size_t size = std::size_t{8} << 20;

std::string nothing(void*) { return ""; }

std::optional<NodeMemory::Filled> ranks_and_numbers(const std::string& name, int& calls) {
  return memory->filled(name, size, [&](void* to) {
    ++calls;
    for (std::size_t i = 0; i < size / sizeof(int); ++i) static_cast<int*>(to)[i] = static_cast<int>(i);
    return std::string();
  });
}

long size_of_process() {
  std::ifstream totals("/proc/self/smaps_rollup");
  for (std::string word; totals >> word;)
    if (long kib = 0; word == "Pss:" && totals >> kib) return kib;
  throw std::runtime_error("/proc/self/smaps_rollup does not tell the proportional size");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_rank_alone_shares_with_nobody) { BOOST_TEST((memory == nullptr) == alone()); }

BOOST_AUTO_TEST_CASE(the_first_rank_fills_a_block_and_all_read_it) {
  if (alone()) return;
  const Together work;
  int calls = 0;
  const long before = size_of_process();
  const auto filled = ranks_and_numbers("numbers", calls);
  BOOST_TEST_REQUIRE((filled && filled->bytes));
  BOOST_TEST(calls == (group().local_rank() == 0 ? 1 : 0));
  const auto* numbers = static_cast<const int*>(filled->bytes.get());
  bool same = true;
  for (std::size_t i = 0; i < size / sizeof(int); ++i) same &= numbers[i] == static_cast<int>(i);
  BOOST_TEST(same);
  group().barrier();
  std::vector<double> grown = {static_cast<double>(size_of_process() - before)};
  group().sum(grown);
  BOOST_TEST(grown[0] < 1.3 * static_cast<double>(size) / 1024);
  group().barrier();
}

BOOST_AUTO_TEST_CASE(a_block_outlives_the_memory_that_it_came_from_on_each_rank) {
  if (alone()) return;
  std::shared_ptr<const void> kept;
  {
    const auto other = teranga::memory_of_node(group());
    const NodeMemory::Work in_other(*other);
    kept = other->filled("kept", 4096, [](void* to) { return std::memset(to, 7, 4096), std::string(); })->bytes;
  }
  group().barrier();
  BOOST_TEST(static_cast<const char*>(kept.get())[4095] == 7);
  if (group().local_rank() == 0) kept.reset();  // its owner; the others still have it
  group().barrier();
  if (kept) BOOST_TEST(static_cast<const char*>(kept.get())[0] == 7);
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_first_rank_is_that_of_all_and_the_next_block_is_well) {
  if (alone()) return;
  const Together work;
  const auto failed = memory->filled("broken", size, [](void*) { return std::string("row 3 is broken\0 and more", 25); });
  BOOST_TEST_REQUIRE(failed.has_value());
  BOOST_TEST(failed->failure == std::string("row 3 is broken\0 and more", 25));
  BOOST_TEST(failed->bytes == nullptr);
  int calls = 0;
  BOOST_TEST((ranks_and_numbers("numbers", calls)->bytes != nullptr));
}

BOOST_AUTO_TEST_CASE(more_than_the_machine_has_is_no_memory_on_all) {
  if (alone()) return;
  const Together work;
  const auto found = memory->filled("much", std::size_t{1} << 60, nothing);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->bytes == nullptr && found->failure.empty()));
}

BOOST_AUTO_TEST_CASE(a_rank_that_reads_something_else_is_told_to_hold_it_by_itself) {
  if (alone()) return;
  const Together work;
  const bool first = group().local_rank() == 0;
  BOOST_TEST(memory->filled(first ? "one file" : "another file", 4096, nothing).has_value() == first);
  BOOST_TEST(memory->filled("one file", first ? 4096 : 8192, nothing).has_value() == first);
  BOOST_TEST(memory->filled("one file", 4096, nothing).has_value());
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_a_first_rank_that_has_left) {
  if (alone()) return;
  bool thrown = false;
  try {
    const Together work;
    if (group().local_rank() == 0) throw teranga::Error(teranga::ExitCode::failure, "the first rank fails by itself");
    memory->filled("never", 4096, nothing);
  } catch (const teranga::Error&) {
    thrown = true;
  }
  BOOST_TEST(thrown);
  group().barrier();
}

BOOST_AUTO_TEST_CASE(all_ranks_write_to_shared_memory) {
  if (alone()) return;
  for (int round = 0; round < 100; ++round) {  // more than the ring of entries holds
    const std::int64_t number = memory->next_shared();
    std::shared_ptr<void> shared;
    while (!(shared = memory->shared(number, 4096))) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto& sum = *static_cast<std::atomic<std::int64_t>*>(shared.get());
    sum += group().local_rank() + 1;
    group().barrier();
    BOOST_TEST(sum.load() == group().local_size() * (group().local_size() + 1) / 2);
    group().barrier();
  }
}

BOOST_AUTO_TEST_CASE(an_address_of_nobody_is_refused) {
  for (const std::string address : {"", "1", "999999999 3 1 2", "1 0 1 2"}) BOOST_TEST((NodeMemory::join(address, 1, 2) == nullptr));
  if (alone()) return;
  const std::vector<std::string> all = group().allgather(group().local_rank() == 0 ? memory->address() : "");
  BOOST_TEST((NodeMemory::join(all[0], 1, 2) != nullptr));
  BOOST_TEST((NodeMemory::join(all[0] + "1", 1, 2) == nullptr));  // another cookie: the number of the file belongs to somebody else
  group().barrier();
}
