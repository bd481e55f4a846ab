// SPDX-License-Identifier: Apache-2.0
// Embeddings of tokens and positions: hand values, masks, differences, ranges of the vocabulary, Keras's numbers, and ids that name no row.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

Case layer(const std::string& name, Options options, Array x) {
  return {.plugin = "layers_embedding", .item = "teranga." + name, .options = std::move(options), .inputs = {std::move(x)}};
}

Case embedding(std::int64_t vocabulary, std::int64_t width, Array ids) {
  return layer("embedding", {{"input_dim", vocabulary}, {"output_dim", width}}, std::move(ids));
}

Array random_ids(std::vector<std::int64_t> shape, std::int64_t vocabulary, std::int32_t type, std::uint64_t seed) {
  Array ids = random_array(std::move(shape), seed, 0, static_cast<double>(vocabulary));
  for (double& id : ids.values) id = std::min(std::floor(id), static_cast<double>(vocabulary - 1));
  ids.type = type;
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_CASE(embedding_gives_the_rows_that_ids_name_and_sums_gradients_of_each) {
  Case test = embedding(3, 2, array({2, 2}, {2, 0, 2, 2}, TRG_I32));
  test.parameters = {array({3, 2}, {1, 2, 3, 4, 5, 6})};
  test.d_outputs = {array({2, 2, 2}, {1, 2, 10, 20, 100, 200, 1000, 2000})};
  const Result r = run(test);
  check_close(r.outputs[0], array({2, 2, 2}, {5, 6, 1, 2, 5, 6, 5, 6}), {}, "y");
  check_close(r.d_parameters[0], array({3, 2}, {10, 20, 0, 0, 1101, 2202}), {}, "dembeddings");
  BOOST_TEST(r.output_masks[0].values.empty());
}

BOOST_AUTO_TEST_CASE(embedding_agrees_with_differences_for_ids_of_any_type) {
  for (const std::int32_t type : {TRG_U8, TRG_I32, TRG_I64}) {
    check_layer(embedding(7, 3, random_ids({5}, 7, type, 1)));
    check_layer(embedding(5, 1, random_ids({4, 3}, 5, type, 2)));
    check_layer(embedding(1, 17, random_ids({1, 1}, 1, type, 3)));
    check_layer(embedding(11, 5, random_ids({4, 2, 3}, 11, type, 4)));
    check_layer(embedding(2, 70, random_ids({4, 2}, 2, type, 5)));
  }
}

BOOST_AUTO_TEST_CASE(embedding_takes_whole_numbers_of_floating_point) {
  Case whole = embedding(7, 3, random_ids({5, 4}, 7, TRG_I32, 1)), real = whole;
  real.inputs[0].type = TRG_F32;
  for (const std::int32_t type : {TRG_F32, TRG_F64}) {
    check_close(run(real, type).outputs[0], run(whole, type).outputs[0], {0, 0}, "y");
    check_close(run(real, type).d_parameters[0], run(whole, type).d_parameters[0], {0, 0}, "dembeddings");
  }
  check_slices(real);
}

BOOST_AUTO_TEST_CASE(embedding_by_unequal_ranges_sums_each_row_in_the_order_of_the_samples) {
  Case test = embedding(50, 3, random_ids({64, 5}, 50, TRG_I64, 6));
  const Result whole = run(test, TRG_F32);
  test.granularity = TRG_RANGE;
  test.ranges = {{0, 1}, {1, 33}, {33, 50}};
  check_close(run(test, TRG_F32).d_parameters[0], whole.d_parameters[0], {0, 0}, "dembeddings");
}

BOOST_AUTO_TEST_CASE(embedding_masks_id_0_where_it_is_told_to) {
  Case test = embedding(4, 2, array({2, 3}, {0, 3, 0, 1, 0, 2}, TRG_I32));
  test.options.push_back({"mask_zero", true});
  const Result r = run(test);
  BOOST_TEST((r.output_ports[0].flags & TRG_MASK_PRODUCED) != 0);
  check_close(r.output_masks[0], array({2, 3}, {0, 1, 0, 1, 0, 1}), {0, 0}, "mask");
  check_layer(test);
}

BOOST_AUTO_TEST_CASE(embedding_takes_in_the_mean_over_its_steps) {
  Case test = embedding(4, 2, array({2, 3}, {0, 3, 0, 1, 0, 2}, TRG_I32));
  test.parameters = {array({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8})};
  test.d_outputs = {array({2, 2}, {3, 6, 30, 60})};
  test.followers = {{"layers_pooling", "teranga.global_average_pooling1d"}, {"layers_pooling", "teranga.global_average_pooling1d"}};
  const Result r = run(test);
  BOOST_TEST(r.absorbed == 1);
  check_close(r.outputs[0], array({2, 2}, {3, 4, 3, 4}), {}, "y");
  check_close(r.d_parameters[0], array({4, 2}, {12, 24, 10, 20, 10, 20, 1, 2}), {}, "dembeddings");
  test.options.push_back({"mask_zero", true});  // then id 0 does not count
  const Result masked = run(test);
  BOOST_TEST((masked.output_ports[0].flags & TRG_MASK_PRODUCED) == 0);
  check_close(masked.outputs[0], array({2, 2}, {7, 8, 4, 5}), {}, "y");
  check_close(masked.d_parameters[0], array({4, 2}, {0, 0, 15, 30, 15, 30, 3, 6}), {}, "dembeddings");
  test.inputs = {array({2, 3}, {0, 0, 0, 1, 0, 2}, TRG_I32)};
  check_close(run(test).outputs[0], array({2, 2}, {0, 0, 4, 5}), {}, "y where nothing counts");
  test.followers[0].options = {{"keepdims", true}};
  test.d_outputs = {array({2, 1, 2}, {3, 6, 30, 60})};
  BOOST_TEST((run(test).outputs[0].shape == std::vector<std::int64_t>{2, 1, 2}));
}

BOOST_AUTO_TEST_CASE(embedding_with_a_mean_agrees_with_differences_in_slices_and_ranges) {
  for (const bool masks : {false, true}) {
    Case test = embedding(7, 3, random_ids({5, 4}, 7, TRG_I32, 1));
    test.options.push_back({"mask_zero", masks});
    test.followers = {{"layers_pooling", "teranga.global_average_pooling1d"}};
    check_layer(test);
    Case wide = embedding(3, 67, random_ids({4, 5}, 3, TRG_U8, 2));
    wide.options.push_back({"mask_zero", masks});
    wide.followers = test.followers;
    check_layer(wide);
    Case ranges = embedding(50, 145, random_ids({6, 33}, 50, TRG_I64, 6));
    ranges.options.push_back({"mask_zero", masks});
    ranges.followers = test.followers;
    const Result whole = run(ranges, TRG_F32);
    ranges.granularity = TRG_RANGE;
    ranges.ranges = {{0, 1}, {1, 33}, {33, 50}};
    check_close(run(ranges, TRG_F32).d_parameters[0], whole.d_parameters[0], {0, 0}, "dembeddings");
  }
}

BOOST_AUTO_TEST_CASE(embedding_leaves_other_layers_behind_it_alone) {
  const auto absorbed = [](Case test, const std::string& follower) {
    test.followers = {{"layers_pooling", follower}};
    return run(test).absorbed;
  };
  BOOST_TEST(absorbed(embedding(7, 3, random_ids({5, 4}, 7, TRG_I32, 1)), "teranga.global_max_pooling1d") == 0);
  BOOST_TEST(absorbed(embedding(7, 3, random_ids({5, 4, 2}, 7, TRG_I32, 1)), "teranga.global_average_pooling2d") == 0);
}

BOOST_AUTO_TEST_CASE(embedding_declares_keras_name_shape_and_options) {
  Case test = embedding(4, 2, array({1}, {0}, TRG_I32));
  BOOST_TEST(run(test).parameter_facts.at(0).name == "embeddings");
  BOOST_TEST((run(test).parameter_facts[0].shape == std::vector<std::int64_t>{4, 2}));
  BOOST_TEST(run(test).parameter_facts[0].initializer == "teranga.random_uniform");
  test.options.push_back({"embeddings_initializer", Component{"teranga.ones"}});
  test.options.push_back({"embeddings_regularizer", Component{"", {{"l1", 0.25}, {"l2", 0.5}}}});
  BOOST_TEST(run(test).parameter_facts[0].initializer == "teranga.ones");
  BOOST_TEST(run(test).parameter_facts[0].l1 == 0.25);
  BOOST_TEST(run(test).parameter_facts[0].l2 == 0.5);
}

BOOST_AUTO_TEST_CASE(embedding_refuses_ids_outside_of_the_vocabulary_and_names_them) {
  const Failure large = failure_of(embedding(10000, 1, array({4, 2}, {0, 1, 2, 3, 4, 5, 6, 10050}, TRG_I32)));
  BOOST_TEST(large.code == TRG_BAD_DATA);
  BOOST_TEST(large.text == "id 10050 of sample 3 is outside of the vocabulary of 10000 (0 to 9999)");
  BOOST_TEST(large.hint == "train with input_dim = 10051");
  BOOST_TEST(failure_of(embedding(10, 1, array({1}, {10}, TRG_U8))).code == TRG_BAD_DATA);
  BOOST_TEST(failure_of(embedding(10, 1, array({1}, {10}, TRG_F32))).text == "id 10 of sample 0 is outside of the vocabulary of 10 (0 to 9)");
  const Failure negative = failure_of(embedding(10, 1, array({2}, {1, -1}, TRG_I64)));
  BOOST_TEST(negative.text == "id -1 of sample 1 is outside of the vocabulary of 10 (0 to 9)");
  BOOST_TEST(negative.hint == "");
  for (const double odd : {1.5, std::nan(""), HUGE_VAL}) {
    const Failure fraction = failure_of(embedding(10, 1, array({1}, {odd}, TRG_F32)));
    BOOST_TEST(fraction.code == TRG_BAD_DATA);
    BOOST_TEST(fraction.text.find("is not a whole number") != std::string::npos);
  }
  Case late = embedding(3, 1, array({4}, {0, 1, 2, 3}, TRG_I32));
  late.slices = {2, 2};
  BOOST_TEST(failure_of(late).text.find("of sample 3 ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tied_dense_multiplies_by_the_transposed_table) {
  Case test = layer("tied_dense", {{"units", 3}}, array({1, 2}, {1, 10}));
  test.parameters = {array({3, 2}, {1, 2, 3, 4, 5, 6})};
  test.d_outputs = {array({1, 3}, {1, 0, -1})};
  const Result r = run(test);
  check_close(r.outputs[0], array({1, 3}, {21, 43, 65}), {}, "y");
  check_close(r.d_inputs[0], array({1, 2}, {-4, -4}), {}, "dx");
  check_close(r.d_parameters[0], array({3, 2}, {1, 10, 0, 0, -1, -10}), {}, "dembeddings");
  BOOST_TEST(r.parameter_facts.at(0).name == "embeddings");
}

BOOST_AUTO_TEST_CASE(tied_dense_agrees_with_differences_in_slices_and_ranges_of_odd_sizes) {
  check_layer(layer("tied_dense", {{"units", 3}}, random_array({5, 4}, 1)));
  check_layer(layer("tied_dense", {{"units", 37}}, random_array({4, 3, 19}, 2)));
  check_layer(layer("tied_dense", {{"units", 1}}, random_array({1, 1}, 3)));
}

BOOST_AUTO_TEST_CASE(positions_are_added_to_each_sample) {
  Case test = layer("position_embedding", {{"sequence_length", 3}}, array({2, 2, 1}, {1, 2, 3, 4}));
  test.parameters = {array({3, 1}, {10, 20, 30})};
  test.d_outputs = {array({2, 2, 1}, {1, 2, 3, 4})};
  const Result r = run(test);
  check_close(r.outputs[0], array({2, 2, 1}, {11, 22, 13, 24}), {}, "y");
  check_close(r.d_parameters[0], array({3, 1}, {4, 6, 0}), {}, "dembeddings");
  BOOST_TEST(r.parameter_facts.at(0).initializer == "teranga.glorot_uniform");
  const Result waves = run(layer("sine_position_encoding", {}, filled({1, 2, 2}, 1)));
  check_close(waves.outputs[0], array({1, 2, 2}, {1, 2, 1 + std::sin(1.0), 1 + std::cos(1.0)}), {}, "y");
}

BOOST_AUTO_TEST_CASE(positions_agree_with_differences_and_share_memory) {
  check_layer(layer("position_embedding", {{"sequence_length", 7}}, random_array({5, 3, 4}, 1)));
  check_layer(layer("position_embedding", {{"sequence_length", 3}}, random_array({4, 2, 3, 5}, 2)));
  check_layer(layer("sine_position_encoding", {}, random_array({5, 3, 5}, 3)));
  check_layer(layer("sine_position_encoding", {{"max_wavelength", 20.0}}, random_array({4, 2, 3, 1}, 4)));
}

BOOST_AUTO_TEST_CASE(embeddings_agree_with_keras) {
  const Golden golden("embedding");
  const Array none = filled({1, 1, 1}, 0);
  for (const std::string path : {"embedding", "embedding_of_steps", "embedding_of_rank_3"}) {
    Case test = embedding(6, 3, array({1}, {0}, TRG_I32));
    test.options.push_back({"mask_zero", true});
    check_golden(test, golden, path);
    test.inputs = {golden.at(path + "/input0")};
    test.inputs[0].type = TRG_I32;
    check_close(run(test).output_masks[0], golden.at(path + "/output_mask"), {0, 0}, path + " mask");
  }
  check_golden(layer("tied_dense", {{"units", 7}}, none), golden, "tied_dense");
  check_golden(layer("position_embedding", {{"sequence_length", 9}}, none), golden, "position_embedding");
  check_golden(layer("position_embedding", {{"sequence_length", 9}}, none), golden, "position_embedding_of_rank_4");
  check_golden(layer("sine_position_encoding", {}, none), golden, "sine_position_encoding");
  check_golden(layer("sine_position_encoding", {{"max_wavelength", 50.0}}, none), golden, "sine_position_encoding_of_short_waves");
}

BOOST_AUTO_TEST_CASE(positions_and_logits_refuse_shapes_that_do_not_fit) {
  const Failure longer = failure_of(layer("position_embedding", {{"sequence_length", 3}}, filled({2, 4, 1}, 0)));
  BOOST_TEST(longer.code == TRG_BAD_SHAPE);
  BOOST_TEST(longer.hint == "sequence_length = 4");
  BOOST_TEST(failure_of(layer("position_embedding", {{"sequence_length", 3}}, filled({2, 4}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("sine_position_encoding", {}, filled({2, 4}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("sine_position_encoding", {{"max_wavelength", 0.0}}, filled({2, 4, 1}, 0))).where == "max_wavelength");
  BOOST_TEST(failure_of(layer("tied_dense", {{"units", 3}}, filled({2}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("tied_dense", {{"units", 3}}, array({1, 2}, {1, 2}, TRG_I32))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(embedding(0, 1, array({1}, {0}, TRG_I32))).where == "input_dim");
}

namespace {

Case of_two(const std::string& name, Options options, Array x, Array numbers) {
  Case test = layer(name, std::move(options), std::move(x));
  test.inputs.push_back(std::move(numbers));
  return test;
}

}  // namespace

BOOST_AUTO_TEST_CASE(segments_are_added_and_each_sums_the_gradients_of_its_steps) {
  Case test = of_two("segment_embedding", {}, array({2, 2, 1}, {1, 2, 3, 4}), array({2, 2}, {0, 1, 1, 1}, TRG_I32));
  test.parameters = {array({2, 1}, {10, 20})};
  test.d_outputs = {array({2, 2, 1}, {1, 2, 4, 8})};
  const Result r = run(test);
  check_close(r.outputs[0], array({2, 2, 1}, {11, 22, 23, 24}), {}, "y");
  check_close(r.d_inputs[0], test.d_outputs[0], {}, "dx");
  check_close(r.d_parameters[0], array({2, 1}, {1, 14}), {}, "dembeddings");
  for (const std::int32_t type : {TRG_U8, TRG_I32, TRG_I64}) check_layer(of_two("segment_embedding", {{"segments", 3}}, random_array({5, 3, 4}, 1), random_ids({5, 3}, 3, type, 2)));
  check_layer(of_two("segment_embedding", {}, random_array({4, 2, 3, 5}, 3), random_ids({4, 2, 3}, 2, TRG_I32, 4)));
}

BOOST_AUTO_TEST_CASE(steps_are_gathered_and_picked) {
  Case test = of_two("gather_steps", {}, array({2, 3, 1}, {1, 2, 3, 4, 5, 6}), array({2, 2}, {2, 0, 1, 1}, TRG_I32));
  test.d_outputs = {array({2, 2, 1}, {1, 2, 4, 8})};
  const Result r = run(test);
  check_close(r.outputs[0], array({2, 2, 1}, {3, 1, 5, 5}), {}, "y");
  check_close(r.d_inputs[0], array({2, 3, 1}, {2, 0, 1, 0, 12, 0}), {}, "dx");
  check_layer(of_two("gather_steps", {}, random_array({5, 7, 3}, 1), random_ids({5, 4}, 7, TRG_I64, 2)));
  check_layer(of_two("gather_steps", {}, random_array({4, 2, 5}, 3), random_ids({4, 3}, 2, TRG_U8, 4)));
  check_close(run(layer("pick_step", {}, array({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}))).outputs[0], array({2, 2}, {1, 2, 5, 6}), {}, "first");
  check_close(run(layer("pick_step", {{"step", -1}}, array({2, 3}, {1, 2, 3, 4, 5, 6}))).outputs[0], array({2}, {3, 6}), {}, "last");
  for (const int step : {0, 2, -1}) check_layer(layer("pick_step", {{"step", step}}, random_array({5, 3, 4}, 5)));
}

BOOST_AUTO_TEST_CASE(segments_and_picked_steps_agree_with_keras) {
  const Golden golden("embedding");
  const Array none = filled({1, 1, 1}, 0), ids = filled({1, 1}, 0);
  Case segments = of_two("segment_embedding", {{"segments", 3}}, none, ids), steps = of_two("gather_steps", {}, none, ids);
  segments.inputs[1].type = steps.inputs[1].type = TRG_I32;
  check_golden(segments, golden, "segment_embedding");
  check_golden(steps, golden, "gather_steps");
  check_golden(layer("pick_step", {{"step", -2}}, none), golden, "pick_step");
}

BOOST_AUTO_TEST_CASE(segments_and_picked_steps_refuse_what_does_not_fit) {
  const Failure segment = failure_of(of_two("segment_embedding", {}, filled({2, 2, 1}, 0), array({2, 2}, {0, 1, 0, 2}, TRG_I32)));
  BOOST_TEST(segment.code == TRG_BAD_DATA);
  BOOST_TEST(segment.text == "id 2 of sample 1 is outside of the vocabulary of 2 (0 to 1)");
  BOOST_TEST(segment.hint == "train with segments = 3");
  BOOST_TEST(failure_of(of_two("segment_embedding", {}, filled({2, 2, 1}, 0), array({2, 1}, {0, 1}, TRG_I32))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("segment_embedding", {}, filled({2, 2, 1}, 0))).code == TRG_BAD_SHAPE);
  for (const double wrong : {-1.0, 3.0}) {
    const Failure place = failure_of(of_two("gather_steps", {}, filled({2, 3, 1}, 0), array({2, 1}, {0, wrong}, TRG_I32)));
    BOOST_TEST(place.code == TRG_BAD_DATA);
    BOOST_TEST(place.text == "place " + std::to_string(static_cast<int>(wrong)) + " of sample 1 is outside of the 3 steps (0 to 2)");
  }
  BOOST_TEST(failure_of(of_two("gather_steps", {}, filled({2, 1, 3}, 0), array({2, 1}, {0, 0}, TRG_I32))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(of_two("gather_steps", {}, filled({2, 3}, 0), array({2, 1}, {0, 0}, TRG_I32))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("pick_step", {{"step", 3}}, filled({2, 3, 1}, 0))).hint == "step = -1");
  BOOST_TEST(failure_of(layer("pick_step", {{"step", -4}}, filled({2, 3, 1}, 0))).hint == "step = 0");
}
