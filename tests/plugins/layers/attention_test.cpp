// SPDX-License-Identifier: Apache-2.0
// Multi-head attention: hand values, masks, differences, dropout, Keras's numbers, and what it refuses.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case attention(std::int64_t heads, std::int64_t key_dim, std::vector<Array> inputs, Options more = {}) {
  Options options{{"num_heads", heads}, {"key_dim", key_dim}};
  for (auto& option : more) options.push_back(std::move(option));
  return {.plugin = "layers_attention", .item = "teranga.multi_head_attention", .options = std::move(options), .inputs = std::move(inputs)};
}

Array mask(std::vector<std::int64_t> shape, std::vector<double> values) { return array(std::move(shape), std::move(values), TRG_U8); }

// Heads of width 1 over features of width 1 whose projections change nothing.
Case plain(std::vector<double> steps, Options more = {}) {
  const auto count = static_cast<std::int64_t>(steps.size());
  more.push_back({"use_bias", false});
  Case test = attention(1, 1, {array({1, count, 1}, std::move(steps))}, std::move(more));
  test.parameters = {array({1, 1, 1}, {1}), array({1, 1, 1}, {1}), array({1, 1, 1}, {1}), array({1, 1, 1}, {1})};
  return test;
}

// Weights of exp(query x key), over the keys that are seen.
double mean_of(double query, const std::vector<double>& seen) {
  double sum = 0, total = 0;
  for (const double key : seen) sum += std::exp(query * key) * key, total += std::exp(query * key);
  return sum / total;
}

}  // namespace

BOOST_AUTO_TEST_CASE(attention_weighs_what_each_query_sees) {
  check_close(run(plain({0, 1, 2})).outputs[0], array({1, 3, 1}, {1, mean_of(1, {0, 1, 2}), mean_of(2, {0, 1, 2})}), {}, "all");
  check_close(run(plain({0, 1, 2}, {{"use_causal_mask", true}})).outputs[0], array({1, 3, 1}, {0, mean_of(1, {0, 1}), mean_of(2, {0, 1, 2})}), {}, "causal");
  Case test = plain({0, 1, 2});
  test.masks = {mask({1, 3}, {0, 1, 1})};
  check_close(run(test).outputs[0], array({1, 3, 1}, {0, mean_of(1, {1, 2}), mean_of(2, {1, 2})}), {}, "masked");
}

BOOST_AUTO_TEST_CASE(attention_agrees_with_differences_and_slices) {
  check_layer(attention(2, 3, {random_array({5, 4, 3}, 1)}));
  check_layer(attention(1, 1, {random_array({4, 1, 1}, 2)}));
  check_layer(attention(3, 2, {random_array({4, 17, 5}, 3)}, {{"value_dim", 5}, {"use_bias", false}, {"output_shape", 2}}));
  check_layer(attention(2, 3, {random_array({4, 5, 3}, 4)}, {{"use_causal_mask", true}}));
  check_layer(attention(2, 3, {random_array({4, 5, 3}, 5), random_array({4, 2, 7}, 6)}));
  check_layer(attention(2, 2, {random_array({4, 3, 3}, 7), random_array({4, 5, 2}, 8), random_array({4, 5, 1}, 9)}, {{"use_causal_mask", true}}));
}

BOOST_AUTO_TEST_CASE(attention_with_dropout_agrees_with_differences_and_draws_the_same_in_any_slices) {
  check_layer(attention(2, 3, {random_array({5, 4, 3}, 1)}, {{"dropout", 0.4}}));
  Case test = attention(2, 3, {random_array({4, 5, 3}, 5), random_array({4, 2, 7}, 6)}, {{"dropout", 0.2}, {"use_causal_mask", true}});
  test.masks = {mask({4, 5}, {1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0}), mask({4, 2}, {1, 1, 0, 1, 1, 0, 1, 1})};
  check_layer(test);
  Case none = test;
  none.options[2] = {"dropout", 0.0};
  test.mode = none.mode = TRG_INFERENCE;
  check_close(run(test).outputs[0], run(none).outputs[0], {0, 0}, "inference");
}

BOOST_AUTO_TEST_CASE(attention_with_masks_agrees_with_differences_and_passes_on_that_of_the_query) {
  Case test = attention(2, 3, {random_array({4, 3, 2}, 1), random_array({4, 2, 3}, 2), random_array({4, 2, 1}, 3)});
  test.masks = {mask({4, 3}, {1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0}), mask({4, 2}, {1, 1, 0, 1, 0, 0, 1, 1}), mask({4, 2}, {1, 1, 1, 0, 1, 1, 0, 1})};
  check_layer(test);
  const Result r = run(test);
  BOOST_TEST((r.input_flags[0] & TRG_MASK_PASSES) != 0);
  BOOST_TEST((r.input_flags[1] & TRG_MASK_PASSES) == 0);
  BOOST_TEST((r.input_flags[2] & TRG_MASK_PASSES) == 0);
  Case samples = test;
  samples.masks = {Array{}, mask({4}, {1, 0, 1, 1})};
  check_layer(samples);
}

BOOST_AUTO_TEST_CASE(parameters_get_their_gradient_where_no_input_wants_one) {
  Case test = attention(2, 3, {random_array({5, 4, 3}, 1)}, {{"dropout", 0.4}});
  const Result both = run(test);
  test.no_gradient = {0};
  const Result alone = run(test);
  for (std::size_t i = 0; i < 8; ++i) check_close(alone.d_parameters[i], both.d_parameters[i], {1e-12, 1e-12}, both.parameter_facts[i].name);
  test.d_outputs = {Array{}};
  check_close(run(test).d_parameters[0], filled({3, 2, 3}, 0), {0, 0}, "zero");
}

BOOST_AUTO_TEST_CASE(attention_agrees_with_keras) {
  const Golden golden("attention");
  const Array none = filled({1, 1, 1}, 0);
  check_golden(attention(2, 3, {none}), golden, "itself");
  check_golden(attention(1, 3, {none}, {{"value_dim", 2}, {"use_bias", false}, {"output_shape", 7}}), golden, "without_bias");
  check_golden(attention(2, 3, {none}, {{"use_causal_mask", true}}), golden, "causal");
  check_golden(attention(2, 3, {none, none}, {{"use_causal_mask", true}}), golden, "causal_cross");
  check_golden(attention(3, 2, {none, none}, {{"value_dim", 4}}), golden, "cross");
  check_golden(attention(2, 2, {none, none, none}), golden, "three");
  const auto masked = [&](const std::string& path, std::vector<Array> inputs, Options options = {}) {
    Case test = attention(2, 3, std::move(inputs), std::move(options));
    for (std::size_t i = 0; i < test.inputs.size(); ++i) test.masks.push_back(mask({0}, {}));
    check_golden(test, golden, path);
  };
  masked("itself_masked", {none});
  masked("itself_masked_causal", {none}, {{"use_causal_mask", true}});
  masked("three_masked", {none, none, none});
}

BOOST_AUTO_TEST_CASE(attention_declares_keras_names_and_layouts) {
  const Result r = run(attention(2, 3, {random_array({2, 4, 5}, 1), random_array({2, 3, 6}, 2)},
                                 {{"value_dim", 4}, {"output_shape", 7}, {"kernel_initializer", Component{"teranga.he_normal"}}, {"kernel_regularizer", Component{"", {{"l2", 0.5}}}}}));
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> expected{
      {"query/kernel", {5, 2, 3}}, {"query/bias", {2, 3}}, {"key/kernel", {6, 2, 3}}, {"key/bias", {2, 3}},
      {"value/kernel", {6, 2, 4}}, {"value/bias", {2, 4}}, {"attention_output/kernel", {2, 4, 7}}, {"attention_output/bias", {7}}};
  BOOST_REQUIRE(r.parameter_facts.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST(r.parameter_facts[i].name == expected[i].first);
    BOOST_TEST((r.parameter_facts[i].shape == expected[i].second));
    BOOST_TEST(r.parameter_facts[i].initializer == (i % 2 ? "teranga.zeros" : "teranga.he_normal"));
    BOOST_TEST(r.parameter_facts[i].l2 == (i % 2 ? 0.0 : 0.5));
  }
}

BOOST_AUTO_TEST_CASE(large_scores_do_not_overflow) {
  const Result r = run(plain({1, 300, -300}), TRG_F32);
  check_close(r.outputs[0], array({1, 3, 1}, {300, 300, -300}), {1e-6, 0}, "y");
}

BOOST_AUTO_TEST_CASE(inputs_that_do_not_fit_are_refused) {
  BOOST_TEST(failure_of(attention(1, 1, {filled({2, 3}, 0)})).code == TRG_BAD_SHAPE);
  const Failure steps = failure_of(attention(1, 1, {filled({2, 3, 1}, 0), filled({2, 4, 1}, 0), filled({2, 5, 1}, 0)}));
  BOOST_TEST(steps.code == TRG_BAD_SHAPE);
  BOOST_TEST(steps.text.find("(N, 4, 1) and (N, 5, 1)") != std::string::npos);
  BOOST_TEST(failure_of(attention(0, 1, {filled({2, 3, 1}, 0)})).where == "num_heads");
  BOOST_TEST(failure_of(attention(1, 1, {filled({2, 3, 1}, 0)}, {{"dropout", 1.0}})).where == "dropout");
}
