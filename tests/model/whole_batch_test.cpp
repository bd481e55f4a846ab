// SPDX-License-Identifier: Apache-2.0
// A network that begins with a layer over the whole batch, before anything runs slice by slice.
#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace teranga {

BOOST_AUTO_TEST_CASE(gradients_of_slices_begin_at_zero_behind_a_layer_that_takes_the_whole_batch) {
  host::Registry registry;
  registry.add_folder(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins");
  registry.add_file(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/test_plugins/guest_twice.so");
  const model::PluginCatalogue catalogue(registry);
  const recipe::Recipe recipe = recipe::parse(R"(schema = 1
[[layer]]
type = "guest.twice"
[[layer]]
type = "dense"
units = 1
use_bias = false
kernel_initializer = "ones"
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
batch_size = 3
slice = 2
)",
                                              "net.toml", {}, catalogue);
  Team team(2);
  model::Network network(recipe, {{"x", model::Role::feature, ElementType::f32, {1}, 0, {}}, {"y", model::Role::target, ElementType::f32, {1}, 0, {}}}, registry, team);
  const std::vector<float> x = {1, 2, 3}, y = {1, 1, 1};
  const std::vector<std::uint64_t> ids = {1, 2, 3};
  const std::vector<const void*> fields = {x.data(), y.data()};
  std::vector<double> sums(network.sum_count());
  for (int step = 0; step < 3; ++step) {
    network.train({3, 3, ids, fields}, {1, {}}, sums);
    // Of the mean of (2 x w - y)^2: 2 (2 x - y) 2 x / 3 at w = 1, summed: (4 + 24 + 60) / 3.
    BOOST_TEST(*static_cast<const float*>(network.store().gradients()) == 88.0F / 3, boost::test_tools::tolerance(1e-5F));
    std::memset(network.store().work_memory().take(0), 0xff, network.store().work_memory().size());
  }
}

}  // namespace teranga
