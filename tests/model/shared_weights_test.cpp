// SPDX-License-Identifier: Apache-2.0
// Weights that one layer uses and another owns: they must fit by name and shape, and get the gradients of both.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>

#include "rig.hpp"

namespace teranga {

namespace {

std::string net(const std::string& second) {
  return R"(
[[layer]]
type = "embedding"
name = "tokens"
input_dim = 5
output_dim = 3
[[layer]]
type = "dense"
name = "mixed"
units = 3
activation = "tanh"
[[layer]]
name = "second"
weights_of = "tokens"
)" + second +
         R"(
[loss]
type = "mean_squared_error"
)";
}

const Rig<double>::Shapes shapes{.rows = 5, .sample = {4}, .target = {4, 5}};

std::string refusal(const std::string& second) {
  try {
    const Rig<double> rig(net(second), shapes);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

BOOST_AUTO_TEST_CASE(logits_through_the_table_of_an_embedding_add_to_its_gradient) {
  Rig<double> rig(net("type = \"tied_dense\"\nunits = 5"), shapes, 2, "slice = 2\n");
  for (std::size_t i = 0; i < rig.x.size(); ++i) rig.x[i] = static_cast<double>(i * 3 % 4);  // id 4 is in no sample, yet has logits
  BOOST_TEST(rig.network.store().parameters().size() == 3);
  BOOST_TEST(rig.network.store().parameters()[0].name == "tokens/embeddings");
  BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-7);
}

// So many weights that their gradients are computed by ranges, and not slice by slice.
BOOST_AUTO_TEST_CASE(a_wide_layer_used_twice_gets_the_sum_of_both_gradients) {
  const auto chain = [](const std::string& second) {
    return std::string("[[layer]]\ntype = \"dense\"\nname = \"first\"\nunits = 128\nactivation = \"tanh\"\n[[layer]]\ntype = \"dense\"\nname = \"second\"\nunits = 128\n") + second +
           "[loss]\ntype = \"mean_squared_error\"\n";
  };
  const Rig<double>::Shapes wide{.rows = 6, .sample = {128}, .target = {128}};
  Rig<double> apart(chain(""), wide), shared(chain("weights_of = \"first\"\n"), wide);
  const auto copy = [&](const model::Parameter& from, const model::Parameter& to) {
    std::copy_n(static_cast<const double*>(shared.network.store().weight(from)), from.count, static_cast<double*>(apart.network.store().weight(to)));
  };
  const auto& one = shared.network.store().parameters();
  const auto& two = apart.network.store().parameters();
  BOOST_REQUIRE((one.size() == 2 && two.size() == 4));
  for (std::size_t i = 0; i < 4; ++i) copy(one[i % 2], two[i]);
  apart.network.store().changed();
  for (int repeat = 0; repeat < 2; ++repeat) {  // the second finds what the first one left, and whatever else
    for (Rig<double>* rig : {&apart, &shared}) std::fill_n(static_cast<double*>(rig->network.store().gradients()), rig->network.store().trainable_elements(), std::nan(""));
    BOOST_TEST(apart.loss() == shared.loss());
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const std::vector<double> sum = shared.gradient(one[i]), first = apart.gradient(two[i]), second = apart.gradient(two[i + 2]);
    double worst = 0;
    for (std::size_t k = 0; k < sum.size(); ++k) worst = std::max(worst, std::abs(sum[k] - first[k] - second[k]));
    BOOST_TEST(worst < 1e-12, one[i].name << ": " << worst);
  }
}

BOOST_AUTO_TEST_CASE(weights_of_other_names_or_shapes_are_refused_with_both_named) {
  const std::string names = refusal("type = \"dense\"\nunits = 5\nuse_bias = false");
  BOOST_TEST(names.find("layer \"second\" (dense) cannot use the weights of layer \"tokens\" (embedding)") != std::string::npos, names);
  BOOST_TEST(names.find("it needs kernel (3, 5), found embeddings (5, 3)") != std::string::npos, names);
  BOOST_TEST(refusal("type = \"tied_dense\"\nunits = 4").find("it needs embeddings (4, 3), found embeddings (5, 3)") != std::string::npos);
  BOOST_TEST(refusal("type = \"dropout\"\nrate = 0.5").find("it needs none, found embeddings (5, 3)") != std::string::npos);
}

}  // namespace teranga
