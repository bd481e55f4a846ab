// SPDX-License-Identifier: Apache-2.0
// Capsule layers: hand values, differences through the routing, the numbers of a reference in Keras's operations, masks of true and of longest capsules, and what is refused.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case capsules(std::int64_t count, std::int64_t length, Array input, Options more = {}) {
  Options options{{"num_capsule", count}, {"dim_capsule", length}};
  for (auto& option : more) options.push_back(std::move(option));
  return {.plugin = "layers_capsule", .item = "teranga.capsules", .options = std::move(options), .inputs = {std::move(input)}};
}
Case layer(const std::string& name, std::vector<Array> inputs) { return {.plugin = "layers_capsule", .item = "teranga." + name, .inputs = std::move(inputs)}; }

Array classes(std::vector<double> numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  return array({count}, std::move(numbers), TRG_I32);
}

double squashed(double s) { return s * std::fabs(s) / (1 + s * s); }

constexpr Tolerance to_five_digits{1e-5, 1e-5};

}  // namespace

BOOST_AUTO_TEST_CASE(squash_keeps_the_direction_and_bounds_the_length) {
  const Result r = run(layer("squash", {array({3, 2}, {3, 4, 0, 0, -0.6, 0.8})}));
  check_close(r.outputs[0], array({3, 2}, {3.0 / 5 * 25 / 26, 4.0 / 5 * 25 / 26, 0, 0, -0.3, 0.4}), {1e-12, 1e-12}, "y");
  check_close(run(layer("squash", {filled({2, 3}, 0)})).d_inputs[0], filled({2, 3}, 0), {0, 0}, "the gradient at 0");
  for (const std::int64_t length : {1, 8, 37}) check_layer(layer("squash", {random_array({4, 3, length}, 1)}));
}

// One number a capsule, votes of 1 and 2 for one capsule and of -1 and 3 for the other.
BOOST_AUTO_TEST_CASE(routing_moves_couplings_to_capsules_that_agree) {
  Case test = capsules(2, 1, array({1, 2, 1}, {1, 1}), {{"routings", 1}});
  test.parameters = {array({1, 2, 1, 2}, {1, 2, -1, 3})};
  const double first = squashed(1.5), second = squashed(1.0);
  check_close(run(test).outputs[0], array({1, 2, 1}, {first, second}), {1e-12, 1e-12}, "even couplings");
  test.options.back() = {"routings", 2};
  const double one = 1 / (1 + std::exp(-1 * second - 1 * first)), other = 1 / (1 + std::exp(3 * second - 2 * first));
  check_close(run(test).outputs[0], array({1, 2, 1}, {squashed(one + 2 * other), squashed(-(1 - one) + 3 * (1 - other))}), {1e-12, 1e-12}, "after one agreement");
}

BOOST_AUTO_TEST_CASE(routing_agrees_with_differences_and_slices) {
  for (const std::int64_t routings : {1, 2, 3, 6}) check_layer(capsules(3, 4, random_array({5, 6, 2}, 1), {{"routings", routings}}));
  check_layer(capsules(1, 3, random_array({2, 5, 3}, 2)));
  check_layer(capsules(4, 1, random_array({3, 5, 1}, 3)));
  check_layer(capsules(2, 2, random_array({3, 70, 1}, 4)));
  check_slices(capsules(3, 2, random_array({4, 130, 5}, 5)));
  check_f32(capsules(10, 16, random_array({3, 130, 8}, 6)));
}

BOOST_AUTO_TEST_CASE(capsules_agree_with_the_reference) {
  const Golden golden("capsule");
  const Array none = filled({1, 1, 1}, 0);
  check_golden(layer("squash", {none}), golden, "squash", to_five_digits);
  check_golden(layer("squash", {none}), golden, "squash_long", to_five_digits);
  for (const std::int64_t routings : {1, 2, 3, 5}) check_golden(capsules(3, 4, none, {{"routings", routings}}), golden, "routings_" + std::to_string(routings), to_five_digits);
  check_golden(capsules(3, 5, none), golden, "wide", to_five_digits);
  check_golden(capsules(4, 3, none, {{"gradient", "last_iteration"}}), golden, "last", to_five_digits);
  check_golden(capsules(4, 3, none, {{"gradient", "last_iteration"}, {"routings", 1}}), golden, "last_of_one", to_five_digits);
  check_golden(layer("capsule_length", {none}), golden, "length", to_five_digits);
  check_golden(layer("capsule_mask", {none, classes({0})}), golden, "mask", to_five_digits);
  check_golden(layer("capsule_mask", {none, none}), golden, "mask_rows", to_five_digits);
}

BOOST_AUTO_TEST_CASE(the_gradient_of_the_last_iteration_is_called_a_stand_in) {
  const auto surrogate = [](const Case& test) { return (run(test).output_ports[0].flags & TRG_SURROGATE) != 0; };
  const Array x = random_array({2, 3, 2}, 1);
  BOOST_TEST(!surrogate(capsules(2, 2, x)));
  BOOST_TEST(surrogate(capsules(2, 2, x, {{"gradient", "last_iteration"}})));
  BOOST_TEST(!surrogate(capsules(2, 2, x, {{"gradient", "last_iteration"}, {"routings", 1}})));
}

BOOST_AUTO_TEST_CASE(parameters_get_their_gradient_where_no_input_wants_one) {
  Case test = capsules(3, 2, random_array({4, 5, 3}, 1));
  const Result both = run(test);
  test.no_gradient = {0};
  check_close(run(test).d_parameters[0], both.d_parameters[0], {1e-12, 1e-12}, "kernel");
}

BOOST_AUTO_TEST_CASE(large_votes_do_not_overflow) {
  Case test = capsules(2, 1, array({1, 2, 1}, {1, 1}));
  test.parameters = {array({1, 2, 1, 2}, {1e4, 1e4, -1e4, 3})};
  for (const double y : run(test, TRG_F32).outputs[0].values) BOOST_TEST((std::isfinite(y) && std::fabs(y) <= 1));
}

BOOST_AUTO_TEST_CASE(the_kernel_has_the_input_capsules_last_and_the_fans_of_a_vote) {
  const Result r = run(capsules(3, 4, random_array({2, 6, 5}, 1), {{"kernel_initializer", Component{"teranga.he_normal"}}, {"kernel_regularizer", Component{"", {{"l2", 0.5}}}}}));
  BOOST_REQUIRE(r.parameter_facts.size() == 1U);
  BOOST_TEST(r.parameter_facts[0].name == "kernel");
  BOOST_TEST((r.parameter_facts[0].shape == std::vector<std::int64_t>{5, 3, 4, 6}));
  BOOST_TEST(r.parameter_facts[0].initializer == "teranga.he_normal");
  BOOST_TEST(r.parameter_facts[0].l2 == 0.5);
}

BOOST_AUTO_TEST_CASE(length_agrees_with_differences_and_has_no_gradient_at_0) {
  check_layer(layer("capsule_length", {random_array({4, 3, 5}, 1)}));
  check_layer(layer("capsule_length", {random_array({3, 2, 2, 40}, 2)}));
  check_close(run(layer("capsule_length", {filled({1, 2, 3}, 0)})).d_inputs[0], filled({1, 2, 3}, 0), {0, 0}, "dx");
}

BOOST_AUTO_TEST_CASE(the_mask_takes_the_true_capsule_in_training_and_the_longest_one_otherwise) {
  const Array x = array({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 3, 4, 0, 1});
  Case test = layer("capsule_mask", {x, classes({1, 2})});
  const Array of_truth = array({2, 6}, {0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 1}), of_length = array({2, 6}, {0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0});
  check_close(run(test).outputs[0], of_truth, {0, 0}, "training");
  check_layer(test);
  test.mode = TRG_FROZEN;
  check_close(run(test).outputs[0], of_truth, {0, 0}, "frozen");
  test.mode = TRG_INFERENCE;
  check_close(run(test).outputs[0], of_length, {0, 0}, "inference");
  test.inputs[1] = classes({-1, 77});  // not read
  check_close(run(test).outputs[0], of_length, {0, 0}, "inference without classes");
  for (const std::int32_t mode : {TRG_TRAINING, TRG_INFERENCE}) {
    Case alone = layer("capsule_mask", {x});
    alone.mode = mode;
    check_close(run(alone).outputs[0], of_length, {0, 0}, "one input");
  }
  test = layer("capsule_mask", {filled({1, 2, 1}, 1)});
  check_close(run(test).outputs[0], array({1, 2}, {1, 0}), {0, 0}, "of equal ones the first");
}

BOOST_AUTO_TEST_CASE(classes_that_there_are_not_are_refused) {
  const Array x = random_array({2, 3, 2}, 1);
  for (const double number : {-1.0, 3.0}) {
    const Failure failure = failure_of(layer("capsule_mask", {x, classes({1, number})}));
    BOOST_TEST(failure.code == TRG_BAD_DATA);
    BOOST_TEST(failure.text.find("from 0 to 2, found " + std::to_string(static_cast<int>(number))) != std::string::npos, failure.text);
  }
}

BOOST_AUTO_TEST_CASE(inputs_that_do_not_fit_are_refused) {
  BOOST_TEST(failure_of(capsules(2, 2, filled({2, 3}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(capsules(0, 2, filled({2, 3, 2}, 0))).where == "num_capsule");
  BOOST_TEST(failure_of(capsules(2, 2, filled({2, 3, 2}, 0), {{"routings", 0}})).where == "routings");
  BOOST_TEST(failure_of(layer("capsule_length", {filled({2, 3}, 0)})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("capsule_mask", {filled({2, 3}, 0)})).code == TRG_BAD_SHAPE);
  const Failure rows = failure_of(layer("capsule_mask", {filled({2, 3, 2}, 0), filled({2, 4}, 0)}));
  BOOST_TEST(rows.code == TRG_BAD_SHAPE);
  BOOST_TEST(rows.text.find("(N, 4)") != std::string::npos, rows.text);
}
