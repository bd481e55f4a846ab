// SPDX-License-Identifier: Apache-2.0
// conv1d, conv2d and depthwise_conv2d: values by hand, gradients by differences, the kernel library against plain loops, Keras's numbers,
// and what is refused.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case conv2d(Options options, std::vector<std::int64_t> shape, std::uint64_t seed = 1) {
  return {.plugin = "layers_convolution", .item = "teranga.conv2d", .options = std::move(options), .inputs = {random_array(std::move(shape), seed)}};
}
Case conv1d(Options options, std::vector<std::int64_t> shape, std::uint64_t seed = 1) {
  Case test = conv2d(std::move(options), std::move(shape), seed);
  test.item = "teranga.conv1d";
  return test;
}
Case depthwise(Options options, std::vector<std::int64_t> shape, std::uint64_t seed = 1) {
  Case test = conv2d(std::move(options), std::move(shape), seed);
  test.item = "teranga.depthwise_conv2d";
  return test;
}
// The largest difference, as a part of the largest value.
double rounding_of(const Array& found, const Array& expected) {
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    difference = std::max(difference, std::abs(found.values[i] - expected.values[i]));
    largest = std::max(largest, std::abs(expected.values[i]));
  }
  return difference / largest;
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A small generator of its own, so that the sweep is the same everywhere.
struct Draw {
  std::uint64_t state;
  std::int64_t operator()(std::int64_t least, std::int64_t most) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return least + static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(most - least + 1));
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_convolution_slides_its_kernel_without_turning_it) {
  Case test = conv2d({{"filters", 1}, {"kernel_size", 2}}, {1, 2, 3, 1});
  test.inputs = {array({1, 2, 3, 1}, {1, 2, 3, 4, 5, 6})};
  test.parameters = {array({2, 2, 1, 1}, {1, 10, 100, 1000}), array({1}, {0.5})};
  test.d_outputs = {array({1, 1, 2, 1}, {1, 2})};
  for (const std::int32_t type : {TRG_F64, TRG_F32}) {
    const Result r = run(test, type);
    check_close(r.outputs[0], array({1, 1, 2, 1}, {5421.5, 6532.5}), {}, "y");
    check_close(r.d_inputs[0], array({1, 2, 3, 1}, {1, 12, 20, 100, 1200, 2000}), {}, "dx");
    check_close(r.d_parameters[0], array({2, 2, 1, 1}, {5, 8, 14, 17}), {}, "d_kernel");
    check_close(r.d_parameters[1], array({1}, {3}), {}, "d_bias");
  }
}

BOOST_AUTO_TEST_CASE(padding_same_puts_the_odd_cell_behind) {
  Case test = conv1d({{"filters", 1}, {"kernel_size", 2}, {"padding", "same"}, {"use_bias", false}}, {1, 3, 1});
  test.inputs = {array({1, 3, 1}, {1, 2, 3})};
  test.parameters = {array({2, 1, 1}, {1, 10})};
  check_close(run(test).outputs[0], array({1, 3, 1}, {21, 32, 3}), {}, "y");
  test.options[2].second = "causal";
  check_close(run(test).outputs[0], array({1, 3, 1}, {10, 21, 32}), {}, "causal y");
}

BOOST_AUTO_TEST_CASE(weights_are_named_and_shaped_as_in_keras) {
  Case test = conv2d({{"filters", 4},
                      {"kernel_size", list({3, 2})},
                      {"groups", 2},
                      {"kernel_initializer", "teranga.he_normal"},
                      {"bias_initializer", "teranga.ones"},
                      {"kernel_regularizer", Component{"", {{"l2", 0.25}}}},
                      {"bias_regularizer", Component{"", {{"l1", 0.5}}}}},
                     {2, 5, 5, 6});
  const Result r = run(test);
  BOOST_TEST(r.parameter_facts.size() == 2U);
  BOOST_TEST(r.parameter_facts[0].name == "kernel");
  BOOST_TEST(r.parameter_facts[0].shape == (std::vector<std::int64_t>{3, 2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(r.parameter_facts[0].initializer == "teranga.he_normal");
  BOOST_TEST(r.parameter_facts[0].l2 == 0.25);
  BOOST_TEST(r.parameter_facts[1].name == "bias");
  BOOST_TEST(r.parameter_facts[1].initializer == "teranga.ones");
  BOOST_TEST(r.parameter_facts[1].l1 == 0.5);
  BOOST_TEST(r.flops.at(TRG_FORWARD) == 2.0 * 2 * 3 * 4 * 3 * 2 * 3 * 4);

  const Result d = run(depthwise({{"kernel_size", 3}, {"depth_multiplier", 2}, {"depthwise_initializer", "teranga.he_normal"},
                                  {"depthwise_regularizer", Component{"", {{"l1", 2.0}}}}}, {1, 4, 4, 3}));
  BOOST_TEST(d.parameter_facts[0].name == "kernel");
  BOOST_TEST(d.parameter_facts[0].shape == (std::vector<std::int64_t>{3, 3, 3, 2}), boost::test_tools::per_element());
  BOOST_TEST(d.parameter_facts[0].initializer == "teranga.he_normal");
  BOOST_TEST(d.parameter_facts[0].l1 == 2.0);
}

BOOST_AUTO_TEST_CASE(gradients_slices_and_types_agree_over_odd_shapes) {
  check_layer(conv2d({{"filters", 1}, {"kernel_size", 1}}, {1, 1, 1, 1}));
  check_layer(conv2d({{"filters", 3}, {"kernel_size", 5}, {"padding", "same"}}, {2, 1, 1, 2}));
  check_layer(conv2d({{"filters", 5}, {"kernel_size", list({3, 2})}, {"strides", list({2, 1})}}, {5, 7, 5, 3}));
  check_layer(conv2d({{"filters", 4}, {"kernel_size", 3}, {"padding", "same"}, {"strides", 2}, {"use_bias", false}}, {5, 7, 11, 2}));
  check_layer(conv2d({{"filters", 2}, {"kernel_size", 3}, {"dilation_rate", list({2, 1})}}, {4, 7, 5, 2}));
  check_layer(conv2d({{"filters", 6}, {"kernel_size", 2}, {"groups", 3}}, {4, 3, 5, 3}));
  check_layer(conv2d({{"filters", 3}, {"kernel_size", 1}, {"strides", 2}}, {4, 5, 5, 3}));
  check_layer(conv1d({{"filters", 3}, {"kernel_size", 3}, {"padding", "causal"}, {"dilation_rate", 3}}, {4, 11, 2}));
  check_layer(conv1d({{"filters", 4}, {"kernel_size", 2}, {"groups", 2}, {"strides", 3}, {"padding", "same"}}, {4, 13, 2}));
  check_layer(depthwise({{"kernel_size", 3}}, {4, 5, 7, 3}));
  check_layer(depthwise({{"kernel_size", 2}, {"depth_multiplier", 3}, {"strides", 2}, {"padding", "same"}, {"use_bias", false}}, {4, 5, 3, 2}));
}

BOOST_AUTO_TEST_CASE(the_kernel_library_gives_what_plain_loops_give_over_many_options) {
  Draw draw{20};
  const Tolerance tolerance{5e-4, 2e-4};
  for (int round = 0; round < 120; ++round) {
    const std::int64_t groups = draw(0, 3) == 0 ? draw(2, 4) : 1;
    const std::int64_t in = groups * draw(1, groups > 1 ? 9 : 35), filters = groups * draw(1, groups > 1 ? 9 : 35);
    const std::int64_t kh = draw(1, 6), kw = draw(1, 6), n = draw(1, 5);
    const bool dilated = draw(0, 4) == 0, same = draw(0, 1) == 1;
    const std::int64_t dh = dilated ? draw(1, 3) : 1, dw = dilated ? draw(1, 3) : 1;
    const bool strided = !dilated && draw(0, 1) == 1;
    const std::int64_t sh = strided ? draw(1, 3) : 1, sw = strided ? draw(1, 3) : 1;
    const std::int64_t h = same ? draw(1, 14) : (kh - 1) * dh + draw(1, 9), w = same ? draw(1, 14) : (kw - 1) * dw + draw(1, 9);
    const Options options = {{"filters", filters},      {"kernel_size", list({kh, kw})}, {"strides", list({sh, sw})}, {"dilation_rate", list({dh, dw})},
                             {"groups", groups},        {"padding", same ? "same" : "valid"}, {"use_bias", draw(0, 1) == 1}};
    BOOST_TEST_CONTEXT("round " << round << ": input " << n << "x" << h << "x" << w << "x" << in << ", filters " << filters << ", kernel " << kh << "x" << kw
                                << ", strides " << sh << "x" << sw << ", dilation " << dh << "x" << dw << ", groups " << groups << ", same " << same)
    check_f32(conv2d(options, {n, h, w, in}, static_cast<std::uint64_t>(round)), tolerance);
  }
}

BOOST_AUTO_TEST_CASE(strided_1x1_kernels_with_few_channels_have_right_gradients) {
  for (std::int64_t in = 1; in <= 33; ++in)
    check_f32(conv2d({{"filters", 16}, {"kernel_size", 1}, {"strides", 2}}, {3, 9, 8, in}), {5e-4, 2e-4});
}

BOOST_AUTO_TEST_CASE(depthwise_kernels_agree_with_plain_loops) {
  Draw draw{7};
  for (int round = 0; round < 30; ++round) {
    const std::int64_t multiplier = draw(0, 2) == 0 ? draw(2, 4) : 1, k = draw(1, 5), s = draw(1, 2);
    check_f32(depthwise({{"kernel_size", k}, {"strides", s}, {"depth_multiplier", multiplier}, {"padding", draw(0, 1) ? "same" : "valid"}},
                        {draw(1, 4), draw(5, 12), draw(5, 12), draw(1, 40)}),
              {5e-4, 2e-4});
  }
}

BOOST_AUTO_TEST_CASE(first_layers_agree_with_plain_loops) {
  for (const std::int64_t in : {1, 2, 3, 4})
    for (const std::int64_t filters : {1, 6, 16, 20, 32, 37, 64})
      for (const std::int64_t stride : {1, 2}) {
        check_f32(conv2d({{"filters", filters}, {"kernel_size", 5}, {"strides", stride}}, {3, 13, 12, in}), {5e-4, 2e-4});
        check_f32(conv2d({{"filters", filters}, {"kernel_size", 3}, {"strides", stride}, {"padding", "same"}}, {2, 11, 14, in}), {5e-4, 2e-4});
      }
}

// Minimal filtering trades products for sums; what it rounds must stay near what plain sums do (1e-6 to 2e-6 of the largest value here).
BOOST_AUTO_TEST_CASE(minimal_filtering_agrees_with_plain_loops_and_rounds_little) {
  struct Sizes {
    std::int64_t samples, height, width, in, filters, kernel;
    bool same;
  };
  const Sizes cases[] = {{3, 12, 12, 20, 50, 5, false}, {2, 9, 14, 12, 13, 5, true},  {1, 13, 11, 33, 24, 5, false}, {5, 8, 8, 64, 64, 3, true},
                         {2, 16, 16, 32, 32, 3, true},  {1, 32, 32, 16, 16, 3, true}, {3, 13, 13, 32, 64, 3, false}, {2, 7, 10, 15, 130, 3, true},
                         {2, 10, 7, 140, 132, 3, true}, {1, 6, 21, 12, 17, 3, false}, {4, 4, 4, 16, 40, 3, true},    {1, 27, 5, 24, 16, 3, false},
                         {2, 12, 12, 130, 129, 3, false},
                         {3, 31, 30, 48, 40, 3, true},  {3, 27, 28, 40, 48, 5, true}};  // more tiles than a block of them: samples are cut
  for (const Sizes& c : cases)
    for (const bool bias : {true, false}) {
      const Case test = conv2d({{"filters", c.filters}, {"kernel_size", c.kernel}, {"padding", c.same ? "same" : "valid"}, {"use_bias", bias}},
                               {c.samples, c.height, c.width, c.in}, static_cast<std::uint64_t>(c.in));
      BOOST_TEST_CONTEXT("input " << c.samples << "x" << c.height << "x" << c.width << "x" << c.in << ", filters " << c.filters << ", kernel " << c.kernel
                                  << ", same " << c.same) {
        const double most = c.kernel == 5 ? 1e-5 : 5e-6;
        const Result found = run(test, TRG_F32), expected = run(test, TRG_F64);
        BOOST_TEST(rounding_of(found.outputs[0], expected.outputs[0]) < most);
        BOOST_TEST(rounding_of(found.d_inputs[0], expected.d_inputs[0]) < most);
        for (std::size_t p = 0; p < expected.d_parameters.size(); ++p) BOOST_TEST(rounding_of(found.d_parameters[p], expected.d_parameters[p]) < most);
      }
    }
}

BOOST_AUTO_TEST_CASE(slices_of_minimal_filtering_give_the_same_outputs_bit_by_bit) {
  for (const std::int64_t kernel : {3, 5}) {
    Case test = conv2d({{"filters", 20}, {"kernel_size", kernel}, {"padding", "same"}}, {7, 13, 12, 14});
    const Result whole = run(test, TRG_F32);
    test.slices = {1, 4, 2};
    const Result parts = run(test, TRG_F32);
    BOOST_TEST(parts.outputs[0].values == whole.outputs[0].values, boost::test_tools::per_element());
    BOOST_TEST(parts.d_inputs[0].values == whole.d_inputs[0].values, boost::test_tools::per_element());
    BOOST_TEST(rounding_of(parts.d_parameters[0], whole.d_parameters[0]) < 1e-5);  // other partial sums
  }
}

BOOST_AUTO_TEST_CASE(keras_gives_the_same_numbers) {
  const Golden golden("convolution");
  const auto check = [&](const char* item, const char* path, Options options) {
    check_golden({.plugin = "layers_convolution", .item = item, .options = std::move(options), .inputs = {}}, golden, path);
  };
  check("teranga.conv2d", "conv2d", {{"filters", 3}, {"kernel_size", 3}});
  check("teranga.conv2d", "conv2d_same", {{"filters", 3}, {"kernel_size", list({2, 4})}, {"strides", list({2, 3})}, {"padding", "same"}});
  check("teranga.conv2d", "conv2d_dilated",
        {{"filters", 2}, {"kernel_size", list({3, 2})}, {"dilation_rate", list({2, 3})}, {"padding", "same"}, {"use_bias", false}});
  check("teranga.conv2d", "conv2d_groups", {{"filters", 6}, {"kernel_size", 2}, {"groups", 2}});
  check("teranga.conv2d", "conv2d_strided_1x1", {{"filters", 3}, {"kernel_size", 1}, {"strides", 2}});
  check("teranga.conv1d", "conv1d", {{"filters", 4}, {"kernel_size", 3}, {"strides", 2}, {"padding", "same"}});
  check("teranga.conv1d", "conv1d_causal", {{"filters", 3}, {"kernel_size", 3}, {"dilation_rate", 2}, {"padding", "causal"}});
  check("teranga.conv1d", "conv1d_groups", {{"filters", 4}, {"kernel_size", 2}, {"groups", 2}, {"use_bias", false}});
  check("teranga.depthwise_conv2d", "depthwise", {{"kernel_size", 3}});
  check("teranga.depthwise_conv2d", "depthwise_multiplier", {{"kernel_size", list({2, 3})}, {"strides", 2}, {"padding", "same"}, {"depth_multiplier", 2}});
  check("teranga.depthwise_conv2d", "depthwise_dilated", {{"kernel_size", 2}, {"dilation_rate", 2}, {"padding", "same"}, {"use_bias", false}});
}

BOOST_AUTO_TEST_CASE(inference_needs_no_gradients) {
  Case test = conv2d({{"filters", 5}, {"kernel_size", 3}}, {3, 6, 6, 4});
  const Result trained = run(test, TRG_F32);
  test.mode = TRG_INFERENCE;
  check_close(run(test, TRG_F32).outputs[0], trained.outputs[0], {1e-5, 1e-6}, "inference");
}

BOOST_AUTO_TEST_CASE(slices_through_the_kernel_library_equal_the_whole) {
  Case test = conv2d({{"filters", 20}, {"kernel_size", 5}}, {7, 12, 12, 3});
  const Result whole = run(test, TRG_F32);
  test.slices = {1, 4, 2};
  const Result parts = run(test, TRG_F32);
  check_close(parts.outputs[0], whole.outputs[0], {1e-5, 1e-5}, "y");
  check_close(parts.d_inputs[0], whole.d_inputs[0], {1e-5, 1e-5}, "dx");
  check_close(parts.d_parameters[0], whole.d_parameters[0], {1e-4, 1e-4}, "d_kernel");
  check_close(parts.d_parameters[1], whole.d_parameters[1], {1e-4, 1e-4}, "d_bias");
}

// Plans of one shape share the kernel library's compiled code, so this is what workers do to one another.
BOOST_AUTO_TEST_CASE(threads_at_work_at_the_same_time_do_not_disturb_each_other) {
  const Case test = conv2d({{"filters", 20}, {"kernel_size", 3}, {"padding", "same"}}, {4, 12, 12, 10});
  const Result alone = run(test, TRG_F32);
  constexpr std::size_t threads = 4;
  std::vector<std::string> faults(threads);
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      try {
        for (int round = 0; round < 10; ++round) {
          const Result r = run(test, TRG_F32);
          if (r.outputs[0].values != alone.outputs[0].values) faults[t] = "another y";
          if (r.d_inputs[0].values != alone.d_inputs[0].values) faults[t] = "another dx";
          if (r.d_parameters[0].values != alone.d_parameters[0].values) faults[t] = "another d_kernel";
        }
      } catch (const std::exception& e) {
        faults[t] = e.what();
      } catch (const Failure& e) {
        faults[t] = e.text;
      }
    });
  for (std::thread& worker : workers) worker.join();
  for (const std::string& fault : faults) BOOST_TEST(fault == "");
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_options_are_named) {
  const Failure rank = failure_of(conv2d({{"filters", 2}, {"kernel_size", 3}}, {4, 784}));
  BOOST_TEST(rank.code == TRG_BAD_SHAPE);
  BOOST_TEST(has(rank.text, "rank 4"));
  BOOST_TEST(has(rank.text, "(N, 784)"));
  BOOST_TEST(has(rank.hint, "target_shape"));
  const Failure large = failure_of(conv2d({{"filters", 2}, {"kernel_size", list({3, 7})}}, {4, 5, 5, 2}));
  BOOST_TEST(large.code == TRG_BAD_SHAPE);
  BOOST_TEST(has(large.text, "at least 7 cells along spatial axis 2"));
  BOOST_TEST(has(large.text, "(N, 5, 5, 2)"));
  const Failure dilated = failure_of(conv1d({{"filters", 2}, {"kernel_size", 3}, {"dilation_rate", 4}}, {4, 8, 2}));
  BOOST_TEST(dilated.code == TRG_BAD_SHAPE);
  BOOST_TEST(has(dilated.text, "at least 9 cells"));
  const Failure channels = failure_of(conv2d({{"filters", 4}, {"kernel_size", 1}, {"groups", 2}}, {4, 5, 5, 3}));
  BOOST_TEST(channels.code == TRG_BAD_SHAPE);
  BOOST_TEST(has(channels.text, "groups = 2"));
  const Failure filters = failure_of(conv2d({{"filters", 3}, {"kernel_size", 1}, {"groups", 2}}, {4, 5, 5, 2}));
  BOOST_TEST(filters.code == TRG_BAD_OPTION);
  BOOST_TEST(filters.where == "groups");
  const Failure both = failure_of(conv2d({{"filters", 3}, {"kernel_size", 2}, {"strides", 2}, {"dilation_rate", 2}}, {4, 5, 5, 2}));
  BOOST_TEST(both.code == TRG_BAD_OPTION);
  BOOST_TEST(both.where == "dilation_rate");
  BOOST_TEST(failure_of(conv2d({{"filters", 3}, {"kernel_size", list({0, 2})}}, {4, 5, 5, 2})).where == "kernel_size");
  BOOST_TEST(failure_of(depthwise({{"kernel_size", 3}}, {4, 5, 5})).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(conv1d({{"filters", 3}, {"kernel_size", 3}}, {4, 5, 5, 1})).code == TRG_BAD_SHAPE);
}
