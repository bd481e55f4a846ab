// SPDX-License-Identifier: Apache-2.0
// The time of a training step forward and backward. A layer that sleeps tells which of them it is in: sleep takes at least what it is asked for, on any machine.
#include "rig.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace teranga {
namespace {

struct Seconds {
  double forward, backward, whole;
};

// Of two steps of four slices, by one thread.
Seconds seconds_of(const std::string& options) {
  host::Registry registry;
  registry.add_folder(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins");
  registry.add_file(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/test_plugins/guest_slow.so");
  const model::PluginCatalogue catalogue(registry);
  const std::string dense = "[[layer]]\ntype = \"dense\"\nunits = 1\n";
  const recipe::Recipe recipe = recipe::parse("schema = 1\n" + dense + "[[layer]]\ntype = \"guest.slow\"\n" + options + dense +
                                                  "[loss]\ntype = \"mean_squared_error\"\n[optimizer]\ntype = \"sgd\"\n[training]\nbatch_size = 4\nslice = 1\n",
                                              "net.toml", {}, catalogue);
  Team team(1);
  model::Network network(recipe, {{"x", model::Role::feature, ElementType::f32, {1}, 0, {}}, {"y", model::Role::target, ElementType::f32, {1}, 0, {}}}, registry, team);
  const std::vector<float> x = {1, 2, 3, 4}, y = {1, 1, 1, 1};
  const std::vector<std::uint64_t> ids = {1, 2, 3, 4};
  const std::vector<const void*> fields = {x.data(), y.data()};
  std::vector<double> sums(network.sum_count());
  const auto begin = std::chrono::steady_clock::now();
  const Ticks first = ticks_now();
  for (int step = 0; step < 2; ++step) network.train({4, 4, ids, fields}, {1, {}}, sums);
  const model::PassTicks found = network.pass_ticks();
  const auto all = static_cast<double>(ticks_now() - first);
  const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  network.evaluate({4, 4, ids, fields}, {1, {}}, sums);
  BOOST_TEST(network.pass_ticks().forward == found.forward);  // an evaluation is no training step
  return {whole * static_cast<double>(found.forward) / all, whole * static_cast<double>(found.backward) / all, whole};
}

constexpr double clocks_differ = 0.99;

}  // namespace

BOOST_AUTO_TEST_CASE(what_slices_do_before_the_loss_is_forward) {
  const Seconds found = seconds_of("forward_ms = 20\n");
  BOOST_TEST(found.forward >= clocks_differ * 2 * 4 * 0.02);
  BOOST_TEST(clocks_differ * (found.forward + found.backward) <= found.whole);
}

BOOST_AUTO_TEST_CASE(what_slices_do_behind_the_loss_is_backward) {
  const Seconds found = seconds_of("backward_ms = 20\n");
  BOOST_TEST(found.backward >= clocks_differ * 2 * 4 * 0.02);
  BOOST_TEST(clocks_differ * (found.forward + found.backward) <= found.whole);
}

BOOST_AUTO_TEST_CASE(calls_over_the_whole_batch_are_told_apart_too) {
  BOOST_TEST(seconds_of("whole = true\nforward_ms = 50\n").forward >= clocks_differ * 2 * 0.05);
  BOOST_TEST(seconds_of("whole = true\nbackward_ms = 50\n").backward >= clocks_differ * 2 * 0.05);
}

}  // namespace teranga
