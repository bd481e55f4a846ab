// SPDX-License-Identifier: Apache-2.0
// The build without MPI: a group of one that behaves as any group, and no silent run of several strangers.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/core/error.hpp>

#include <cstdlib>
#include <string>
#include <vector>

BOOST_AUTO_TEST_CASE(a_group_of_one_leaves_values_as_they_are) {
  const auto group = teranga::Communicator::connect();
  std::vector<float> values = {1, 2, 3};
  group->sum(values);
  group->maximum(values);
  group->broadcast(values.data(), sizeof(float) * values.size(), 0);
  group->barrier();
  BOOST_TEST((values == std::vector<float>{1, 2, 3}));
  BOOST_CHECK_THROW(group->broadcast(values.data(), 4, 1), teranga::Error);
}

BOOST_AUTO_TEST_CASE(a_group_of_one_collects_its_own_text) {
  const auto group = teranga::Communicator::connect();
  std::string text = "alone";
  group->broadcast(text);
  BOOST_TEST((group->gather(text) == std::vector<std::string>{"alone"}));
  BOOST_TEST((group->allgather("") == std::vector<std::string>{""}));
}

BOOST_AUTO_TEST_CASE(the_gradient_exchange_works_alone) {
  const auto group = teranga::Communicator::connect();
  const std::vector<teranga::Segment> segments = {{0, 3}, {3, 2}};
  const std::vector<teranga::Bucket> buckets = teranga::plan_buckets(segments);
  for (const bool direct : {false, true}) {
    const auto exchange = direct ? teranga::direct_exchange(*group, buckets) : teranga::blocking_exchange(*group, buckets);
    std::vector<float> gradients = {1, 2, 3, 4, 5};
    exchange->start(0, gradients);
    exchange->finish();
    BOOST_TEST((gradients == std::vector<float>{1, 2, 3, 4, 5}));
  }
}

BOOST_AUTO_TEST_CASE(alone_there_is_nobody_to_send_a_message_to) {
  const auto messages = teranga::Communicator::connect()->messages();
  BOOST_CHECK_THROW(messages->send(1, 0, {}), teranga::Error);
  BOOST_TEST(messages->all_done());
}

BOOST_AUTO_TEST_CASE(several_processes_without_mpi_are_refused) {
  setenv("OMPI_COMM_WORLD_SIZE", "2", 1);
  BOOST_CHECK_EXCEPTION(teranga::Communicator::connect(), teranga::Error, [](const teranga::Error& error) {
    return error.code() == teranga::ExitCode::usage && std::string(error.what()).find("2 processes") != std::string::npos &&
           error.hint() == "build Teranga with MPI: cmake --preset release -DTERANGA_MPI=ON && cmake --build --preset release";
  });
  unsetenv("OMPI_COMM_WORLD_SIZE");
}
