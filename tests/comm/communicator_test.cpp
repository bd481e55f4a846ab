// SPDX-License-Identifier: Apache-2.0
// Every collective on real ranks, with counts of none, one, a prime, and more than a message buffer, against answers worked out from the
// ranks.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/launch.hpp>
#include <teranga/core/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace {

std::unique_ptr<teranga::Communicator> connected;

struct Connection {
  void setup() { connected = teranga::Communicator::connect(); }
  void teardown() { connected.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(Connection);

teranga::Communicator& group() { return *connected; }

constexpr std::size_t counts[] = {0, 1, 2, 7919, 1 << 20};

using Types = std::tuple<float, double, std::int64_t>;

}  // namespace

BOOST_AUTO_TEST_CASE(rank_and_size_are_the_launchers) {
  BOOST_TEST(group().size() == teranga::launched_size());
  BOOST_TEST(group().rank() == teranga::launched_rank());
  BOOST_TEST(group().local_size() == group().size());  // the test runs on one node
  BOOST_TEST(group().local_rank() == group().rank());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sums_and_maxima_are_right_for_every_count, T, Types) {
  for (const std::size_t count : counts) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>((group().rank() + 1) * static_cast<int>(i % 11));
    std::vector<T> largest = values;
    group().sum(values);
    group().maximum(largest);
    const int ranks = group().size();
    bool sums_right = true;
    bool maxima_right = true;
    for (std::size_t i = 0; i < count; ++i) {
      sums_right &= values[i] == static_cast<T>(ranks * (ranks + 1) / 2 * static_cast<int>(i % 11));
      maxima_right &= largest[i] == static_cast<T>(ranks * static_cast<int>(i % 11));
    }
    BOOST_TEST(sums_right, count << " elements");
    BOOST_TEST(maxima_right, count << " elements");
  }
}

BOOST_AUTO_TEST_CASE(all_ranks_get_the_same_bits_of_a_sum_that_rounds) {
  for (const std::size_t count : {std::size_t{3}, std::size_t{5000}, std::size_t{300000}}) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = 1.0f / static_cast<float>(1 + i % 977 + 31 * static_cast<std::size_t>(group().rank()));
    group().sum(values);
    std::vector<float> of_root = values;
    group().broadcast(of_root.data(), of_root.size() * sizeof(float), 0);
    BOOST_TEST(std::memcmp(values.data(), of_root.data(), count * sizeof(float)) == 0, count << " elements");
  }
}

BOOST_AUTO_TEST_CASE(maxima_of_negative_values_are_right) {
  std::vector<double> values = {-1.0 - group().rank(), static_cast<double>(group().rank()) - 100};
  group().maximum(values);
  BOOST_TEST(values[0] == -1.0);
  BOOST_TEST(values[1] == group().size() - 101.0);
}

BOOST_AUTO_TEST_CASE(any_rank_can_broadcast) {
  for (int root = 0; root < group().size(); ++root)
    for (const std::size_t count : counts) {
      std::vector<unsigned char> bytes(count,
                                       group().rank() == root ? static_cast<unsigned char>(root + 40) : static_cast<unsigned char>(0));
      group().broadcast(bytes.data(), count, root);
      BOOST_TEST((bytes == std::vector<unsigned char>(count, static_cast<unsigned char>(root + 40))));
    }
  std::string text = group().is_root() ? std::string("recipe\0with nothing lost", 24) : "something longer than what comes from rank 0";
  group().broadcast(text);
  BOOST_TEST(text == std::string("recipe\0with nothing lost", 24));
  std::string empty = group().is_root() ? "" : "not empty";
  group().broadcast(empty);
  BOOST_TEST(empty.empty());
}

BOOST_AUTO_TEST_CASE(texts_of_unequal_length_are_gathered_in_rank_order) {
  const auto text_of = [](int rank) { return std::string(static_cast<std::size_t>(rank) * 1000, static_cast<char>('a' + rank)); };
  std::vector<std::string> expected;
  for (int rank = 0; rank < group().size(); ++rank) expected.push_back(text_of(rank));
  BOOST_TEST((group().allgather(text_of(group().rank())) == expected));
  const std::vector<std::string> gathered = group().gather(text_of(group().rank()));
  if (group().is_root())
    BOOST_TEST((gathered == expected));
  else
    BOOST_TEST(gathered.empty());
}

BOOST_AUTO_TEST_CASE(failures_are_thrown_and_name_the_operation_and_count) {
  char byte = 0;
  BOOST_CHECK_EXCEPTION(group().broadcast(&byte, 1, group().size() + 5), teranga::Error, [](const teranga::Error& error) {
    const std::string text = error.what();
    return text.find("broadcast") != std::string::npos && text.find("of 1 ") != std::string::npos;
  });
  group().barrier();  // and the group works on
}

BOOST_AUTO_TEST_CASE(a_second_connection_is_refused) { BOOST_CHECK_THROW(teranga::Communicator::connect(), teranga::Error); }
