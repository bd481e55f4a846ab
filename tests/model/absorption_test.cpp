// SPDX-License-Identifier: Apache-2.0
// Layers that the one before them takes in: the bits of the two apart, without what lies between them, and only where nobody else reads that.
#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

constexpr std::int64_t steps = 40, vocabulary = 300;

std::string embedding(bool masks) {
  return "[[layer]]\ntype = \"embedding\"\nname = \"words\"\ninput_dim = 300\noutput_dim = 85\nmask_zero = " + std::string(masks ? "true" : "false") + "\n";
}
const std::string apart = "[[layer]]\ntype = \"activation\"\nactivation = \"linear\"\n";
const std::string mean = "[[layer]]\ntype = \"global_average_pooling1d\"\nname = \"mean\"\n";
const std::string end = "[[layer]]\ntype = \"dense\"\nname = \"end\"\nunits = 2\nactivation = \"tanh\"\n[loss]\ntype = \"mean_squared_error\"\n";

// One step's loss and gradients, then a prediction, as bits.
std::vector<float> bits_of(Rig<float>& rig) {
  for (std::size_t i = 0; i < rig.x.size(); ++i) rig.x[i] = static_cast<float>(i * 7919 % 37 % 29 == 0 ? 0 : i * i * 31 % static_cast<std::size_t>(vocabulary));
  std::vector<float> out = {static_cast<float>(rig.loss())};
  for (const model::Parameter& p : rig.network.store().parameters()) {
    const std::vector<float> gradient = rig.gradient(p);
    out.insert(out.end(), gradient.begin(), gradient.end());
  }
  Shape shape;
  const std::span<const float> predicted = rig.network.predict({rig.shapes.rows, rig.shapes.rows, rig.ids, rig.pointers}, shape);
  out.insert(out.end(), predicted.begin(), predicted.end());
  return out;
}

std::size_t bytes_of(Rig<float>& rig) { return rig.network.summary().bytes_per_rank; }

// Of samples x steps x width, as f32.
constexpr std::size_t between(std::int64_t rows) { return static_cast<std::size_t>(rows * steps * 85) * 4; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_mean_that_the_embedding_takes_in_gives_the_bits_of_the_two_and_needs_less_memory) {
  for (const bool masks : {false, true}) {
    std::vector<float> first;
    for (const int threads : {1, 3}) {
      Rig<float> two(embedding(masks) + apart + mean + end, {.rows = 37, .sample = {steps}, .target = {2}}, threads, "slice = 8\n");
      Rig<float> one(embedding(masks) + mean + end, {.rows = 37, .sample = {steps}, .target = {2}}, threads, "slice = 8\n");
      const std::vector<float> expected = bits_of(two), found = bits_of(one);
      BOOST_REQUIRE(expected.size() == found.size());
      BOOST_TEST(std::memcmp(expected.data(), found.data(), found.size() * sizeof(float)) == 0);
      if (first.empty()) first = found;
      BOOST_TEST(std::memcmp(first.data(), found.data(), found.size() * sizeof(float)) == 0);
      BOOST_TEST(bytes_of(one) + between(37) <= bytes_of(two));  // at the least the gradient of the whole batch
    }
  }
}

BOOST_AUTO_TEST_CASE(what_somebody_else_reads_is_made_all_the_same) {
  const Rig<float>::Shapes shapes{.rows = 5, .sample = {steps}, .target = {2}};
  const std::string two_readers = embedding(false) + mean + "[[layer]]\ntype = \"global_max_pooling1d\"\nname = \"most\"\ninput = [\"words\"]\n[[layer]]\ntype = \"add\"\ninput = [\"mean\", \"most\"]\n" + end;
  Rig<float> rig(two_readers, shapes);
  bits_of(rig);
  Rig<float> taken(embedding(false) + mean + end, shapes);
  BOOST_TEST(bytes_of(taken) + between(5) <= bytes_of(rig));
  Rig<double> exact(two_readers, {.rows = 5, .sample = {steps}, .target = {2}});
  for (std::size_t i = 0; i < exact.x.size(); ++i) exact.x[i] = static_cast<double>(i * i * 31 % 7);
  for (const model::Parameter& p : exact.network.store().parameters())
    if (p.name == "words/embeddings") BOOST_TEST(p.count == vocabulary * 85);
  exact.loss();
  const model::Parameter& table = exact.network.store().parameters()[0];
  double* w = static_cast<double*>(exact.network.store().weight(table));
  const std::vector<double> analytic = exact.gradient(table);
  for (std::size_t i = 0; i < 7 * 85; i += 5) {
    const double kept = w[i];
    double sides[2];
    for (const int side : {0, 1}) {
      w[i] = kept + (side ? -1e-6 : 1e-6);
      exact.network.store().changed();
      sides[side] = exact.loss();
    }
    w[i] = kept;
    BOOST_TEST(std::abs((sides[0] - sides[1]) / 2e-6 - analytic[i]) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(summaries_and_losses_name_the_layers_of_the_recipe) {
  Rig<float> rig(embedding(false) + mean + end, {.rows = 5, .sample = {steps}, .target = {2}});
  const model::Summary summary = rig.network.summary();
  BOOST_REQUIRE(summary.layers.size() >= 4);
  BOOST_TEST((summary.layers[1].output == Shape{steps, 85}));
  BOOST_TEST((summary.layers[2].output == Shape{85}));
}

BOOST_AUTO_TEST_CASE(a_mean_that_is_the_output_can_be_taken_in) {
  Rig<float> two(embedding(true) + apart + mean + "[loss]\ntype = \"mean_squared_error\"\n", {.rows = 9, .sample = {steps}, .target = {85}}, 2, "slice = 2\n");
  Rig<float> one(embedding(true) + mean + "[loss]\ntype = \"mean_squared_error\"\n", {.rows = 9, .sample = {steps}, .target = {85}}, 2, "slice = 2\n");
  const std::vector<float> expected = bits_of(two), found = bits_of(one);
  BOOST_TEST(std::memcmp(expected.data(), found.data(), found.size() * sizeof(float)) == 0);
  BOOST_TEST(bytes_of(one) + between(9) <= bytes_of(two));
}

}  // namespace teranga
