// SPDX-License-Identifier: Apache-2.0
// Restricted Boltzmann machines: values by hand, gradients by differences, the rule of contrastive divergence, and samples against enumeration.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

enum Output { probabilities, contrast, free_energy, reconstruction };

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

// A machine of 2 visible and 1 hidden unit: kernel (1, -2), bias 0.5, visible_bias (0.25, -1).
Case machine(Array v, Options more = {}) {
  Options options = {{"units", 1}};
  options.insert(options.end(), more.begin(), more.end());
  Case test{.plugin = "layers_energy", .item = "teranga.restricted_boltzmann_machine", .options = std::move(options), .inputs = {std::move(v)}};
  test.parameters = {array({2, 1}, {1, -2}), array({1}, {0.5}), array({2}, {0.25, -1})};
  return test;
}

// Gradients of the four outputs: those of one are ones, those of the others zero.
std::vector<Array> ones_for(Output wanted, std::int64_t rows, std::int64_t visible, std::int64_t units) {
  std::vector<Array> out = {filled({rows, units}, 0), filled({rows, 1}, 0), filled({rows, 1}, 0), filled({rows, visible}, 0)};
  out[wanted] = filled(out[wanted].shape, 1);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_probabilities_and_the_free_energy_are_those_of_the_formula) {
  const Result binary = run(machine(array({2, 2}, {1, 0, 1, 1})));
  check_close(binary.outputs[probabilities], array({2, 1}, {sigmoid_of(1.5), sigmoid_of(-0.5)}), {}, "p(h = 1 | v)");
  check_close(binary.outputs[free_energy], array({2, 1}, {-0.25 - std::log1p(std::exp(1.5)), 0.75 - std::log1p(std::exp(-0.5))}), {}, "F(v)");
  const Result real = run(machine(array({1, 2}, {1, 0.5}), {{"visible", "gaussian"}}));
  check_close(real.outputs[probabilities], array({1, 1}, {sigmoid_of(0.5)}), {}, "p(h = 1 | v)");
  check_close(real.outputs[free_energy], array({1, 1}, {(0.75 * 0.75 + 1.5 * 1.5) / 2 - std::log1p(std::exp(0.5))}), {}, "F(v)");
}

BOOST_AUTO_TEST_CASE(the_gradients_of_the_probabilities_and_of_the_free_energy_agree_with_differences) {
  for (const char* visible : {"bernoulli", "gaussian"})
    for (const Output wanted : {probabilities, free_energy}) {
      Case test{.plugin = "layers_energy", .item = "teranga.restricted_boltzmann_machine", .options = {{"units", 5}, {"visible", visible}, {"steps", 2}}, .inputs = {random_array({4, 3}, 7)}};
      test.d_outputs = {random_array({4, 5}, 8), filled({4, 1}, 0), random_array({4, 1}, 9), filled({4, 3}, 0)};
      if (wanted == probabilities) test.d_outputs[free_energy] = filled({4, 1}, 0);
      check_layer(test);
    }
}

// With visible biases of +-50 every sample v' is known, whatever is drawn.
BOOST_AUTO_TEST_CASE(the_gradient_of_the_contrast_is_the_difference_of_two_correlations) {
  Case test = machine(array({1, 2}, {0, 1}));
  test.parameters[2] = array({2}, {50, -50});
  test.d_outputs = ones_for(contrast, 1, 2, 1);
  const Result r = run(test);
  const double of_data = sigmoid_of(0.5 - 2), of_sample = sigmoid_of(0.5 + 1);  // v = (0, 1), v' = (1, 0)
  const double energy = 50 - std::log1p(std::exp(-1.5)), of_chain = -50 - std::log1p(std::exp(1.5));
  check_close(r.outputs[contrast], array({1, 1}, {energy - of_chain}), {}, "F(v) - F(v')");
  check_close(r.d_parameters[0], array({2, 1}, {of_sample, -of_data}), {}, "v' h' - v h");
  check_close(r.d_parameters[1], array({1}, {of_sample - of_data}), {}, "h' - h");
  check_close(r.d_parameters[2], array({2}, {1, -1}), {}, "v' - v");
  check_close(r.d_inputs[0], array({1, 2}, {0, 0}), {}, "nothing to the layer below");
}

// Of all states, by enumeration: the mean of each visible unit. A long chain must have it, from any data.
BOOST_AUTO_TEST_CASE(long_chains_draw_from_the_distribution_of_the_machine) {
  constexpr std::int64_t rows = 6000;
  for (const bool gaussian : {false, true})
    for (const bool persistent : {false, true}) {
      Case test{.plugin = "layers_energy", .item = "teranga.restricted_boltzmann_machine", .options = {{"units", 2}, {"steps", 60}, {"visible", gaussian ? "gaussian" : "bernoulli"}, {"persistent", persistent}},
                .inputs = {filled({rows, 2}, 1)}};
      const double w[2][2] = {{1.2, -0.8}, {0.5, 1.5}}, c[2] = {-0.3, 0.4}, b[2] = {0.2, -0.6};
      test.parameters = {array({2, 2}, {w[0][0], w[0][1], w[1][0], w[1][1]}), array({2}, {c[0], c[1]}), array({2}, {b[0], b[1]})};
      double z = 0, mean[2] = {};
      for (int h = 0; h < 4; ++h) {
        const double h0 = h & 1, h1 = h >> 1, x[2] = {b[0] + w[0][0] * h0 + w[0][1] * h1, b[1] + w[1][0] * h0 + w[1][1] * h1};
        const double p = std::exp(c[0] * h0 + c[1] * h1) * (gaussian ? std::exp((x[0] * x[0] - b[0] * b[0] + x[1] * x[1] - b[1] * b[1]) / 2) : (1 + std::exp(x[0])) * (1 + std::exp(x[1])));
        z += p;
        for (int i = 0; i < 2; ++i) mean[i] += p * (gaussian ? x[i] : sigmoid_of(x[i]));
      }
      const Result r = run(test);
      for (std::size_t i = 0; i < 2; ++i) {
        double found = 0;
        for (std::size_t row = 0; row < rows; ++row) found += r.outputs[reconstruction].values[2 * row + i] / rows;
        BOOST_TEST(std::fabs(found - mean[i] / z) < 0.03, (gaussian ? "gaussian" : "bernoulli") << " unit " << i << ": " << found << ", expected " << mean[i] / z);
      }
    }
}

BOOST_AUTO_TEST_CASE(persistent_chains_go_on_in_training_and_stand_still_elsewhere) {
  Case test = machine(array({1, 2}, {0, 1}), {{"persistent", true}});
  test.states = {array({1, 2}, {1, 1})};
  test.parameters[0] = array({2, 1}, {200, 0});
  test.parameters[1] = array({1}, {-100});
  test.parameters[2] = array({2}, {-100, -100});
  // h follows the first unit of the chain, and the first unit follows h: it stays 1, and the second one becomes 0.
  const Result trained = run(test);
  check_close(trained.states[0], array({1, 2}, {1, 0}), {}, "the chain goes on");
  check_close(trained.outputs[reconstruction], array({1, 2}, {1, 0}), {1e-9, 1e-9}, "from the chain");
  test.mode = TRG_INFERENCE;
  const Result asked = run(test);
  check_close(asked.states[0], array({1, 2}, {1, 1}), {}, "the chain stays");
  check_close(asked.outputs[reconstruction], array({1, 2}, {0, 0}), {1e-9, 1e-9}, "from the data");
}

BOOST_AUTO_TEST_CASE(a_sparsity_cost_pulls_the_running_mean_of_the_probabilities_to_its_target) {
  const Options sparse = {{"sparsity_target", 0.2}, {"sparsity_cost", 3.0}, {"sparsity_decay", 0.75}};
  Case test = machine(array({2, 2}, {1, 0, 1, 1}), sparse), plain = machine(array({2, 2}, {1, 0, 1, 1}));
  test.states = {array({1}, {0.6})};
  test.d_outputs = plain.d_outputs = ones_for(contrast, 2, 2, 1);
  const Result with = run(test), without = run(plain);
  check_close(with.states[0], array({1}, {0.75 * 0.6 + 0.25 * (sigmoid_of(1.5) + sigmoid_of(-0.5)) / 2}), {}, "the running mean");
  const double pull = 3 * (0.6 - 0.2);
  check_close(with.d_parameters[1], array({1}, {without.d_parameters[1].values[0] + 2 * pull}), {}, "of the bias");
  check_close(with.d_parameters[0], array({2, 1}, {without.d_parameters[0].values[0] + 2 * pull, without.d_parameters[0].values[1] + pull}), {}, "of the kernel");
  check_close(with.d_parameters[2], without.d_parameters[2], {}, "the visible units have no part in it");
}

BOOST_AUTO_TEST_CASE(the_way_down_is_a_layer_with_the_transposed_weights) {
  Case test{.plugin = "layers_energy", .item = "teranga.hidden_to_visible", .options = {{"shape", list({1, 2})}}, .inputs = {array({1, 1}, {2})}};
  test.parameters = {array({2, 1}, {1, -2}), array({1}, {0.5}), array({2}, {0.25, -1})};
  check_close(run(test).outputs[0], array({1, 1, 2}, {sigmoid_of(2.25), sigmoid_of(-5)}), {}, "binary units");
  test.options.emplace_back("visible", "gaussian");
  check_close(run(test).outputs[0], array({1, 1, 2}, {2.25, -5}), {}, "real units");
  for (const char* visible : {"bernoulli", "gaussian"})
    check_layer({.plugin = "layers_energy", .item = "teranga.hidden_to_visible", .options = {{"shape", list({2, 3})}, {"visible", visible}}, .inputs = {random_array({5, 4}, 3)}});
}

BOOST_AUTO_TEST_CASE(what_is_no_machine_is_refused) {
  Case numbers = machine(array({3}, {1, 2, 3}));
  numbers.parameters.clear();
  BOOST_TEST(failure_of(numbers).text.find("rank 2 or more") != std::string::npos);
  BOOST_TEST(failure_of({.plugin = "layers_energy", .item = "teranga.hidden_to_visible", .options = {{"shape", list({2})}}, .inputs = {random_array({2, 3, 4}, 1)}}).text.find("(N, units)") != std::string::npos);
}
