// SPDX-License-Identifier: Apache-2.0
// Masks: which layers pass one on, what merges make of several, and the layers that read one, all as Keras has it.
#include <utility>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

const Golden& golden() {
  static const Golden book("masks");
  return book;
}

Array mask_of(const std::string& path) {
  Array mask = golden().at(path);
  mask.type = TRG_U8;
  return mask;
}

Case masked(const std::string& plugin, const std::string& name, Options options = {}) {
  return {.plugin = plugin, .item = "teranga." + name, .options = std::move(options), .inputs = {random_array({3, 4, 3}, 1)}, .masks = {mask_of("first")}};
}

Case merge(const std::string& name, std::vector<Array> masks, Options options = {}) {
  return {.plugin = "layers_merge", .item = "teranga." + name, .options = std::move(options), .inputs = {random_array({3, 4, 2}, 1), random_array({3, 4, 2}, 2)},
          .masks = std::move(masks)};
}

// The output's mask, and whether it has one.
void check_merged(const Case& test, const std::string& path) {
  const Result r = run(test);
  const bool expected = golden().has(path);
  BOOST_TEST(((r.output_ports[0].flags & TRG_MASK_PRODUCED) != 0) == expected, path);
  BOOST_TEST((r.input_flags[0] & TRG_MASK_PASSES) == 0, path);
  if (expected) check_close(r.output_masks[0], golden().at(path), {0, 0}, path);
  check_slices(test);
}

}  // namespace

BOOST_AUTO_TEST_CASE(layers_pass_on_a_mask_where_keras_does) {
  const std::vector<Case> cases{masked("layers_core", "dense", {{"units", 2}}),
                                masked("layers_core", "dropout", {{"rate", 0.5}}),
                                masked("layers_core", "gaussian_dropout", {{"rate", 0.5}}),
                                masked("layers_core", "gaussian_noise", {{"stddev", 0.5}}),
                                masked("layers_core", "rescaling", {{"scale", 2.0}}),
                                masked("layers_core", "flatten"),
                                masked("layers_core", "reshape", {{"target_shape", list({2, 6})}}),
                                masked("layers_core", "permute", {{"dims", list({2, 1})}}),
                                masked("layers_normalization", "batch_normalization"),
                                masked("layers_normalization", "layer_normalization"),
                                masked("layers_convolution", "conv1d", {{"filters", 2}, {"kernel_size", list({3})}}),
                                masked("layers_pooling", "max_pooling1d"),
                                masked("layers_pooling", "average_pooling1d"),
                                masked("layers_pooling", "global_average_pooling1d"),
                                masked("layers_pooling", "global_max_pooling1d"),
                                masked("layers_pooling", "zero_padding1d")};
  for (const Case& test : cases) {
    const bool passes = golden().at(test.item.substr(8) + "/passes").values[0] != 0;
    BOOST_TEST(((run(test).input_flags[0] & TRG_MASK_PASSES) != 0) == passes, test.item);
  }
}

BOOST_AUTO_TEST_CASE(merges_make_the_mask_that_keras_makes) {
  const Array first = mask_of("first"), second = mask_of("second");
  for (const std::string name : {"add", "subtract", "multiply", "maximum", "minimum", "average", "concatenate"}) {
    check_merged(merge(name, {first, second}), name + "/both");
    check_merged(merge(name, {first}), name + "/one");
    check_merged(merge(name, {Array{}, second}), name == "concatenate" ? name + "/one" : "none");
    check_merged(merge(name, {}), "none");
  }
  check_merged(merge("concatenate", {first, second}, {{"axis", 1}}), "concatenate_steps/both");
  check_merged(merge("concatenate", {first}, {{"axis", 1}}), "concatenate_steps/one");
}

BOOST_AUTO_TEST_CASE(a_mask_of_samples_counts_for_all_of_their_steps) {
  const Array samples = array({3}, {1, 0, 1}, TRG_U8);
  check_close(run(merge("concatenate", {samples, mask_of("second")}, {{"axis", 1}})).output_masks[0],
              array({3, 8}, {1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1}), {0, 0}, "concatenate");
  check_close(run(merge("add", {samples, mask_of("second")})).output_masks[0], array({3, 4}, {1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1}), {0, 0}, "add");
}

BOOST_AUTO_TEST_CASE(layers_that_read_a_mask_agree_with_keras) {
  const Case batch = masked("layers_normalization", "batch_normalization");
  check_golden(batch, golden(), "batch_masked");
  check_golden(batch, golden(), "batch_of_vectors_masked");
  Case inference = batch;
  inference.mode = TRG_INFERENCE;
  check_golden(inference, golden(), "batch_inference_masked");
  check_golden(masked("layers_pooling", "global_average_pooling1d"), golden(), "global_average_masked");
}

BOOST_AUTO_TEST_CASE(layers_that_read_a_mask_agree_with_differences_and_slices) {
  for (const char* name : {"batch_normalization", "layer_normalization"}) check_layer(masked("layers_normalization", name));
  check_layer(masked("layers_pooling", "global_average_pooling1d"));
  check_layer(masked("layers_pooling", "global_average_pooling1d", {{"keepdims", true}}));
  Case images = masked("layers_normalization", "batch_normalization");
  images.inputs = {random_array({3, 4, 5, 2}, 3)};
  check_layer(images);
}

BOOST_AUTO_TEST_CASE(products_and_extremes_are_of_the_inputs_that_are_kept) {
  const Array first = mask_of("first"), second = mask_of("second");
  for (const std::string name : {"multiply", "maximum", "minimum"}) {
    Case three = merge(name, {Array{}, second, first});
    three.inputs.push_back(random_array({3, 4, 2}, 3));
    for (const auto& [how, test] : {std::pair{"both", merge(name, {first, second})}, std::pair{"one", merge(name, {first})}, std::pair{"other", three}}) {
      check_golden(test, golden(), name + "_masked_" + how);
      check_layer(test);
    }
  }
  for (const std::string name : {"maximum", "minimum"}) {
    Case equals = merge(name, {first, second, first});
    equals.inputs.push_back(equals.inputs[0]);
    check_golden(equals, golden(), name + "_masked_of_equals");
  }
}

BOOST_AUTO_TEST_CASE(samples_without_a_kept_step_give_zero_and_no_nan) {
  Case mean = masked("layers_pooling", "global_average_pooling1d");
  mean.masks = {array({3, 4}, {0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0}, TRG_U8)};
  const Result r = run(mean);
  for (const std::size_t i : {0u, 1u, 2u, 6u, 7u, 8u}) BOOST_TEST(r.outputs[0].values[i] == 0.0);
  check_layer(mean);
  Case batch = masked("layers_normalization", "batch_normalization");
  batch.masks[0].values.assign(12, 0);
  const Result of_none = run(batch);
  for (const double y : of_none.outputs[0].values) BOOST_TEST(y == y);
  check_layer(batch);
}
