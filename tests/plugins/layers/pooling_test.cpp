// SPDX-License-Identifier: Apache-2.0
// Pooling and padding layers: values by hand, gradients by differences, ties, Keras's numbers, and what is refused.
#include <string>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case pooling(const std::string& item, Options options, std::vector<std::int64_t> shape) {
  return {.plugin = "layers_pooling", .item = "teranga." + item, .options = std::move(options), .inputs = {random_array(std::move(shape), 3)}};
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(windows_give_their_extremes_and_means) {
  Case test = pooling("max_pooling2d", {}, {1, 2, 4, 1});
  test.inputs = {array({1, 2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, -8})};
  test.d_outputs = {array({1, 1, 2, 1}, {10, 20})};
  Result r = run(test);
  check_close(r.outputs[0], array({1, 1, 2, 1}, {6, 7}), {}, "max");
  check_close(r.d_inputs[0], array({1, 2, 4, 1}, {0, 0, 0, 0, 0, 10, 20, 0}), {}, "d max");
  test.item = "teranga.min_pooling2d";
  r = run(test);
  check_close(r.outputs[0], array({1, 1, 2, 1}, {1, -8}), {}, "min");
  check_close(r.d_inputs[0], array({1, 2, 4, 1}, {10, 0, 0, 0, 0, 0, 0, 20}), {}, "d min");
  test.item = "teranga.average_pooling2d";
  r = run(test);
  check_close(r.outputs[0], array({1, 1, 2, 1}, {3.5, 1.5}), {}, "mean");
  check_close(r.d_inputs[0], array({1, 2, 4, 1}, {2.5, 2.5, 5, 5, 2.5, 2.5, 5, 5}), {}, "d mean");
}

BOOST_AUTO_TEST_CASE(of_equal_cells_the_first_gets_the_gradient) {
  for (const std::int32_t type : {TRG_F64, TRG_F32})
    for (const char* item : {"max_pooling2d", "min_pooling2d"}) {
      Case test = pooling(item, {}, {1, 2, 2, 1});
      test.inputs = {filled({1, 2, 2, 1}, 5)};
      test.d_outputs = {array({1, 1, 1, 1}, {3})};
      check_close(run(test, type).d_inputs[0], array({1, 2, 2, 1}, {3, 0, 0, 0}), {}, item);
      test.options = {{"strides", 1}, {"padding", "same"}};
      test.d_outputs = {array({1, 2, 2, 1}, {1, 10, 100, 1000})};
      check_close(run(test, type).d_inputs[0], array({1, 2, 2, 1}, {1, 10, 100, 1000}), {}, std::string(item) + " of overlapping windows");
    }
}

BOOST_AUTO_TEST_CASE(of_equal_cells_a_global_maximum_shares_the_gradient) {
  Case test = pooling("global_max_pooling2d", {}, {1, 2, 2, 1});
  test.inputs = {array({1, 2, 2, 1}, {5, 5, 1, 0})};
  test.d_outputs = {array({1, 1}, {3})};
  check_close(run(test).d_inputs[0], array({1, 2, 2, 1}, {1.5, 1.5, 0, 0}), {}, "d_input");
}

BOOST_AUTO_TEST_CASE(gradients_slices_and_types_agree_over_odd_shapes) {
  for (const std::string kind : {"max", "min", "average"}) {
    check_layer(pooling(kind + "_pooling2d", {}, {5, 6, 4, 3}));
    check_layer(pooling(kind + "_pooling2d", {}, {4, 7, 5, 19}));
    check_layer(pooling(kind + "_pooling2d", {{"padding", "same"}}, {4, 1, 1, 1}));
    check_layer(pooling(kind + "_pooling2d", {{"pool_size", 3}, {"strides", 2}}, {4, 7, 11, 2}));
    check_layer(pooling(kind + "_pooling2d", {{"pool_size", list({2, 3})}, {"strides", list({1, 4})}, {"padding", "same"}}, {4, 5, 7, 2}));
    check_layer(pooling(kind + "_pooling1d", {}, {4, 7, 3}));
    check_layer(pooling(kind + "_pooling1d", {{"pool_size", 5}, {"strides", 1}, {"padding", "same"}}, {4, 3, 17}));
  }
  for (const char* item : {"global_max_pooling1d", "global_average_pooling1d"}) {
    check_layer(pooling(item, {}, {4, 5, 3}));
    check_layer(pooling(item, {{"keepdims", true}}, {4, 1, 1}));
  }
  for (const char* item : {"global_max_pooling2d", "global_average_pooling2d"}) {
    check_layer(pooling(item, {}, {4, 5, 3, 17}));
    check_layer(pooling(item, {{"keepdims", true}}, {4, 1, 2, 1}));
  }
  check_layer(pooling("zero_padding1d", {}, {4, 3, 2}));
  check_layer(pooling("zero_padding1d", {{"padding", list({0, 3})}}, {4, 1, 1}));
  check_layer(pooling("zero_padding2d", {{"padding", 2}}, {4, 3, 2, 3}));
  check_layer(pooling("zero_padding2d", {{"padding", list({1, 0})}}, {4, 3, 2, 3}));
  check_layer(pooling("zero_padding2d", {{"padding", list({1, 0, 2, 3})}}, {4, 1, 5, 1}));
}

BOOST_AUTO_TEST_CASE(keepdims_keeps_axes_of_one_cell) {
  BOOST_TEST(run(pooling("global_average_pooling2d", {{"keepdims", true}}, {2, 3, 4, 5})).outputs[0].shape == (std::vector<std::int64_t>{2, 1, 1, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(run(pooling("global_max_pooling1d", {}, {2, 3, 4})).outputs[0].shape == (std::vector<std::int64_t>{2, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keras_gives_the_same_numbers) {
  const Golden golden("pooling");
  const auto check = [&](const char* item, const char* path, Options options) {
    check_golden({.plugin = "layers_pooling", .item = std::string("teranga.") + item, .options = std::move(options), .inputs = {}}, golden, path);
  };
  check("max_pooling2d", "max2d", {});
  check("max_pooling2d", "max2d_ties", {});
  check("max_pooling2d", "max2d_overlap", {{"pool_size", list({3, 2})}, {"strides", list({2, 1})}, {"padding", "same"}});
  check("max_pooling1d", "max1d", {{"pool_size", 3}, {"strides", 2}, {"padding", "same"}});
  check("min_pooling2d", "min2d_ties", {{"pool_size", list({2, 3})}, {"strides", list({1, 2})}, {"padding", "same"}});
  check("min_pooling1d", "min1d", {});
  check("average_pooling2d", "average2d", {});
  check("average_pooling2d", "average2d_same", {{"pool_size", list({3, 4})}, {"strides", 2}, {"padding", "same"}});
  check("average_pooling1d", "average1d", {{"pool_size", 3}, {"strides", 1}, {"padding", "same"}});
  check("global_max_pooling1d", "global_max1d", {});
  check("global_max_pooling2d", "global_max2d_ties", {{"keepdims", true}});
  check("global_average_pooling1d", "global_average1d", {{"keepdims", true}});
  check("global_average_pooling2d", "global_average2d", {});
  check("zero_padding1d", "zero_padding1d", {{"padding", list({1, 2})}});
  check("zero_padding2d", "zero_padding2d", {{"padding", 2}});
  check("zero_padding2d", "zero_padding2d_pair", {{"padding", list({1, 2})}});
  check("zero_padding2d", "zero_padding2d_four", {{"padding", list({1, 0, 2, 3})}});
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_options_are_named) {
  const Failure rank = failure_of(pooling("max_pooling2d", {}, {3, 10}));
  BOOST_TEST(rank.code == TRG_BAD_SHAPE);
  BOOST_TEST(has(rank.text, "max_pooling2d expects an input of rank 4"));
  BOOST_TEST(has(rank.text, "(N, 10)"));
  const Failure large = failure_of(pooling("average_pooling1d", {{"pool_size", 4}}, {3, 3, 1}));
  BOOST_TEST(large.code == TRG_BAD_SHAPE);
  BOOST_TEST(has(large.text, "at least 4 cells"));
  BOOST_TEST(failure_of(pooling("global_max_pooling2d", {}, {3, 4, 4})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(pooling("zero_padding2d", {}, {3, 4, 4})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(pooling("max_pooling1d", {{"pool_size", list({0})}}, {3, 4, 4})).where == "pool_size");
  BOOST_TEST(failure_of(pooling("max_pooling2d", {{"strides", list({1, 0})}}, {3, 4, 4, 1})).where == "strides");
  BOOST_TEST(failure_of(pooling("zero_padding2d", {{"padding", list({1, 2, 3})}}, {3, 4, 4, 1})).where == "padding");
  BOOST_TEST(failure_of(pooling("zero_padding1d", {{"padding", list({1, -2})}}, {3, 4, 4})).where == "padding");
}
