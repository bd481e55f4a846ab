// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "session/core_shares.hpp"

using namespace teranga::train;

namespace {

RankCores on(const char* node, std::vector<int> cores, int online = 8, int usable = 0) {
  const int count = static_cast<int>(cores.size());
  return {node, node, online, usable > 0 ? usable : count, std::move(cores)};
}

std::vector<int> fair(const std::vector<RankCores>& ranks) {
  std::vector<int> out;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) out.push_back(fair_threads(ranks, rank));
  return out;
}

std::vector<std::string> lost(const std::vector<RankCores>& ranks, const std::vector<int>& threads, Launcher launcher = Launcher::mpirun) { return lost_cores(ranks, threads, launcher); }

using Threads = std::vector<int>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_process_alone_takes_the_cores_that_it_may_use) {
  BOOST_TEST(fair({on("a", {0, 1, 2, 3})}) == Threads({4}), boost::test_tools::per_element());
  BOOST_TEST(fair({on("a", {0, 1, 2, 3}, 8, 2)}) == Threads({2}), boost::test_tools::per_element());  // processor time of two cores
}

BOOST_AUTO_TEST_CASE(ranks_that_are_bound_to_the_same_cores_share_them) {
  const std::vector<int> socket = {0, 1, 2, 3}, other = {4, 5, 6, 7};
  // Eight ranks on two sockets of four cores, as mpirun binds them: one thread each.
  const std::vector<RankCores> eight = {on("a", socket), on("a", other), on("a", socket), on("a", other), on("a", socket), on("a", other), on("a", socket), on("a", other)};
  BOOST_TEST(fair(eight) == Threads(8, 1), boost::test_tools::per_element());
  BOOST_TEST(fair({on("a", socket), on("a", other)}) == Threads({4, 4}), boost::test_tools::per_element());
  BOOST_TEST(fair({on("a", socket), on("a", socket), on("a", other)}) == Threads({2, 2, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ranks_on_other_nodes_and_more_ranks_than_cores_do_not_count_against_a_rank) {
  BOOST_TEST(fair({on("a", {0, 1}), on("b", {0, 1})}) == Threads({2, 2}), boost::test_tools::per_element());
  BOOST_TEST(fair({on("a", {0}), on("a", {0}), on("a", {0})}) == Threads({1, 1, 1}), boost::test_tools::per_element());
  BOOST_TEST(fair({on("a", {0, 1, 2, 3}, 4, 2), on("a", {0, 1, 2, 3}, 4, 2)}) == Threads({1, 1}), boost::test_tools::per_element());  // processor time of two cores for both
}

BOOST_AUTO_TEST_CASE(ranks_get_cores_of_their_own_that_are_near_to_each_other) {
  using Cores = std::vector<std::vector<int>>;
  const std::vector<int> all = {0, 1, 2, 3, 4, 5, 6, 7};
  const std::vector<int> order = {0, 2, 4, 6, 1, 3, 5, 7};  // two sockets: the even cores, the odd ones
  const auto given = [&](const std::vector<RankCores>& ranks, const std::vector<int>& threads) { return disjoint_cores(ranks, threads, order); };
  BOOST_TEST((given({on("a", all), on("a", all)}, {4, 4}) == Cores{{0, 2, 4, 6}, {1, 3, 5, 7}}));
  BOOST_TEST((given({on("a", all), on("a", all), on("a", all)}, {1, 2, 3}) == Cores{{0}, {2, 4, 6}, {1, 3, 5, 7}}));
  BOOST_TEST((given({on("a", all), on("a", all)}, {1, 1}) == Cores{{0, 2, 4, 6}, {1, 3, 5, 7}}));
  BOOST_TEST((given({on("a", all), on("b", all), on("a", all)}, {4, 8, 4}) == Cores{{0, 2, 4, 6}, {}, {1, 3, 5, 7}}));
  // Bound by the launcher: to cores of their own, to sockets that several ranks share, and to cores that overlap.
  BOOST_TEST((given({on("a", {0, 1}), on("a", {2, 3})}, {2, 2}) == Cores(2)));
  BOOST_TEST((given({on("a", {0, 2, 4, 6}), on("a", {1, 3, 5, 7}), on("a", {0, 2, 4, 6}), on("a", {1, 3, 5, 7})}, {2, 2, 2, 2}) == Cores{{0, 2}, {1, 3}, {4, 6}, {5, 7}}));
  BOOST_TEST((given({on("a", {0, 1, 2}), on("a", {2, 3, 4}), on("a", {2, 3, 4})}, {1, 1, 1}) == Cores(3)));
  // More threads than cores, a limit of processor time, and cores that are not in the order.
  BOOST_TEST((given({on("a", all), on("a", all)}, {5, 4}) == Cores(2)));
  BOOST_TEST((given({on("a", all, 8, 4), on("a", all, 8, 4)}, {2, 2}) == Cores(2)));
  BOOST_TEST((given({on("a", {0, 8}), on("a", {0, 8})}, {1, 1}) == Cores(2)));
}

BOOST_AUTO_TEST_CASE(it_is_told_which_rank_has_which_cores) {
  const std::vector<std::string> told = cores_told(std::vector<RankCores>{on("a", {0, 1, 2, 5}), on("b", {0, 1}), on("a", {3, 6, 7})});
  BOOST_REQUIRE(told.size() == 1);  // one process has its node for itself
  BOOST_TEST(told[0] == "cores of a: process 0 on 0-2,5, process 2 on 3,6-7");
  BOOST_TEST(cores_told(std::vector<RankCores>{on("a", {0, 1}), on("a", {1, 2})}).empty());
}

BOOST_AUTO_TEST_CASE(idle_cores_are_told_with_what_the_launcher_can_do) {
  const std::vector<RankCores> bound = {on("a", {0}), on("a", {1})};
  BOOST_REQUIRE(lost(bound, {1, 1}).size() == 1);
  BOOST_TEST(lost(bound, {1, 1})[0] == "the 2 processes on a may run on 2 of its 8 cores; to use them all: mpirun --bind-to none ...");
  BOOST_TEST(lost(bound, {1, 1}, Launcher::slurm)[0] == "the 2 processes on a may run on 2 of its 8 cores; to use them all: srun --cpu-bind=none ...");
  BOOST_TEST(lost(bound, {1, 1}, Launcher::none).empty());  // the user's own doing
  BOOST_TEST(lost({on("a", {0}, 2), on("a", {1}, 2)}, {1, 1}).empty());  // none is idle
  BOOST_TEST(lost({on("a", {0}), on("b", {0})}, {1, 1}).size() == 2);
}

BOOST_AUTO_TEST_CASE(threads_that_share_a_core_are_told) {
  BOOST_TEST(lost({on("a", {0}, 2)}, {2})[0] == "the process on a may run on 1 of its 2 cores, and has 2 threads, which slow each other down; to use them all: mpirun --bind-to none ...");
  BOOST_TEST(lost({on("a", {0, 1}, 2), on("a", {0, 1}, 2)}, {8, 8}, Launcher::none)[0] ==
             "the 2 processes on a may run on 2 of its 2 cores, and have 16 threads, which slow each other down; --threads 1 gives each thread a core");
  BOOST_TEST(lost({on("a", {0, 1}, 2), on("a", {0, 1}, 2), on("a", {0, 1}, 2)}, {1, 1, 1}).empty());  // more processes than cores, as somebody asked
}
