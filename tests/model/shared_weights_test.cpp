// SPDX-License-Identifier: Apache-2.0
// Weights that one layer uses and another owns: they must fit by name and shape, and get the gradients of both.
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

BOOST_AUTO_TEST_CASE(weights_of_other_names_or_shapes_are_refused_with_both_named) {
  const std::string names = refusal("type = \"dense\"\nunits = 5\nuse_bias = false");
  BOOST_TEST(names.find("layer \"second\" (dense) cannot use the weights of layer \"tokens\" (embedding)") != std::string::npos, names);
  BOOST_TEST(names.find("it needs kernel (3, 5), found embeddings (5, 3)") != std::string::npos, names);
  BOOST_TEST(refusal("type = \"tied_dense\"\nunits = 4").find("it needs embeddings (4, 3), found embeddings (5, 3)") != std::string::npos);
  BOOST_TEST(refusal("type = \"dropout\"\nrate = 0.5").find("it needs none, found embeddings (5, 3)") != std::string::npos);
}

}  // namespace teranga
