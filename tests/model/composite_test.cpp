// SPDX-License-Identifier: Apache-2.0
// Layers made of layers: a folded layer computes what it computes without time, its gradients are right, weights are found under the
// composite's name and can be shared.
#include "rig.hpp"

#include <teranga/core/error.hpp>

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

const std::string head = R"(
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 3
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";

std::string refusal(const std::string& layers, const Shape& sample) {
  try {
    const Rig<float> rig(layers + head, {.rows = 4, .sample = sample, .classes = 3});
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_dense_layer_of_each_step_is_a_dense_layer_of_the_sequence) {
  // A dense layer works on the last axis anyway: folding the steps must change nothing, weights included.
  const std::string plain = "[[layer]]\ntype = \"dense\"\nname = \"d\"\nunits = 6\nactivation = \"tanh\"\n" + head;
  const std::string folded = "[[layer]]\ntype = \"time_distributed\"\nname = \"d\"\nlayer = { type = \"dense\", units = 6, activation = \"tanh\" }\n" + head;
  Rig<double> a(plain, {.rows = 7, .sample = {5, 4}, .classes = 3}, 2, "slice = 3\n"), b(folded, {.rows = 7, .sample = {5, 4}, .classes = 3}, 2, "slice = 3\n");
  BOOST_TEST(b.network.store().parameters()[0].name == "d/layer/kernel");
  const auto &from = a.network.store().parameters(), &to = b.network.store().parameters();
  BOOST_REQUIRE(from.size() == to.size());
  for (std::size_t i = 0; i < from.size(); ++i) std::memcpy(b.network.store().weight(to[i]), a.network.store().weight(from[i]), from[i].count * sizeof(double));
  b.network.store().changed();
  BOOST_TEST(std::abs(a.loss() - b.loss()) < 1e-13);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto x = a.gradient(from[i]), y = b.gradient(to[i]);
    for (std::size_t k = 0; k < x.size(); ++k) BOOST_TEST(std::abs(x[k] - y[k]) < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_a_convolution_of_each_step_agree_with_differences) {
  const std::string net = R"(
[[layer]]
type = "dense"
units = 2
[[layer]]
type = "time_distributed"
layer = { type = "conv2d", filters = 3, kernel_size = 2, activation = "sigmoid" }
[[layer]]
type = "time_distributed"
layer = { type = "dropout", rate = 0.4 }
[[layer]]
type = "time_distributed"
layer = { type = "batch_normalization" }
)";
  Rig<double> rig(net + head, {.rows = 5, .sample = {3, 4, 3, 1}, .classes = 3}, 2, "slice = 2\n");
  BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_steps_of_a_folded_dropout_draw_differently) {
  const std::string net = R"(
[[layer]]
type = "dense"
units = 64
kernel_initializer = "zeros"
bias_initializer = "ones"
[[layer]]
type = "time_distributed"
name = "noise"
layer = { type = "dropout", rate = 0.5 }
[[layer]]
type = "flatten"
[loss]
type = "mean_squared_error"
)";
  // With all inputs one, dL/dy shows the masks: 2 where kept, 0 where dropped (targets 0 are not drawn; compare steps by their gradients).
  Rig<double> rig(net, {.rows = 1, .sample = {2, 1}, .classes = 0, .target = {128}});
  rig.loss();
  const auto bias = rig.gradient(rig.network.store().parameters()[1]);
  // If both steps dropped the same units, half of all biases would have no gradient; with masks of their own, about a quarter.
  const auto dead = std::count(bias.begin(), bias.end(), 0.0);
  BOOST_TEST(dead > 4);
  BOOST_TEST(dead < 28);
}

BOOST_AUTO_TEST_CASE(a_composite_can_use_the_weights_of_another) {
  const std::string net = R"(
[[layer]]
type = "time_distributed"
name = "once"
layer = { type = "dense", units = 4, activation = "tanh" }
[[layer]]
type = "time_distributed"
name = "twice"
weights_of = "once"
layer = { type = "dense", units = 4, activation = "tanh" }
)";
  Rig<double> rig(net + head, {.rows = 4, .sample = {3, 4}, .classes = 3});
  BOOST_TEST(rig.network.store().parameters().size() == 4);
  BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-6);
}

BOOST_AUTO_TEST_CASE(what_a_composite_cannot_hold_is_named) {
  BOOST_TEST(refusal("[[layer]]\ntype = \"bidirectional\"\nlayer = { type = \"dense\", units = 2 }\n", {3, 2}).find("expected a recurrent layer") != std::string::npos);
  BOOST_TEST(refusal("[[layer]]\ntype = \"time_distributed\"\nlayer = { type = \"dense\", units = 2 }\n", {3}).find("rank 3 or more") != std::string::npos);
  BOOST_TEST(refusal("[[layer]]\ntype = \"time_distributed\"\nlayer = { type = \"dens\", units = 2 }\n", {3, 2}).find("did you mean \"dense\"") != std::string::npos);
}

}  // namespace teranga
