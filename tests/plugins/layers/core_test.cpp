// SPDX-License-Identifier: Apache-2.0
// Core, reshaping and noise layers: hand values, differences, slices and ranges, Keras's numbers, and what they refuse.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case core(const std::string& name, Options options, Array x) {
  return {.plugin = "layers_core", .item = "teranga." + name, .options = std::move(options), .inputs = {std::move(x)}};
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  const double m = mean(values);
  double sum = 0;
  for (const double v : values) sum += (v - m) * (v - m);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(dense_multiplies_and_adds) {
  Case test = core("dense", {{"units", 2}}, array({1, 3}, {1, 2, 3}));
  test.parameters = {array({3, 2}, {1, 0, 0, 1, 2, -1}), array({2}, {10, 20})};
  test.d_outputs = {array({1, 2}, {1, -1})};
  const Result r = run(test);
  check_close(r.outputs[0], array({1, 2}, {17, 19}), {}, "y");
  check_close(r.d_inputs[0], array({1, 3}, {1, -1, 3}), {}, "dx");
  check_close(r.d_parameters[0], array({3, 2}, {1, -1, 2, -2, 3, -3}), {}, "dkernel");
  check_close(r.d_parameters[1], array({2}, {1, -1}), {}, "dbias");
}

BOOST_AUTO_TEST_CASE(dense_agrees_with_differences_in_slices_and_ranges_of_odd_sizes) {
  check_layer(core("dense", {{"units", 3}}, random_array({5, 4}, 1)));
  check_layer(core("dense", {{"units", 1}}, random_array({1, 1}, 2)));
  check_layer(core("dense", {{"units", 37}}, random_array({7, 41}, 3)));
  check_layer(core("dense", {{"units", 17}, {"use_bias", false}}, random_array({4, 3, 19}, 4)));
  check_layer(core("dense", {{"units", 2}}, random_array({2, 3, 2, 5}, 5)));
}

BOOST_AUTO_TEST_CASE(dense_in_unequal_ranges_adds_the_bias_gradient_once) {
  Case test = core("dense", {{"units", 50}}, random_array({3, 50}, 6));
  const Result whole = run(test);
  test.granularity = TRG_RANGE;
  test.ranges = {{0, 16}, {16, 48}, {48, 50}};
  const Result cut = run(test);
  check_close(cut.outputs[0], whole.outputs[0], {1e-12, 1e-12}, "y");
  check_close(cut.d_inputs[0], whole.d_inputs[0], {1e-12, 1e-12}, "dx");
  check_close(cut.d_parameters[0], whole.d_parameters[0], {1e-12, 1e-12}, "dkernel");
  check_close(cut.d_parameters[1], whole.d_parameters[1], {1e-12, 1e-12}, "dbias");
}

BOOST_AUTO_TEST_CASE(core_layers_agree_with_keras) {
  const Golden golden("core");
  const Array none = filled({1, 1}, 0);
  check_golden(core("dense", {{"units", 5}}, none), golden, "dense");
  check_golden(core("dense", {{"units", 4}}, none), golden, "dense_of_steps");
  check_golden(core("dense", {{"units", 2}, {"use_bias", false}}, none), golden, "dense_without_bias");
  check_golden(core("flatten", {}, none), golden, "flatten");
  check_golden(core("reshape", {{"target_shape", list({3, -1})}}, none), golden, "reshape");
  check_golden(core("permute", {{"dims", list({3, 1, 2})}}, none), golden, "permute");
  check_golden(core("rescaling", {{"scale", 0.25}, {"offset", -1.5}}, none), golden, "rescaling");
}

BOOST_AUTO_TEST_CASE(dense_declares_keras_names_shapes_and_its_options) {
  const Result r = run(core("dense",
                            {{"units", 3},
                             {"kernel_initializer", Component{"teranga.he_normal"}},
                             {"bias_initializer", Component{"teranga.constant", {{"value", 2.0}}}},
                             {"kernel_regularizer", Component{"", {{"l1", 0.25}, {"l2", 0.5}}}},
                             {"bias_regularizer", Component{"", {{"l2", 0.125}}}}},
                            random_array({2, 4}, 1)));
  BOOST_TEST(r.parameter_facts.size() == 2u);
  BOOST_TEST(r.parameter_facts[0].name == "kernel");
  BOOST_TEST((r.parameter_facts[0].shape == std::vector<std::int64_t>{4, 3}));
  BOOST_TEST(r.parameter_facts[0].initializer == "teranga.he_normal");
  BOOST_TEST(r.parameter_facts[0].l1 == 0.25);
  BOOST_TEST(r.parameter_facts[0].l2 == 0.5);
  BOOST_TEST(r.parameter_facts[1].name == "bias");
  BOOST_TEST(r.parameter_facts[1].initializer == "teranga.constant");
  BOOST_TEST(r.parameter_facts[1].l1 == 0.0);
  BOOST_TEST(r.parameter_facts[1].l2 == 0.125);
  BOOST_TEST(r.flops.at(TRG_FORWARD) == 2.0 * 2 * 4 * 3);
  const Result plain = run(core("dense", {{"units", 3}}, random_array({2, 4}, 1)));
  BOOST_TEST(plain.parameter_facts[0].initializer == "teranga.glorot_uniform");
  BOOST_TEST(plain.parameter_facts[1].initializer == "teranga.zeros");
}

BOOST_AUTO_TEST_CASE(dense_with_a_gradient_of_zero_gives_zero) {
  Case test = core("dense", {{"units", 3}}, random_array({2, 4}, 1));
  test.d_outputs = {Array{}};
  const Result r = run(test);
  check_close(r.d_inputs[0], filled({2, 4}, 0), {0, 0}, "dx");
  check_close(r.d_parameters[0], filled({4, 3}, 0), {0, 0}, "dkernel");
}

BOOST_AUTO_TEST_CASE(reshaping_layers_agree_with_differences_and_share_memory) {
  check_layer(core("flatten", {}, random_array({5, 2, 3}, 1)));
  check_layer(core("flatten", {}, random_array({4}, 1)));
  check_layer(core("reshape", {{"target_shape", list({2, -1, 3})}}, random_array({4, 12}, 2)));
  check_layer(core("reshape", {{"target_shape", list({12})}}, random_array({4, 3, 4}, 2)));
  check_layer(core("permute", {{"dims", list({2, 1})}}, random_array({5, 3, 7}, 3)));
  check_layer(core("permute", {{"dims", list({2, 4, 1, 3})}}, random_array({4, 2, 3, 4, 5}, 3)));
  check_layer(core("permute", {{"dims", list({1})}}, random_array({4, 3}, 3)));
  check_layer(core("rescaling", {{"scale", -2.0}, {"offset", 0.5}}, random_array({5, 3}, 4)));
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_reshaped_and_rescaled) {
  const Array pixels = array({2, 2, 2}, {0, 255, 3, 4, 5, 6, 7, 8}, TRG_U8);
  const Result flat = run(core("flatten", {}, pixels));
  BOOST_TEST(flat.output_ports[0].type == TRG_U8);
  check_close(flat.outputs[0], array({2, 4}, pixels.values), {0, 0}, "flatten");
  for (const std::int32_t type : {TRG_U8, TRG_I32, TRG_I64}) {
    const Result scaled = run(core("rescaling", {{"scale", 1.0 / 255}, {"offset", 1.0}}, array({1, 2}, {0, 255}, type)), TRG_F32);
    check_close(scaled.outputs[0], array({1, 2}, {1, 2}), {1e-6, 0}, "rescaling");
  }
}

BOOST_AUTO_TEST_CASE(noise_layers_agree_with_differences_and_draw_the_same_in_any_slices) {
  check_layer(core("dropout", {{"rate", 0.4}}, random_array({5, 3, 4}, 1)));
  check_layer(core("gaussian_dropout", {{"rate", 0.3}}, random_array({5, 12}, 1)));
  check_layer(core("gaussian_noise", {{"stddev", 0.3}}, random_array({5, 12}, 1)));
}

BOOST_AUTO_TEST_CASE(dropout_keeps_the_mean_and_drops_its_share) {
  const Result r = run(core("dropout", {{"rate", 0.25}}, filled({50, 400}, 1)));
  double dropped = 0;
  for (const double v : r.outputs[0].values) {
    dropped += v == 0;
    BOOST_REQUIRE((v == 0 || std::fabs(v - 1 / 0.75) < 1e-12));
  }
  BOOST_TEST(std::fabs(dropped / 20000 - 0.25) < 0.015);
  BOOST_TEST(std::fabs(mean(r.outputs[0].values) - 1) < 0.02);
}

BOOST_AUTO_TEST_CASE(gaussian_layers_have_the_deviation_they_are_told) {
  BOOST_TEST(std::fabs(deviation(run(core("gaussian_noise", {{"stddev", 0.5}}, filled({50, 400}, 1))).outputs[0].values) - 0.5) < 0.02);
  BOOST_TEST(std::fabs(deviation(run(core("gaussian_dropout", {{"rate", 0.2}}, filled({50, 400}, 2))).outputs[0].values) - 1) < 0.03);
}

BOOST_AUTO_TEST_CASE(noise_is_absent_in_inference_and_present_in_a_frozen_layer) {
  for (const auto& [name, options] : std::vector<std::pair<std::string, Options>>{{"dropout", {{"rate", 0.5}}}, {"gaussian_dropout", {{"rate", 0.5}}}, {"gaussian_noise", {{"stddev", 1.0}}}}) {
    Case test = core(name, options, random_array({3, 40}, 1));
    test.mode = TRG_INFERENCE;
    check_close(run(test).outputs[0], test.inputs[0], {0, 0}, name);
    test.mode = TRG_FROZEN;
    BOOST_TEST(run(test).outputs[0].values != test.inputs[0].values);
  }
}

BOOST_AUTO_TEST_CASE(noise_depends_on_the_step_the_sample_and_the_layers_own_seed) {
  Case test = core("dropout", {{"rate", 0.5}}, filled({2, 64}, 1));
  const std::vector<double> first = run(test).outputs[0].values;
  BOOST_TEST(run(test).outputs[0].values == first);
  BOOST_TEST((std::vector<double>(first.begin(), first.begin() + 64) != std::vector<double>(first.begin() + 64, first.end())));
  Case other = test;
  other.random_key = 43;
  BOOST_TEST(run(other).outputs[0].values != first);
  other = test;
  other.options.push_back({"seed", 5});
  BOOST_TEST(run(other).outputs[0].values != first);
}

BOOST_AUTO_TEST_CASE(sampling_draws_in_training_and_gives_the_mean_in_inference) {
  Case test = core("sampling", {}, random_array({5, 3}, 1));
  test.inputs.push_back(random_array({5, 3}, 2));
  check_layer(test);
  test.mode = TRG_INFERENCE;
  check_close(run(test).outputs[0], test.inputs[0], {0, 0}, "inference");
  Case many = core("sampling", {}, filled({50, 400}, 2));
  many.inputs.push_back(filled({50, 400}, std::log(0.25)));
  BOOST_TEST(std::fabs(mean(run(many).outputs[0].values) - 2) < 0.02);
  BOOST_TEST(std::fabs(deviation(run(many).outputs[0].values) - 0.5) < 0.02);
  const std::vector<double> first = run(many).outputs[0].values;
  many.options.push_back({"seed", 5});
  BOOST_TEST(run(many).outputs[0].values != first);
  test.d_outputs = {Array{}};
  test.mode = TRG_TRAINING;
  check_close(run(test).d_inputs[1], filled({5, 3}, 0), {0, 0}, "zero");
  test.inputs[1] = filled({5, 4}, 0);
  BOOST_TEST(failure_of(test).code == TRG_BAD_SHAPE);
  test.inputs.pop_back();
  BOOST_TEST(failure_of(test).code == TRG_BAD_SHAPE);
}

BOOST_AUTO_TEST_CASE(dropping_everything_gives_zero_and_nothing_changes_nothing) {
  check_close(run(core("dropout", {{"rate", 1.0}}, filled({2, 5}, 3))).outputs[0], filled({2, 5}, 0), {0, 0}, "rate 1");
  check_close(run(core("dropout", {{"rate", 0.0}}, filled({2, 5}, 3))).outputs[0], filled({2, 5}, 3), {0, 0}, "rate 0");
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_options_are_refused_with_both_shapes_named) {
  const Failure flat = failure_of(core("dense", {{"units", 3}}, filled({4}, 0)));
  BOOST_TEST(flat.code == TRG_BAD_SHAPE);
  BOOST_TEST(flat.text.find("rank 2") != std::string::npos);
  BOOST_TEST(flat.text.find("(N)") != std::string::npos);
  BOOST_TEST(failure_of(core("dense", {{"units", 3}}, array({1, 2}, {1, 2}, TRG_I64))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(core("dense", {{"units", 0}}, filled({1, 1}, 0))).where == "units");
  BOOST_TEST(failure_of(core("dense", {}, filled({1, 1}, 0))).where == "units");
  const Failure reshape = failure_of(core("reshape", {{"target_shape", list({5, 2})}}, filled({3, 4, 3}, 0)));
  BOOST_TEST(reshape.code == TRG_BAD_SHAPE);
  BOOST_TEST(reshape.text.find("(N, 5, 2)") != std::string::npos);
  BOOST_TEST(reshape.text.find("(N, 4, 3)") != std::string::npos);
  BOOST_TEST(failure_of(core("reshape", {{"target_shape", list({5, -1})}}, filled({3, 4, 3}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(core("reshape", {{"target_shape", list({-1, -1})}}, filled({3, 4}, 0))).code == TRG_BAD_OPTION);
  BOOST_TEST(failure_of(core("reshape", {{"target_shape", list({0, 2})}}, filled({3, 4}, 0))).code == TRG_BAD_OPTION);
  BOOST_TEST(failure_of(core("permute", {{"dims", list({2, 2})}}, filled({3, 4, 4}, 0))).code == TRG_BAD_OPTION);
  BOOST_TEST(failure_of(core("permute", {{"dims", list({2, 1})}}, filled({3, 4}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(core("dropout", {{"rate", 1.5}}, filled({3, 4}, 0))).where == "rate");
  BOOST_TEST(failure_of(core("gaussian_dropout", {{"rate", 1.0}}, filled({3, 4}, 0))).where == "rate");
}

BOOST_AUTO_TEST_CASE(inputs_that_a_layer_does_not_ask_for_and_axes_of_length_0_are_refused) {
  Case two = core("permute", {{"dims", list({1})}}, random_array({4, 6}, 1));
  two.inputs.push_back(random_array({4, 6}, 2));
  const Failure more = failure_of(two);
  BOOST_TEST(more.code == TRG_BAD_SHAPE);
  BOOST_TEST(more.text == "expects 1 input, found 2");
  const Failure none = failure_of(core("permute", {{"dims", list({1})}}, filled({4, 0}, 0)));
  BOOST_TEST(none.code == TRG_BAD_SHAPE);
  BOOST_TEST(none.text == "expects no axis of length 0, found an input of the shape (N, 0)");
}

BOOST_AUTO_TEST_CASE(a_bias_is_added_to_each_feature) {
  Case test = core("bias", {}, array({2, 2}, {1, 2, 3, 4}));
  test.parameters = {array({2}, {10, 20})};
  test.d_outputs = {array({2, 2}, {1, 2, 4, 8})};
  const Result r = run(test);
  check_close(r.outputs[0], array({2, 2}, {11, 22, 13, 24}), {}, "y");
  check_close(r.d_parameters[0], array({2}, {5, 10}), {}, "dbias");
  BOOST_TEST(r.parameter_facts.at(0).name == "bias");
  BOOST_TEST(r.parameter_facts[0].initializer == "teranga.zeros");
  check_layer(core("bias", {}, random_array({5, 3, 7}, 1)));
  BOOST_TEST(failure_of(core("bias", {}, filled({2}, 0))).code == TRG_BAD_SHAPE);
}
