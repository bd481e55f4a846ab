// SPDX-License-Identifier: Apache-2.0
// Layers that make images and sequences larger: hand values, differences, slices, Keras's numbers, and what they refuse.
#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case upsampling(const std::string& name, Options options, std::vector<std::int64_t> shape, std::uint64_t seed = 1) {
  return {.plugin = "layers_pooling", .item = "teranga." + name, .options = std::move(options), .inputs = {random_array(std::move(shape), seed)}};
}

Case transpose(Options options, std::vector<std::int64_t> shape, std::uint64_t seed = 1) {
  return {.plugin = "layers_convolution", .item = "teranga.conv2d_transpose", .options = std::move(options), .inputs = {random_array(std::move(shape), seed)}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(upsampling_repeats_cells_or_weighs_them) {
  Case steps = upsampling("upsampling1d", {}, {1, 2, 1});
  steps.inputs = {array({1, 2, 1}, {3, 5})};
  steps.d_outputs = {array({1, 4, 1}, {1, 10, 100, 1000})};
  check_close(run(steps).outputs[0], array({1, 4, 1}, {3, 3, 5, 5}), {}, "y");
  check_close(run(steps).d_inputs[0], array({1, 2, 1}, {11, 1100}), {}, "dx");
  Case image = upsampling("upsampling2d", {{"size", list({1, 2})}, {"interpolation", "bilinear"}}, {1, 1, 2, 1});
  image.inputs = {array({1, 1, 2, 1}, {0, 4})};
  check_close(run(image).outputs[0], array({1, 1, 4, 1}, {0, 1, 3, 4}), {}, "bilinear y");
}

BOOST_AUTO_TEST_CASE(upsampling_agrees_with_differences_and_slices) {
  check_layer(upsampling("upsampling1d", {{"size", 3}}, {5, 3, 2}));
  check_layer(upsampling("upsampling2d", {}, {4, 3, 2, 5}));
  check_layer(upsampling("upsampling2d", {{"size", list({3, 1})}, {"interpolation", "bilinear"}}, {4, 3, 2, 3}));
  check_layer(upsampling("upsampling2d", {{"size", 2}, {"interpolation", "bilinear"}}, {4, 1, 5, 1}));
}

BOOST_AUTO_TEST_CASE(transposed_convolution_lays_a_kernel_down_for_each_cell) {
  Case test = transpose({{"filters", 1}, {"kernel_size", list({1, 3})}, {"strides", list({1, 2})}}, {1, 1, 2, 1});
  test.inputs = {array({1, 1, 2, 1}, {1, 10})};
  test.parameters = {array({1, 3, 1, 1}, {1, 2, 3}), array({1}, {100})};
  check_close(run(test).outputs[0], array({1, 1, 5, 1}, {101, 102, 113, 120, 130}), {}, "y");
}

BOOST_AUTO_TEST_CASE(transposed_convolution_agrees_with_differences_and_slices) {
  check_layer(transpose({{"filters", 3}, {"kernel_size", 3}}, {4, 4, 3, 2}));
  check_layer(transpose({{"filters", 2}, {"kernel_size", list({2, 5})}, {"strides", list({3, 2})}, {"padding", "same"}}, {5, 3, 4, 3}));
  check_layer(transpose({{"filters", 1}, {"kernel_size", 1}, {"strides", 2}, {"use_bias", false}}, {4, 3, 3, 1}));
  check_layer(transpose({{"filters", 2}, {"kernel_size", 3}, {"strides", 2}, {"padding", "same"}, {"output_padding", 1}}, {4, 3, 2, 2}));
  check_layer(transpose({{"filters", 2}, {"kernel_size", 2}, {"dilation_rate", list({3, 1})}}, {4, 3, 2, 2}));
}

BOOST_AUTO_TEST_CASE(transposed_convolution_in_f32_gives_what_plain_loops_give_for_many_channels) {
  for (const std::int64_t channels : {1, 8, 16, 37})
    for (const std::int64_t filters : {1, 3, 16, 32})
      for (const char* padding : {"valid", "same"}) {
        check_f32(transpose({{"filters", filters}, {"kernel_size", 4}, {"strides", 2}, {"padding", padding}}, {3, 5, 6, channels}), {5e-4, 2e-4});
        check_f32(transpose({{"filters", filters}, {"kernel_size", 5}, {"strides", 2}, {"padding", padding}}, {3, 5, 6, channels}), {5e-4, 2e-4});
        check_f32(transpose({{"filters", filters}, {"kernel_size", 2}, {"strides", 3}, {"padding", padding}}, {2, 5, 4, channels}), {5e-4, 2e-4});
      }
}

BOOST_AUTO_TEST_CASE(upsampling_agrees_with_keras) {
  const Golden golden("upsampling");
  check_golden(upsampling("upsampling1d", {{"size", 3}}, {1, 1, 1}), golden, "upsampling1d");
  check_golden(upsampling("upsampling2d", {{"size", list({2, 3})}}, {1, 1, 1, 1}), golden, "upsampling2d");
  check_golden(upsampling("upsampling2d", {{"size", list({2, 3})}, {"interpolation", "bilinear"}}, {1, 1, 1, 1}), golden, "bilinear");
  check_golden(upsampling("upsampling2d", {{"size", 4}, {"interpolation", "bilinear"}}, {1, 1, 1, 1}), golden, "bilinear_of_one_row");
  const auto check = [&](const char* path, Options options) { check_golden(transpose(std::move(options), {1, 1, 1, 1}), golden, path); };
  check("transpose", {{"filters", 3}, {"kernel_size", 3}});
  check("transpose_strided", {{"filters", 2}, {"kernel_size", list({2, 5})}, {"strides", list({3, 2})}});
  check("transpose_same", {{"filters", 3}, {"kernel_size", list({3, 4})}, {"strides", 2}, {"padding", "same"}});
  check("transpose_same_thin", {{"filters", 2}, {"kernel_size", list({1, 2})}, {"strides", list({3, 4})}, {"padding", "same"}, {"use_bias", false}});
  check("transpose_same_wide", {{"filters", 2}, {"kernel_size", 5}, {"strides", 2}, {"padding", "same"}});
  check("transpose_same_padded", {{"filters", 2}, {"kernel_size", list({3, 4})}, {"strides", list({2, 3})}, {"padding", "same"}, {"output_padding", list({1, 0})}});
  check("transpose_padded", {{"filters", 2}, {"kernel_size", 3}, {"strides", 3}, {"output_padding", list({2, 1})}});
  check("transpose_dilated", {{"filters", 2}, {"kernel_size", list({3, 2})}, {"dilation_rate", list({2, 3})}, {"padding", "same"}});
}

BOOST_AUTO_TEST_CASE(transposed_convolution_declares_keras_names_and_layout) {
  const Result r = run(transpose({{"filters", 3}, {"kernel_size", list({2, 4})}}, {1, 2, 2, 5}));
  BOOST_TEST(r.parameter_facts[0].name == "kernel");
  BOOST_TEST((r.parameter_facts[0].shape == std::vector<std::int64_t>{2, 4, 3, 5}));
  BOOST_TEST(r.parameter_facts[1].name == "bias");
  BOOST_TEST((r.parameter_facts[1].shape == std::vector<std::int64_t>{3}));
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_options_are_named) {
  BOOST_TEST(failure_of(transpose({{"filters", 3}, {"kernel_size", 3}}, {2, 4, 3})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(transpose({{"filters", 3}, {"kernel_size", 3}, {"strides", 2}, {"output_padding", 2}}, {2, 4, 3, 1})).where == "output_padding");
  BOOST_TEST(failure_of(transpose({{"filters", 3}, {"kernel_size", 3}, {"strides", 2}, {"dilation_rate", 2}}, {2, 4, 3, 1})).where == "dilation_rate");
  BOOST_TEST(failure_of(transpose({{"filters", 3}, {"kernel_size", 2}, {"padding", "same"}, {"output_padding", 0}}, {2, 1, 3, 1})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(upsampling("upsampling1d", {}, {2, 3})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(upsampling("upsampling2d", {{"size", 0}}, {2, 3, 3, 1})).where == "size");
}
