// SPDX-License-Identifier: Apache-2.0
// Buckets of gradients: when a bucket is handed over its gradients are those of the whole step, bit for bit, however backward is cut.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <numeric>

#include "model/rig.hpp"

namespace {

using namespace teranga;
using Gradients = std::vector<float>;

const std::string dense_net = R"(
[[layer]]
type = "dense"
units = 160
activation = "relu"
[[layer]]
type = "dense"
units = 8
activation = "tanh"
[[layer]]
type = "dense"
units = 200
activation = "relu"
[[layer]]
type = "dense"
units = 5
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
)";

// The second dense layer uses the weights of the first: their gradient is complete when backward has passed through both.
const std::string shared_net = R"(
[[layer]]
type = "dense"
name = "first"
units = 150
activation = "tanh"
[[layer]]
type = "dense"
name = "again"
weights_of = "first"
units = 150
activation = "tanh"
[[layer]]
type = "batch_normalization"
[[layer]]
type = "dense"
name = "last"
units = 3
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
)";

struct Hooks final : model::StepHooks {
  explicit Hooks(model::Network& network, const std::vector<std::vector<std::size_t>>& parameters) : network_(network), parameters_(parameters) {}

  void sum_over_ranks(std::span<double>) override {}
  void gradients_ready(std::size_t bucket) override {
    order.push_back(bucket);
    for (const std::size_t index : parameters_.at(bucket)) handed_over[index] = of(index);
  }
  void drive() override { ++driven; }

  Gradients of(std::size_t index) const {
    const model::Parameter& p = network_.store().parameters()[index];
    const auto* const g = static_cast<const float*>(network_.store().gradient(p));
    return {g, g + p.count};
  }

  std::vector<std::size_t> order;
  std::map<std::size_t, Gradients> handed_over;
  int driven = 0;

 private:
  model::Network& network_;
  const std::vector<std::vector<std::size_t>>& parameters_;
};

std::vector<Gradients> all_gradients(Rig<float>& rig) {
  std::vector<Gradients> out;
  for (const std::size_t index : rig.network.trained()) out.push_back(rig.gradient(rig.network.store().parameters()[index]));
  return out;
}

// Trained parameters in runs of so many, the last ones first, as ranks average them.
std::vector<std::vector<std::size_t>> buckets_of(const model::Network& network, std::size_t size) {
  std::vector<std::vector<std::size_t>> out;
  const std::vector<std::size_t>& trained = network.trained();
  for (std::size_t end = trained.size(); end > 0; end -= std::min(size, end)) out.emplace_back(trained.begin() + static_cast<std::ptrdiff_t>(end - std::min(size, end)), trained.begin() + static_cast<std::ptrdiff_t>(end));
  return out;
}

void compare(const std::string& net, std::int64_t classes, int threads) {
  const Rig<float>::Shapes shapes{48, {150}, classes};
  const std::string slices = "slice = 8\n";
  Rig<float> whole(net, shapes, threads, slices);
  whole.train(0, 48);
  const std::vector<Gradients> wanted = all_gradients(whole);
  for (const model::GradientOrder order : {model::GradientOrder::last, model::GradientOrder::early})
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{100}}) {
      Rig<float> cut(net, shapes, threads, slices);
      const auto parameters = buckets_of(cut.network, size);
      cut.network.set_gradient_buckets({parameters, order});
      for (int repeat = 0; repeat < 2; ++repeat) {
        Hooks hooks(cut.network, parameters);
        std::vector<double> sums(cut.network.sum_count());
        cut.network.train({48, 48, cut.ids, cut.pointers}, {7, &hooks}, sums);
        BOOST_TEST((all_gradients(cut) == wanted), size << " parameters a bucket");
        std::vector<std::size_t> told = hooks.order, all(parameters.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        std::ranges::sort(told);
        BOOST_TEST(told == all);
        for (const auto& [index, gradients] : hooks.handed_over) BOOST_TEST((gradients == hooks.of(index)), "parameter " << index);
        BOOST_TEST(hooks.driven > 0);
      }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_bits_of_gradients_do_not_depend_on_buckets) {
  for (const int threads : {1, 2}) compare(dense_net, 5, threads);
}

BOOST_AUTO_TEST_CASE(weights_that_two_layers_share_are_complete_after_both) {
  for (const int threads : {1, 2}) compare(shared_net, 3, threads);
}

BOOST_AUTO_TEST_CASE(early_buckets_are_handed_over_from_the_last_layer_to_the_first) {
  Rig<float> rig(dense_net, {48, {150}, 5}, 1, "slice = 8\n");
  const auto parameters = buckets_of(rig.network, 2);
  rig.network.set_gradient_buckets({parameters, model::GradientOrder::early});
  Hooks hooks(rig.network, parameters);
  std::vector<double> sums(rig.network.sum_count());
  rig.network.train({48, 48, rig.ids, rig.pointers}, {7, &hooks}, sums);
  std::vector<std::size_t> all(parameters.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  BOOST_TEST(hooks.order == all);
}

BOOST_AUTO_TEST_CASE(a_rank_without_samples_hands_over_the_same_buckets_in_the_same_order) {
  for (const model::GradientOrder order : {model::GradientOrder::last, model::GradientOrder::early}) {
    Rig<float> rig(dense_net, {48, {150}, 5}, 2, "slice = 8\n");
    const auto parameters = buckets_of(rig.network, 2);
    rig.network.set_gradient_buckets({parameters, order});
    Hooks with(rig.network, parameters), without(rig.network, parameters);
    std::vector<double> sums(rig.network.sum_count());
    rig.network.train({48, 48, rig.ids, rig.pointers}, {7, &with}, sums);
    rig.network.train({0, 48, {}, {}}, {7, &without}, sums);
    BOOST_TEST(with.order == without.order);
    for (const auto& [index, gradients] : without.handed_over) BOOST_TEST(std::ranges::count(gradients, 0.0F) == std::ssize(gradients), "parameter " << index);
  }
}
