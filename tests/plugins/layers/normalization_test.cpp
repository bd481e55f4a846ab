// SPDX-License-Identifier: Apache-2.0
// Normalisations: hand values, differences through the batch statistics, slices, modes, moving statistics, Keras's numbers, hard data.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case norm(const std::string& name, Array x, Options options = {}) {
  return {.plugin = "layers_normalization", .item = "teranga." + name, .options = std::move(options), .inputs = {std::move(x)}};
}

Component constant(double value) { return {"teranga.constant", {{"value", value}}}; }

}  // namespace

BOOST_AUTO_TEST_CASE(batch_normalization_gives_what_a_hand_gives) {
  Case test = norm("batch_normalization", array({2, 2}, {1, 10, 3, 10}), {{"epsilon", 3.0}, {"momentum", 0.75}});
  test.parameters = {array({2}, {2, 5}), array({2}, {0.5, -1})};
  const Result r = run(test);  // means 2 and 10, variances 1 and 0
  check_close(r.outputs[0], array({2, 2}, {-0.5, -1, 1.5, -1}), {1e-12, 1e-12}, "y");
  check_close(r.states[0], array({2}, {0.5, 2.5}), {1e-12, 1e-12}, "moving_mean");
  check_close(r.states[1], array({2}, {1, 0.75}), {1e-12, 1e-12}, "moving_variance");
}

BOOST_AUTO_TEST_CASE(layer_normalization_gives_what_a_hand_gives) {
  Case test = norm("layer_normalization", array({2, 2}, {1, 3, 10, 10}), {{"epsilon", 3.0}});
  test.parameters = {array({2}, {2, 4}), array({2}, {0.5, -1})};
  check_close(run(test).outputs[0], array({2, 2}, {-0.5, 1, 0.5, -1}), {1e-12, 1e-12}, "y");
}

BOOST_AUTO_TEST_CASE(batch_normalization_agrees_with_differences_and_slices) {
  check_layer(norm("batch_normalization", random_array({7, 3}, 1, -2, 3)));
  check_layer(norm("batch_normalization", random_array({5, 3, 2, 17}, 2, -2, 3)));
  check_layer(norm("batch_normalization", random_array({4, 1}, 3), {{"center", false}}));
  check_layer(norm("batch_normalization", random_array({5, 2, 5}, 4), {{"scale", false}, {"synchronized", true}}));
  check_layer(norm("batch_normalization", random_array({5, 5}, 4), {{"scale", false}, {"center", false}}));
}

BOOST_AUTO_TEST_CASE(layer_normalization_agrees_with_differences_and_slices) {
  check_layer(norm("layer_normalization", random_array({5, 7}, 1, -2, 3)));
  check_layer(norm("layer_normalization", random_array({4, 3, 37}, 2, -2, 3)));
  check_layer(norm("layer_normalization", random_array({4, 2, 3, 5}, 3), {{"axis", list({2, -1})}, {"epsilon", 0.1}}));
  check_layer(norm("layer_normalization", random_array({4, 3, 6}, 4), {{"center", false}}));
  check_layer(norm("layer_normalization", random_array({4, 3, 6}, 4), {{"scale", false}}));
  check_layer(norm("layer_normalization", random_array({4, 6}, 4), {{"scale", false}, {"center", false}}));
}

BOOST_AUTO_TEST_CASE(local_response_normalization_gives_what_a_hand_gives) {
  // Of each channel, its neighbours on one side and on both: 1 + 1 + 4, 1 + 1 + 4 + 4, 1 + 4 + 4.
  Case test = norm("local_response_normalization", array({1, 3}, {1, 2, -2}), {{"depth_radius", 1}, {"bias", 1.0}, {"alpha", 1.0}, {"beta", 1.0}});
  check_close(run(test).outputs[0], array({1, 3}, {1.0 / 6, 2.0 / 10, -2.0 / 9}), {1e-12, 1e-12}, "y");
  Case lone = norm("local_response_normalization", array({2, 1}, {3, 0}), {{"bias", 7.0}, {"alpha", 1.0}});
  check_close(run(lone).outputs[0], array({2, 1}, {3 / 8.0, 0}), {1e-12, 1e-12}, "y");  // 16^0.75 is 8
}

BOOST_AUTO_TEST_CASE(local_response_normalization_agrees_with_differences_and_slices) {
  check_layer(norm("local_response_normalization", random_array({5, 3, 2, 9}, 1, -2, 3), {{"alpha", 0.3}}));
  check_layer(norm("local_response_normalization", random_array({4, 2, 3}, 2, -2, 3), {{"depth_radius", 7}, {"alpha", 0.5}, {"beta", 1.3}}));
  check_layer(norm("local_response_normalization", random_array({4, 6}, 3), {{"depth_radius", 0}, {"alpha", 2.0}, {"beta", 0.5}, {"bias", 0.1}}));
}

BOOST_AUTO_TEST_CASE(normalizations_agree_with_keras) {
  const Golden golden("normalization");
  const Array none = filled({1, 1}, 0);
  check_golden(norm("batch_normalization", none), golden, "batch");
  check_golden(norm("batch_normalization", none), golden, "batch_of_images");
  check_golden(norm("batch_normalization", none, {{"momentum", 0.8}, {"epsilon", 0.05}, {"center", false}}), golden, "batch_options");
  check_golden(norm("batch_normalization", none, {{"scale", false}}), golden, "batch_without_scale");
  for (const std::int32_t mode : {TRG_INFERENCE, TRG_FROZEN})
    for (const char* path : {"batch_inference", "batch_started"}) {
      Case test = norm("batch_normalization", none);
      test.mode = mode;
      check_golden(test, golden, path);
    }
  check_golden(norm("local_response_normalization", none), golden, "local_response");
  check_golden(norm("local_response_normalization", none, {{"depth_radius", 3}, {"bias", 0.5}, {"alpha", 0.8}, {"beta", 0.6}}), golden, "local_response_strong");
  check_golden(norm("local_response_normalization", none, {{"depth_radius", 5}, {"bias", 1.0}, {"alpha", 1.0}, {"beta", 0.5}}), golden, "local_response_narrow");
  check_golden(norm("layer_normalization", none), golden, "layer");
  check_golden(norm("layer_normalization", none, {{"axis", list({-2, -1})}, {"epsilon", 0.02}}), golden, "layer_of_axes");
  check_golden(norm("layer_normalization", none, {{"center", false}, {"scale", false}}), golden, "layer_plain");
}

BOOST_AUTO_TEST_CASE(names_order_and_initializers_are_those_of_keras) {
  const Result b = run(norm("batch_normalization", random_array({3, 4}, 1),
                            {{"moving_mean_initializer", constant(0.5)}, {"moving_variance_initializer", constant(2.0)}, {"gamma_regularizer", Component{"", {{"l2", 0.5}}}}}));
  BOOST_TEST(b.parameter_facts[0].name == "gamma");
  BOOST_TEST(b.parameter_facts[0].initializer == "teranga.ones");
  BOOST_TEST(b.parameter_facts[0].l2 == 0.5);
  BOOST_TEST(b.parameter_facts[1].name == "beta");
  BOOST_TEST(b.parameter_facts[1].initializer == "teranga.zeros");
  BOOST_TEST(b.state_facts[0].name == "moving_mean");
  BOOST_TEST(b.state_facts[1].name == "moving_variance");
  BOOST_TEST(b.state_facts[0].initializer == "teranga.constant");
  BOOST_TEST(run(norm("batch_normalization", random_array({3, 4}, 1))).state_facts[1].initializer == "teranga.ones");
  const Result l = run(norm("layer_normalization", random_array({3, 2, 4}, 1),
                            {{"axis", list({1, 2})}, {"beta_initializer", constant(3)}, {"gamma_initializer", constant(4)}, {"beta_regularizer", Component{"", {{"l1", 0.25}}}}}));
  BOOST_TEST((l.parameter_facts[0].shape == std::vector<std::int64_t>{2, 4}));
  BOOST_TEST(l.parameter_facts[1].initializer == "teranga.constant");
  BOOST_TEST(l.parameter_facts[1].l1 == 0.25);
}

BOOST_AUTO_TEST_CASE(a_first_layer_learns_the_same_without_a_gradient_of_its_input) {
  Case test = norm("batch_normalization", random_array({6, 4}, 1));
  const Result with = run(test);
  test.no_gradient = {0};
  test.slices = {4, 2};
  const Result without = run(test);
  for (const std::size_t i : {0u, 1u}) check_close(without.d_parameters[i], with.d_parameters[i], {1e-10, 1e-12}, "d_parameter");
}

BOOST_AUTO_TEST_CASE(a_mean_far_from_zero_costs_no_digits_in_f32) {
  for (const char* name : {"batch_normalization", "layer_normalization"}) {
    Array x = random_array({64, 64}, 9, -1, 1);
    for (double& v : x.values) v = static_cast<double>(static_cast<float>(v * 0.5 + 2000));
    check_f32(norm(name, x), {2e-3, 2e-3});
    const Result r = run(norm(name, x), TRG_F32);
    for (const double v : r.outputs[0].values) BOOST_REQUIRE(std::fabs(v) < 10);
  }
}

// Against a reference in long double, from the same numbers.
BOOST_AUTO_TEST_CASE(batch_statistics_of_a_mean_far_from_zero_are_those_of_long_double) {
  constexpr std::int64_t rows = 4096, channels = 6;
  const double far[channels] = {0, 3e4, -1e6, 1234567, 8388608, 1e-3};
  Array x = random_array({rows, channels}, 3, -1, 1);
  for (std::int64_t i = 0; i < rows * channels; ++i) {
    double& v = x.values[static_cast<std::size_t>(i)];
    v = static_cast<double>(static_cast<float>(i % channels == 5 ? 1e-3 : far[i % channels] + (i % channels == 4 ? 20 * v : v)));
  }
  for (const std::vector<std::int64_t>& slices : {std::vector<std::int64_t>{rows}, {1, 1000, 3000, 95}}) {
    Case test = norm("batch_normalization", x, {{"momentum", 0.0}});
    test.slices = slices;
    const Result r = run(test, TRG_F32);
    for (std::int64_t c = 0; c < channels; ++c) {
      long double mean = 0, variance = 0;
      for (std::int64_t i = 0; i < rows; ++i) mean += static_cast<long double>(x.values[static_cast<std::size_t>(i * channels + c)]) / rows;
      for (std::int64_t i = 0; i < rows; ++i) {
        const long double apart = static_cast<long double>(x.values[static_cast<std::size_t>(i * channels + c)]) - mean;
        variance += apart * apart / rows;
      }
      const auto at = static_cast<std::size_t>(c);
      BOOST_TEST(std::fabs(r.states[0].values[at] - static_cast<double>(mean)) <= 1e-7 * std::fabs(static_cast<double>(mean)) + 1e-12, "mean of channel " << c);
      BOOST_TEST(std::fabs(r.states[1].values[at] - static_cast<double>(variance)) <= 2e-7 * static_cast<double>(variance) + 1e-14, "variance of channel " << c << ": " << r.states[1].values[at]);
    }
  }
}

BOOST_AUTO_TEST_CASE(constant_channels_and_rows_have_no_variance_and_become_zero) {
  for (const double value : {0.1, 1e4 / 3, 1e7 / 3, -12345678.0, 1e30}) {
    const Array x = filled({777, 3}, static_cast<double>(static_cast<float>(value))), row = filled({3, 777}, static_cast<double>(static_cast<float>(value)));
    Case batch = norm("batch_normalization", x, {{"momentum", 0.0}, {"center", false}});
    batch.slices = {100, 600, 77};
    const Result r = run(batch, TRG_F32);
    for (const double v : r.outputs[0].values) BOOST_REQUIRE(v == 0);
    for (const double v : r.states[1].values) BOOST_TEST(v == 0, value << ": " << v);
    const Result of_rows = run(norm("layer_normalization", row, {{"center", false}}), TRG_F32);
    for (const double v : of_rows.outputs[0].values) BOOST_REQUIRE(v == 0);
  }
}

BOOST_AUTO_TEST_CASE(one_row_and_constant_channels_stay_finite) {
  for (const Array& x : {filled({1, 3}, 5), filled({4, 3}, 0), filled({4, 3}, 1e4)})
    for (const char* name : {"batch_normalization", "layer_normalization"}) {
      const Result r = run(norm(name, x), TRG_F32);
      for (const double v : r.outputs[0].values) BOOST_TEST(std::isfinite(v));
      for (const double v : r.d_inputs[0].values) BOOST_TEST(std::isfinite(v));
    }
}

BOOST_AUTO_TEST_CASE(a_gradient_of_zero_gives_zero) {
  for (const char* name : {"batch_normalization", "layer_normalization"}) {
    Case test = norm(name, random_array({3, 4}, 1));
    test.d_outputs = {Array{}};
    const Result r = run(test);
    check_close(r.d_inputs[0], filled({3, 4}, 0), {0, 0}, name);
    check_close(r.d_parameters[0], filled({4}, 0), {0, 0}, name);
  }
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_options_are_refused) {
  BOOST_TEST(failure_of(norm("batch_normalization", filled({3}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(norm("batch_normalization", filled({3, 2}, 0), {{"axis", 1}})).where == "axis");
  BOOST_TEST(failure_of(norm("batch_normalization", filled({3, 2}, 0), {{"momentum", 1.5}})).where == "momentum");
  BOOST_TEST(failure_of(norm("batch_normalization", filled({3, 2}, 0), {{"epsilon", 0.0}})).where == "epsilon");
  BOOST_TEST(failure_of(norm("layer_normalization", filled({3, 2, 2}, 0), {{"axis", list({1})}})).where == "axis");
  BOOST_TEST(failure_of(norm("layer_normalization", filled({3, 2}, 0), {{"axis", list({0, 1})}})).where == "axis");
  BOOST_TEST(failure_of(norm("layer_normalization", filled({3, 2, 2}, 0), {{"axis", list({-1, 2})}})).where == "axis");
}
