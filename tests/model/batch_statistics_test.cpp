// SPDX-License-Identifier: Apache-2.0
// A network with batch normalisation over many slices: its gradients, through statistics of the whole batch, against differences.
#include <cmath>
#include <random>

#include <boost/test/unit_test.hpp>

#include <teranga/host/registry.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/model/network.hpp>

using namespace teranga;

BOOST_AUTO_TEST_CASE(gradients_through_batch_statistics_of_many_slices_agree_with_differences) {
  host::Registry registry;
  registry.add_folder(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins");
  const model::PluginCatalogue catalogue(registry);
  const recipe::Recipe net = recipe::parse(R"(schema = 1
[data]
type = "idx"
train = ["unread.gz"]
[[layer]]
type = "batch_normalization"
[[layer]]
type = "dense"
units = 4
activation = "tanh"
[[layer]]
type = "batch_normalization"
[[layer]]
type = "dense"
units = 1
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
[training]
epochs = 1
batch_size = 500
slice = 64
seed = 3
)", "net.toml", {}, catalogue);
  Team team(2);
  const std::int64_t rows = 500, width = 6;
  model::Network network(net, {{"x", model::Role::feature, ElementType::f64, {width}, 0, {}}, {"y", model::Role::target, ElementType::f64, {1}, 0, {}}}, registry, team, ElementType::f64);
  BOOST_TEST(network.summary().slice_rows < rows);

  std::mt19937 random(5);
  std::normal_distribution<double> normal(1, 2);
  std::vector<double> x(static_cast<std::size_t>(rows * width)), y(static_cast<std::size_t>(rows));
  for (double& v : x) v = normal(random);
  for (double& v : y) v = normal(random);
  std::vector<std::uint64_t> ids(static_cast<std::size_t>(rows));
  const std::vector<const void*> fields{x.data(), y.data()};
  const auto loss = [&] {
    std::vector<double> sums(network.sum_count());
    network.train({rows, rows, ids, fields}, {}, sums);
    return sums[0];
  };
  for (const model::Parameter& p : network.store().parameters()) {
    loss();
    const double* gradients = static_cast<const double*>(network.store().gradient(p));
    const std::vector<double> analytic(gradients, gradients + p.count);
    double* weights = static_cast<double*>(network.store().weight(p));
    for (std::size_t i = 0; i < p.count; ++i) {
      const double kept = weights[i], step = 1e-5;
      weights[i] = kept + step;
      const double above = loss();
      weights[i] = kept - step;
      const double below = loss();
      weights[i] = kept;
      const double numeric = (above - below) / (2 * step);
      BOOST_TEST(std::fabs(analytic[i] - numeric) <= 1e-7 + 1e-5 * std::fabs(numeric), p.name << "[" << i << "] is " << analytic[i] << ", by differences " << numeric);
    }
  }
}
