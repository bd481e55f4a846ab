// SPDX-License-Identifier: Apache-2.0
// Recurrent layers: hand values, differences, slices and ranges, Keras's numbers, states, masks and dropout, and what they refuse.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "plugins/harness.hpp"

using namespace teranga::test;

namespace {

const std::vector<std::pair<std::string, int>> kinds = {{"simple_rnn", 1}, {"lstm", 2}, {"gru", 1}};  // and their states

Case layer(const std::string& name, Options options, Array x) {
  return {.plugin = "layers_recurrent", .item = "teranga." + name, .options = std::move(options), .inputs = {std::move(x)}};
}

Options with(Options options, const Options& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

// Gaps, a late start, an early end, nothing at all, everything.
Array gaps() { return array({5, 5}, {1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1}, TRG_U8); }

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

BOOST_AUTO_TEST_CASE(simple_rnn_follows_the_formula_of_the_course) {
  // h_t = tanh(W_hh h_{t-1} + W_xh x_t + b), two units, two steps, written out.
  Case test = layer("simple_rnn", {{"units", 2}, {"return_sequences", true}}, array({1, 2, 1}, {1, -2}));
  test.parameters = {array({1, 2}, {0.5, -1}), array({2, 2}, {0.1, 0.2, 0.3, -0.4}), array({2}, {0.25, -0.5})};
  const double a = std::tanh(0.5 + 0.25), b = std::tanh(-1 - 0.5);
  const double c = std::tanh(-1 + 0.1 * a + 0.3 * b + 0.25), d = std::tanh(2 + 0.2 * a - 0.4 * b - 0.5);
  check_close(run(test).outputs[0], array({1, 2, 2}, {a, b, c, d}), {1e-12, 1e-12}, "h");
}

BOOST_AUTO_TEST_CASE(gradient_of_a_linear_recurrence_is_a_geometric_series) {
  // h_t = x_t + r h_{t-1}: dh_T/dx_t = r^(T - t), dh_T/dr = sum of h_{t-1} r^(T - t).
  Case test = layer("simple_rnn", {{"units", 1}, {"activation", Component{"teranga.linear"}}, {"use_bias", false}}, array({1, 3, 1}, {1, 2, 3}));
  test.parameters = {array({1, 1}, {1}), array({1, 1}, {0.5})};
  test.d_outputs = {array({1, 1}, {1})};
  const Result r = run(test);
  check_close(r.outputs[0], array({1, 1}, {0.25 + 1 + 3}), {}, "h");
  check_close(r.d_inputs[0], array({1, 3, 1}, {0.25, 0.5, 1}), {}, "dx");
  check_close(r.d_parameters[1], array({1, 1}, {1 * 0.5 + 2.5}), {}, "dr");
}

BOOST_AUTO_TEST_CASE(lstm_and_gru_of_one_unit_follow_their_formulas) {
  Case lstm = layer("lstm", {{"units", 1}, {"return_state", true}}, array({1, 1, 1}, {2}));
  lstm.inputs.push_back(array({1, 1}, {0.5}));
  lstm.inputs.push_back(array({1, 1}, {-0.75}));
  lstm.parameters = {array({1, 4}, {0.1, 0.2, 0.3, 0.4}), array({1, 4}, {-0.5, 0.6, 0.7, -0.8}), array({4}, {0.01, 1, 0.03, 0.04})};
  const double i = sigmoid(0.2 - 0.25 + 0.01), f = sigmoid(0.4 + 0.3 + 1), g = std::tanh(0.6 + 0.35 + 0.03), o = sigmoid(0.8 - 0.4 + 0.04);
  const double c = f * -0.75 + i * g;
  const Result l = run(lstm);
  check_close(l.outputs[0], array({1, 1}, {o * std::tanh(c)}), {1e-12, 1e-12}, "h");
  check_close(l.outputs[1], l.outputs[0], {0, 0}, "state_h");
  check_close(l.outputs[2], array({1, 1}, {c}), {1e-12, 1e-12}, "state_c");

  for (const bool after : {true, false}) {
    Case gru = layer("gru", {{"units", 1}, {"reset_after", after}}, array({1, 1, 1}, {2}));
    gru.inputs.push_back(array({1, 1}, {0.5}));
    gru.parameters = {array({1, 3}, {0.1, 0.2, 0.3}), array({1, 3}, {-0.5, 0.6, 0.7}),
                      after ? array({2, 3}, {0.01, 0.02, 0.03, 0.04, 0.05, 0.06}) : array({3}, {0.05, 0.07, 0.03})};
    const double z = sigmoid(0.2 - 0.25 + 0.05), r = sigmoid(0.4 + 0.3 + 0.07);
    const double k = std::tanh(0.6 + 0.03 + (after ? r * (0.35 + 0.06) : 0.7 * (r * 0.5)));
    check_close(run(gru).outputs[0], array({1, 1}, {z * 0.5 + (1 - z) * k}), {1e-12, 1e-12}, "gru");
  }
}

BOOST_AUTO_TEST_CASE(recurrent_layers_agree_with_differences_in_slices_and_ranges_of_odd_sizes) {
  for (const auto& [name, states] : kinds) {
    BOOST_TEST_MESSAGE(name);
    check_layer(layer(name, {{"units", 3}}, random_array({5, 4, 2}, 1)));
    check_layer(layer(name, {{"units", 1}}, random_array({1, 1, 1}, 2)));
    check_layer(layer(name, {{"units", 7}, {"return_sequences", true}}, random_array({4, 3, 5}, 3)));
    check_layer(layer(name, {{"units", 29}, {"return_state", true}}, random_array({2, 3, 3}, 4)));
    check_layer(layer(name, {{"units", 8}, {"use_bias", false}, {"go_backwards", true}, {"return_sequences", true}}, random_array({6, 3, 1}, 5)));
    check_layer(layer(name, {{"units", 8}}, random_array({3, 2, 11}, 5)));
    check_slices(layer(name, {{"units", 37}}, random_array({21, 2, 3}, 6)));
    check_slices(layer(name, {{"units", 16}, {"return_sequences", true}}, random_array({35, 3, 2}, 7)));
    check_f32(layer(name, {{"units", 67}, {"return_sequences", true}}, random_array({70, 3, 2}, 8)));
  }
  check_layer(layer("gru", {{"units", 5}, {"reset_after", false}, {"return_sequences", true}}, random_array({4, 3, 2}, 9)));
  check_layer(layer("gru", {{"units", 17}, {"reset_after", false}, {"use_bias", false}}, random_array({3, 2, 2}, 9)));
}

BOOST_AUTO_TEST_CASE(narrow_layers_agree_with_differences_whatever_the_width_of_their_input) {
  // Several blocks of samples, the last one short; inputs broader and narrower than the state, in whole registers and not.
  for (const auto& [name, states] : kinds)
    for (const auto& [units, channels] : std::vector<std::pair<int, std::int64_t>>{{8, 32}, {8, 8}, {5, 24}, {16, 8}, {19, 40}, {32, 21}, {3, 128}, {32, 129}}) {
      Case test = layer(name, {{"units", units}, {"return_sequences", true}, {"go_backwards", units % 2 == 1}}, random_array({21, 3, channels}, 12));
      check_slices(test);
      check_f32(test);
      test.inputs[0] = random_array({7, 2, channels}, 13);
      test.masks = {random_array({7, 2}, 14, 0, 2)};
      for (double& seen : test.masks[0].values) seen = std::floor(seen);
      test.masks[0].type = TRG_U8;
      check_gradients(test);
    }
}

BOOST_AUTO_TEST_CASE(masks_directions_and_given_states_agree_with_differences) {
  for (const auto& [name, states] : kinds)
    for (const bool backwards : {false, true})
      for (const bool sequences : {false, true}) {
        Case test = layer(name, {{"units", 3}, {"go_backwards", backwards}, {"return_sequences", sequences}, {"return_state", true}}, random_array({5, 5, 2}, 1));
        test.masks = {gaps()};
        check_layer(test);
        test.options.push_back({"zero_output_for_mask", true});
        check_layer(test);
        for (int i = 0; i < states; ++i) test.inputs.push_back(random_array({5, 3}, 2 + static_cast<std::uint64_t>(i)));
        check_layer(test);
      }
}

BOOST_AUTO_TEST_CASE(activations_of_any_vendor_agree_with_differences) {
  for (const auto& [name, states] : kinds)
    for (const char* activation : {"teranga.relu", "teranga.softmax", "teranga.gelu", "teranga.softsign", "teranga.silu"}) {
      Options options = {{"units", 3}, {"activation", Component{activation}}};
      if (name != "simple_rnn") options.push_back({"recurrent_activation", Component{activation}});
      check_layer(layer(name, options, random_array({4, 3, 2}, 11)));
      if (name == "gru") check_layer(layer(name, with(options, {{"reset_after", false}}), random_array({4, 3, 2}, 11)));
    }
}

BOOST_AUTO_TEST_CASE(a_masked_step_repeats_the_state_and_the_output) {
  for (const auto& [name, states] : kinds) {
    Case test = layer(name, {{"units", 3}, {"return_sequences", true}}, random_array({1, 4, 2}, 1));
    test.masks = {array({1, 4}, {0, 1, 0, 1}, TRG_U8)};
    const Array y = run(test).outputs[0];
    Case dense = test;
    dense.masks.clear();
    dense.inputs[0] = array({1, 2, 2}, {test.inputs[0].values[2], test.inputs[0].values[3], test.inputs[0].values[6], test.inputs[0].values[7]});
    const Array kept = run(dense).outputs[0];
    for (std::size_t u = 0; u < 3; ++u) {
      BOOST_TEST(y.values[u] == 0.0);
      BOOST_TEST(y.values[3 + u] == kept.values[u]);
      BOOST_TEST(y.values[6 + u] == kept.values[u]);
      BOOST_TEST(y.values[9 + u] == kept.values[3 + u]);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_masked_step_gives_zeros_where_asked_for) {
  for (const auto& [name, states] : kinds) {
    Case test = layer(name, {{"units", 3}, {"return_sequences", true}, {"return_state", true}}, random_array({5, 5, 2}, 1));
    test.masks = {gaps()};
    const Result repeats = run(test);
    test.options.push_back({"zero_output_for_mask", true});
    const Result zeros = run(test);
    for (std::size_t step = 0; step < 25; ++step)
      for (std::size_t u = 3 * step; u < 3 * step + 3; ++u) BOOST_TEST(zeros.outputs[0].values[u] == (gaps().values[step] != 0 ? repeats.outputs[0].values[u] : 0.0));
    BOOST_TEST(zeros.outputs[1].values == repeats.outputs[1].values);
    // Of the last output alone there is nothing to make zero, as Keras's page says.
    test.options[1].second = false;
    const Array last = run(test).outputs[0];
    test.options.pop_back();
    BOOST_TEST(last.values == run(test).outputs[0].values);
  }
}

BOOST_AUTO_TEST_CASE(the_mask_passes_with_sequences_and_ends_without) {
  Case test = layer("lstm", {{"units", 2}, {"return_sequences", true}, {"return_state", true}}, random_array({5, 5, 2}, 1));
  test.masks = {gaps()};
  BOOST_TEST((run(test).input_flags[0] & TRG_MASK_PASSES) != 0);
  test.options[1].second = false;
  BOOST_TEST((run(test).input_flags[0] & TRG_MASK_PASSES) == 0);
}

BOOST_AUTO_TEST_CASE(a_stateful_layer_goes_on_where_it_stopped) {
  for (const auto& [name, states] : kinds) {
    const Array x = random_array({4, 6, 2}, 3);
    Case whole = layer(name, {{"units", 5}, {"return_state", true}}, x);
    const Result at_once = run(whole);
    Case half = layer(name, {{"units", 5}, {"stateful", true}}, filled({4, 3, 2}, 0));
    half.slices = {1, 3};
    half.parameters = at_once.parameters;
    for (std::size_t part = 0; part < 2; ++part) {
      for (std::size_t n = 0; n < 4; ++n) std::copy_n(x.values.begin() + static_cast<std::ptrdiff_t>(n * 12 + part * 6), 6, half.inputs[0].values.begin() + static_cast<std::ptrdiff_t>(n * 6));
      const Result r = run(half);
      BOOST_TEST(r.states.size() == static_cast<std::size_t>(states));
      BOOST_TEST(r.state_facts[0].name == "state_h");
      half.states = r.states;
      if (part == 0) continue;
      check_close(r.outputs[0], at_once.outputs[0], {1e-12, 1e-12}, name);
      for (int i = 0; i < states; ++i) check_close(r.states[static_cast<std::size_t>(i)], at_once.outputs[static_cast<std::size_t>(1 + i)], {1e-12, 1e-12}, name + " state");
    }
    half.mode = TRG_INFERENCE;
    BOOST_TEST(run(half).states[0].values != half.states[0].values);
    half.mode = TRG_TRAINING;
    half.slices.clear();
    check_layer(half);
  }
}

BOOST_AUTO_TEST_CASE(dropout_agrees_with_differences_and_draws_the_same_in_any_slices) {
  for (const auto& [name, states] : kinds)
    for (const auto& [input, state] : std::vector<std::pair<double, double>>{{0.4, 0.0}, {0.0, 0.4}, {0.3, 0.5}}) {
      const Options options = {{"units", 5}, {"dropout", input}, {"recurrent_dropout", state}};
      check_layer(layer(name, options, random_array({5, 3, 4}, 1)));
      if (name == "gru") check_layer(layer(name, with(options, {{"reset_after", false}}), random_array({5, 3, 4}, 1)));
    }
}

BOOST_AUTO_TEST_CASE(dropout_is_one_choice_for_all_steps_and_absent_in_inference) {
  // Linear without recurrence: a feature of a sample is 0 or doubled, the same at all steps.
  Case test = layer("simple_rnn", {{"units", 1}, {"activation", Component{"teranga.linear"}}, {"use_bias", false}, {"dropout", 0.5}, {"return_sequences", true}}, filled({400, 3, 1}, 1));
  test.parameters = {array({1, 1}, {1}), array({1, 1}, {0})};
  const Array y = run(test).outputs[0];
  int dropped = 0;
  for (std::size_t n = 0; n < 400; ++n) {
    BOOST_REQUIRE((y.values[3 * n] == 0 || y.values[3 * n] == 2));
    BOOST_REQUIRE(y.values[3 * n + 1] == y.values[3 * n]);
    BOOST_REQUIRE(y.values[3 * n + 2] == y.values[3 * n]);
    dropped += y.values[3 * n] == 0;
  }
  BOOST_TEST((dropped > 150 && dropped < 250));
  test.mode = TRG_INFERENCE;
  check_close(run(test).outputs[0], filled({400, 3, 1}, 1), {0, 0}, "inference");
  test.mode = TRG_FROZEN;
  BOOST_TEST(run(test).outputs[0].values == y.values);
}

BOOST_AUTO_TEST_CASE(inference_gives_what_training_gives) {
  for (const auto& [name, states] : kinds) {
    Case test = layer(name, {{"units", 9}, {"return_sequences", true}}, random_array({5, 5, 3}, 1));
    test.masks = {gaps()};
    const Result trained = run(test);
    test.mode = TRG_INFERENCE;
    check_close(run(test).outputs[0], trained.outputs[0], {0, 0}, name);
  }
}

BOOST_AUTO_TEST_CASE(recurrent_layers_agree_with_keras) {
  const Golden golden("recurrent");
  const Array none = filled({1, 1, 1}, 0);
  const auto check = [&](const std::string& name, const Options& options, const std::string& path) {
    Case test = layer(name, options, none);
    if (golden.has(path + "/mask0")) test.masks = {array({1, 1}, {1}, TRG_U8)};
    check_golden(test, golden, path);
  };
  const Options sequences = {{"return_sequences", true}}, state = {{"return_state", true}}, backwards = {{"go_backwards", true}}, zeros = {{"zero_output_for_mask", true}};
  for (const auto& [name, states] : kinds) {
    const auto of = [](std::int64_t units, const std::vector<Options>& more) {
      Options all = {{"units", units}};
      for (const Options& m : more) all = with(all, m);
      return all;
    };
    check(name, of(3, {}), name);
    check(name, of(2, {state}), name + "_of_one_step");
    check(name, of(17, {sequences}), name + "_sequences");
    check(name, of(5, {sequences, state, backwards}), name + "_backwards");
    check(name, of(4, {sequences, state}), name + "_masked");
    check(name, of(4, {}), name + "_masked_last");
    check(name, of(4, {sequences, state, backwards}), name + "_masked_backwards");
    check(name, of(4, {backwards}), name + "_masked_backwards_last");
    check(name, of(6, {sequences, state}), name + "_from_states");
    check(name, of(3, {state}), name + "_masked_from_states");
    check(name, of(3, {{{"use_bias", false}}}), name + "_without_bias");
    check(name, of(3, {{{"stateful", true}}, sequences}), name + "_stateful");
    check(name, of(3, {{{"stateful", true}}}), name + "_stateful_masked");
    check(name, of(4, {sequences, state, zeros}), name + "_masked_zeros");
    check(name, of(3, {sequences, backwards, zeros}), name + "_masked_zeros_backwards");
    for (const std::string activation : {"relu", "linear", "softmax", "softsign", "gelu"})
      check(name, of(3, {{{"activation", Component{"teranga." + activation}}}}), name + "_" + activation);
    if (name == "simple_rnn") continue;
    for (const std::string activation : {"hard_sigmoid", "tanh", "softmax", "silu"})
      check(name, of(3, {{{"recurrent_activation", Component{"teranga." + activation}}}}), name + "_gated_by_" + activation);
  }
  const Options before = {{"reset_after", false}};
  check("gru", with({{"units", 5}, {"return_sequences", true}}, before), "gru_reset_before");
  check("gru", with({{"units", 3}, {"return_sequences", true}, {"return_state", true}}, before), "gru_reset_before_masked");
  check("gru", with({{"units", 3}, {"activation", Component{"teranga.silu"}}, {"recurrent_activation", Component{"teranga.softmax"}}}, before), "gru_reset_before_silu");
  check("gru", with({{"units", 3}, {"use_bias", false}}, before), "gru_reset_before_without_bias");
  check_golden(layer("repeat_vector", {{"n", 3}}, filled({1, 1}, 0)), golden, "repeat_vector");
  check_golden(layer("masking", {{"mask_value", 0.5}}, none), golden, "masking");
}

BOOST_AUTO_TEST_CASE(recurrent_layers_declare_keras_names_shapes_and_initializers) {
  const Result r = run(layer("lstm", {{"units", 3}, {"kernel_regularizer", Component{"", {{"l1", 0.25}}}}, {"recurrent_regularizer", Component{"", {{"l2", 0.5}}}},
                                      {"bias_regularizer", Component{"", {{"l2", 0.125}}}}},
                             random_array({2, 4, 5}, 1)));
  BOOST_TEST(r.parameter_facts.size() == 3u);
  BOOST_TEST(r.parameter_facts[0].name == "kernel");
  BOOST_TEST((r.parameter_facts[0].shape == std::vector<std::int64_t>{5, 12}));
  BOOST_TEST(r.parameter_facts[0].initializer == "teranga.glorot_uniform");
  BOOST_TEST(r.parameter_facts[0].l1 == 0.25);
  BOOST_TEST(r.parameter_facts[1].name == "recurrent_kernel");
  BOOST_TEST((r.parameter_facts[1].shape == std::vector<std::int64_t>{3, 12}));
  BOOST_TEST(r.parameter_facts[1].initializer == "teranga.orthogonal");
  BOOST_TEST(r.parameter_facts[1].l2 == 0.5);
  BOOST_TEST(r.parameter_facts[2].name == "bias");
  BOOST_TEST((r.parameter_facts[2].shape == std::vector<std::int64_t>{12}));
  BOOST_TEST(r.parameter_facts[2].initializer == "teranga.zeros");
  BOOST_TEST(r.parameter_facts[2].l2 == 0.125);
  BOOST_TEST(r.parameter_facts[2].pieces.size() == 1u);
  BOOST_TEST(r.parameter_facts[2].pieces[0].begin == 3);
  BOOST_TEST(r.parameter_facts[2].pieces[0].end == 6);
  BOOST_TEST(r.parameter_facts[2].pieces[0].initializer == "teranga.ones");
  BOOST_TEST(r.flops.at(TRG_FORWARD) == 2.0 * 2 * 4 * 12 * (5 + 3));
  BOOST_TEST(run(layer("lstm", {{"units", 3}, {"unit_forget_bias", false}}, random_array({2, 4, 5}, 1))).parameter_facts[2].pieces.empty());
  const auto bias_of_gru = [](bool after) { return run(layer("gru", {{"units", 3}, {"reset_after", after}}, random_array({2, 4, 5}, 1))).parameter_facts[2].shape; };
  BOOST_TEST((bias_of_gru(true) == std::vector<std::int64_t>{2, 9}));
  BOOST_TEST((bias_of_gru(false) == std::vector<std::int64_t>{9}));
}

BOOST_AUTO_TEST_CASE(repeat_vector_and_masking_agree_with_differences) {
  check_layer(layer("repeat_vector", {{"n", 3}}, random_array({5, 4}, 1)));
  check_layer(layer("repeat_vector", {{"n", 1}}, random_array({1, 1}, 1)));
  Case masking = layer("masking", {}, random_array({4, 3, 2}, 1));
  const Result all = run(masking);
  check_close(all.output_masks[0], array({4, 3}, std::vector<double>(12, 1)), {0, 0}, "mask");
  check_layer(masking);
  masking.inputs[0] = array({1, 3, 2}, {1, 0, 0, 0, 0, 2});
  check_close(run(masking).output_masks[0], array({1, 3}, {1, 0, 1}), {0, 0}, "mask");
  const Golden golden("recurrent");
  masking.inputs[0] = golden.at("masking/input0");
  masking.options = {{"mask_value", 0.5}};
  check_close(run(masking).output_masks[0], golden.at("masking/mask"), {0, 0}, "mask of Keras");
}

BOOST_AUTO_TEST_CASE(wrong_shapes_options_and_states_are_refused) {
  for (const auto& [name, states] : kinds) {
    const Failure flat = failure_of(layer(name, {{"units", 3}}, filled({2, 4}, 0)));
    BOOST_TEST(flat.code == TRG_BAD_SHAPE);
    BOOST_TEST(flat.text.find(name + " expects an input of rank 3") != std::string::npos);
    BOOST_TEST(failure_of(layer(name, {{"units", 0}}, filled({1, 1, 1}, 0))).where == "units");
    BOOST_TEST(failure_of(layer(name, {{"units", 1}, {"dropout", 1.5}}, filled({1, 1, 1}, 0))).where == "dropout");
    Case test = layer(name, {{"units", 3}}, filled({2, 4, 1}, 0));
    for (int i = 0; i < states; ++i) test.inputs.push_back(filled({2, 4}, 0));
    BOOST_TEST(failure_of(test).code == TRG_BAD_SHAPE);
    test.inputs.resize(1);
    for (int i = 0; i < 3; ++i) test.inputs.push_back(filled({2, 3}, 0));
    BOOST_TEST(failure_of(test).code == TRG_BAD_SHAPE);
    test.inputs.resize(1);
    test.masks = {array({2}, {1, 1}, TRG_U8)};
    BOOST_TEST(failure_of(test).code == TRG_BAD_SHAPE);
  }
  BOOST_TEST(failure_of(layer("repeat_vector", {{"n", 2}}, filled({2, 4, 1}, 0))).code == TRG_BAD_SHAPE);
  BOOST_TEST(failure_of(layer("masking", {}, filled({2, 4}, 0))).code == TRG_BAD_SHAPE);
}
