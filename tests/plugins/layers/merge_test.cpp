// SPDX-License-Identifier: Apache-2.0
// Merging layers: hand values, differences, slices, Keras's numbers, and what they refuse.
#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case merge(const std::string& name, std::vector<Array> inputs, Options options = {}) {
  return {.plugin = "layers_merge", .item = "teranga." + name, .options = std::move(options), .inputs = std::move(inputs)};
}

std::vector<Array> drawn(int count, const std::vector<std::int64_t>& shape) {
  std::vector<Array> inputs;
  for (int i = 0; i < count; ++i) inputs.push_back(random_array(shape, 30 + static_cast<std::uint64_t>(i), -2, 2));
  return inputs;
}

}  // namespace

BOOST_AUTO_TEST_CASE(merges_give_the_values_that_a_hand_gives) {
  const std::vector<Array> two{array({1, 3}, {1, 2, 3}), array({1, 3}, {3, 2, -1})};
  const auto value = [&](const char* name) { return run(merge(name, two)).outputs[0]; };
  check_close(value("add"), array({1, 3}, {4, 4, 2}), {}, "add");
  check_close(value("subtract"), array({1, 3}, {-2, 0, 4}), {}, "subtract");
  check_close(value("multiply"), array({1, 3}, {3, 4, -3}), {}, "multiply");
  check_close(value("average"), array({1, 3}, {2, 2, 1}), {}, "average");
  check_close(value("maximum"), array({1, 3}, {3, 2, 3}), {}, "maximum");
  check_close(value("minimum"), array({1, 3}, {1, 2, -1}), {}, "minimum");
  check_close(value("concatenate"), array({1, 6}, {1, 2, 3, 3, 2, -1}), {}, "concatenate");
}

BOOST_AUTO_TEST_CASE(merges_agree_with_differences_and_slices) {
  for (const char* name : {"add", "multiply", "average", "maximum", "minimum"})
    for (const int count : {2, 3, 4}) check_layer(merge(name, drawn(count, {5, 3, 7})));
  check_layer(merge("subtract", drawn(2, {5, 11})));
  check_layer(merge("concatenate", {random_array({4, 3}, 1), random_array({4, 1}, 2), random_array({4, 7}, 3)}));
  check_layer(merge("concatenate", {random_array({4, 2, 3}, 1), random_array({4, 5, 3}, 2)}, {{"axis", 1}}));
  check_layer(merge("concatenate", {random_array({4, 2, 3, 2}, 1), random_array({4, 2, 1, 2}, 2)}, {{"axis", -2}}));
}

BOOST_AUTO_TEST_CASE(merges_agree_with_keras) {
  const Golden golden("merge");
  for (const char* name : {"add", "multiply", "average", "maximum", "minimum"}) check_golden(merge(name, drawn(3, {1, 1})), golden, name);
  for (const char* name : {"maximum", "minimum"}) check_golden(merge(name, drawn(4, {1, 1})), golden, name + std::string("_of_equals"));
  check_golden(merge("subtract", drawn(2, {1, 1})), golden, "subtract");
  check_golden(merge("concatenate", drawn(3, {1, 1})), golden, "concatenate");
  check_golden(merge("concatenate", drawn(2, {1, 1}), {{"axis", 1}}), golden, "concatenate_axis_1");
}

BOOST_AUTO_TEST_CASE(equal_inputs_share_the_gradient_two_by_two) {
  for (const double sign : {1.0, -1.0}) {
    const char* name = sign > 0 ? "maximum" : "minimum";
    const auto of = [&](std::vector<double> values) {
      for (double& v : values) v *= sign;
      return array({1, 5}, values);
    };
    Case test = merge(name, {of({1, 2, 2, 1, 2}), of({1, 2, 1, 2, 0}), of({1, 1, 2, 2, 1})});
    test.d_outputs = {filled({1, 5}, 8)};
    const Result r = run(test);
    check_close(r.d_inputs[0], array({1, 5}, {2, 4, 4, 0, 8}), {0, 0}, name);
    check_close(r.d_inputs[1], array({1, 5}, {2, 4, 0, 4, 0}), {0, 0}, name);
    check_close(r.d_inputs[2], array({1, 5}, {4, 0, 4, 4, 0}), {0, 0}, name);
  }
}

BOOST_AUTO_TEST_CASE(only_wanted_gradients_are_made_and_none_of_nothing_is_zero) {
  for (const char* name : {"add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"}) {
    Case test = merge(name, drawn(2, {3, 4}));
    const Result both = run(test);
    test.no_gradient = {0};
    const Result second = run(test);
    BOOST_TEST(second.d_inputs[0].values.empty());
    check_close(second.d_inputs[1], both.d_inputs[1], {0, 0}, name);
    test.no_gradient = {};
    test.d_outputs = {Array{}};
    check_close(run(test).d_inputs[1], filled({3, 4}, 0), {0, 0}, name);
  }
}

BOOST_AUTO_TEST_CASE(inputs_that_do_not_fit_are_refused_with_both_shapes_named) {
  const Failure f = failure_of(merge("add", {filled({2, 3}, 0), filled({2, 4}, 0)}));
  BOOST_TEST(f.code == TRG_BAD_SHAPE);
  BOOST_TEST(f.text.find("(N, 3)") != std::string::npos);
  BOOST_TEST(f.text.find("(N, 4)") != std::string::npos);
  BOOST_TEST(failure_of(merge("subtract", drawn(3, {2, 2}))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(merge("multiply", drawn(1, {2, 2}))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(merge("concatenate", drawn(1, {2, 2}))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(merge("concatenate", drawn(2, {2, 2}), {{"axis", 0}})).code == TRG_BAD_OPTION);
  BOOST_TEST(failure_of(merge("concatenate", drawn(2, {2, 2}), {{"axis", -2}})).code == TRG_BAD_OPTION);
  BOOST_TEST(failure_of(merge("concatenate", drawn(2, {2, 2}), {{"axis", 2}})).code == TRG_BAD_OPTION);
  const Failure c = failure_of(merge("concatenate", {filled({2, 3, 4}, 0), filled({2, 2, 5}, 0)}));
  BOOST_TEST(c.code == TRG_BAD_SHAPE);
  BOOST_TEST(c.text.find("(N, 2, 5)") != std::string::npos);
}
