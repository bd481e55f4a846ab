// SPDX-License-Identifier: Apache-2.0
// The engine as a whole: gradients of graphs against differences, the same bits for any number of threads, shares that add up, errors at their
// place in the recipe.
#include "rig.hpp"

#include <teranga/core/error.hpp>

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

// Everything that makes a plan interesting: two branches that meet, a tensor read by three, in-place activations, reshaping, pooling,
// dropout, batch statistics, an input that the loss reads through a shortcut.
const std::string graph = R"(
[[layer]]
type = "conv2d"
name = "stem"
filters = 4
kernel_size = 3
padding = "same"
activation = "tanh"
[[layer]]
type = "conv2d"
name = "left"
input = ["stem"]
filters = 4
kernel_size = 1
activation = "sigmoid"
[[layer]]
type = "batch_normalization"
name = "right"
input = ["stem"]
[[layer]]
type = "add"
name = "sum"
input = ["left", "right", "stem"]
[[layer]]
type = "max_pooling2d"
[[layer]]
type = "dropout"
rate = 0.3
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 5
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";

const std::string chain = R"(
[[layer]]
type = "dense"
units = 130
activation = "relu"
[[layer]]
type = "dropout"
rate = 0.5
[[layer]]
type = "dense"
units = 140
activation = "tanh"
[[layer]]
type = "dense"
units = 7
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";

// A layer of 9 MB of weights (18 in f64), which slices would read again and again: its values are made by ranges of the whole batch, too.
const std::string far = R"(
[[layer]]
type = "dense"
units = 1100
activation = "tanh"
[[layer]]
type = "dense"
name = "far"
units = 2100
activation = "relu"
[[layer]]
type = "dropout"
rate = 0.5
[[layer]]
type = "dense"
units = 7
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";

template <class Net>
std::vector<float> weights_after(Net& net, int steps) {
  auto* w = static_cast<float*>(net.network.store().weights());
  const auto* g = static_cast<const float*>(net.network.store().gradients());
  for (int s = 0; s < steps; ++s) {
    net.loss(static_cast<std::uint64_t>(s));
    for (std::size_t i = 0; i < net.network.store().trainable_elements(); ++i) w[i] -= 0.1F * g[i];
    net.network.store().changed();
    net.network.commit();
  }
  return {w, w + net.network.store().trainable_elements()};
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) { return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0; }

std::string failure_of(const std::string& net, Rig<float>::Shapes shapes) {
  try {
    Rig<float> rig(net, std::move(shapes));
  } catch (const Error& error) {
    BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::usage));
    return error.what();
  }
  return "no error";
}

}  // namespace

BOOST_AUTO_TEST_CASE(gradients_of_a_graph_agree_with_differences_over_slices_of_unequal_size) {
  Rig<double> rig(graph, {.rows = 7, .sample = {5, 4, 2}, .classes = 5}, 2, "slice = 3\n");
  BOOST_TEST(rig.network.summary().slice_rows == 3);
  BOOST_TEST(rig.network.summary(2).bytes_per_rank < rig.network.summary().bytes_per_rank);
  BOOST_TEST(rig.network.summary(0).bytes_per_rank < rig.network.summary(2).bytes_per_rank);  // reserves nothing
  BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-6);
}

BOOST_AUTO_TEST_CASE(slices_are_equal_shares_for_two_four_and_eight_threads) {
  const auto net = [](int units) { return "[[layer]]\ntype = \"dense\"\nunits = " + std::to_string(units) + "\n[loss]\ntype = \"mean_squared_error\"\n"; };
  for (const int units : {200, 500, 1000, 3000})
    for (const std::int64_t batch : {16, 33, 48, 96, 100, 128, 200, 256, 1000, 4096}) {
      Rig<float> rig(net(units), {.rows = batch, .sample = {600}, .target = {units}}, 1);
      const std::int64_t rows = rig.network.summary(0).slice_rows, slices = (batch + rows - 1) / rows;
      BOOST_TEST(rows >= 8);
      BOOST_TEST(slices <= 64);
      for (const std::int64_t threads : {2, 4, 8}) {
        if (slices < threads) continue;
        const std::int64_t longest = std::min(batch, (slices + threads - 1) / threads * rows);  // rows of the thread that has most
        BOOST_TEST(static_cast<double>(longest * threads) <= 1.1 * static_cast<double>(batch), units << " units, " << batch << " samples in slices of " << rows << " for " << threads << " threads");
      }
    }
}

BOOST_AUTO_TEST_CASE(metrics_of_one_type_are_numbered_and_others_keep_their_names) {
  const Rig<float> rig(chain, {.rows = 4, .sample = {3}, .classes = 7}, 1, "metrics = [\"f1_score\", \"f1\", \"f1_score\", { type = \"f1\", threshold = 0.2 }]\n");
  std::string names;
  for (const model::MetricFacts& metric : rig.network.metrics()) names += metric.name + " ";
  BOOST_TEST(names == "f1_score f1 f1_score_1 f1_1 ");
}

BOOST_AUTO_TEST_CASE(gradients_by_ranges_agree_with_differences) {
  // 130 x 140 parameters: computed by ranges of the whole batch instead of by partial sums.
  Rig<double> rig(chain, {.rows = 5, .sample = {3}, .classes = 7}, 2, "slice = 2\n");
  BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-6);
}

// Gradients and outputs of batches of several sizes, each by a schedule of its own: all run in the same memory, wherever it lies and whatever is left there.
BOOST_AUTO_TEST_CASE(programs_take_turns_in_one_memory_and_give_the_bits_of_a_memory_of_their_own) {
  for (const std::string& net : {std::string(graph), std::string(chain)}) {
    const Rig<float>::Shapes shapes = {.rows = 7, .sample = net == graph ? Shape{5, 4, 2} : Shape{3}, .classes = net == graph ? 5 : 7};
    const auto bits = [&](Rig<float>& rig, std::int64_t rows) {
      std::vector<float> out;
      Shape shape;
      const model::Batch batch{rows, shapes.rows, std::span(rig.ids).first(static_cast<std::size_t>(rows)), rig.pointers};
      const std::span<const float> predicted = rig.network.predict(batch, shape);
      out.assign(predicted.begin(), predicted.end());
      for (const double sum : rig.train(0, rows)) out.push_back(static_cast<float>(sum));
      const auto* gradients = static_cast<const float*>(rig.network.store().gradients());
      out.insert(out.end(), gradients, gradients + rig.network.store().trainable_elements());
      return out;
    };
    Rig<float> rig(net, shapes, 2, "slice = 2\n");
    model::WorkMemory& memory = rig.network.store().work_memory();
    std::size_t largest = 0;
    for (const std::int64_t rows : {2, 7, 1, 5, 7, 2, 5}) {
      if (memory.size()) std::memset(memory.take(0), 0xff, memory.size());
      Rig<float> alone(net, shapes, 2, "slice = 2\n");
      BOOST_TEST(same_bits(bits(rig, rows), bits(alone, rows)), rows << " rows");
      largest = std::max(largest, alone.network.store().work_memory().size());
      BOOST_TEST(memory.size() == largest);
    }
  }
}

BOOST_AUTO_TEST_CASE(layers_that_share_weights_add_up_their_gradients) {
  const std::string twice = R"(
[[layer]]
type = "dense"
name = "once"
units = 4
activation = "tanh"
[[layer]]
type = "dense"
weights_of = "once"
units = 4
activation = "tanh"
[loss]
type = "mean_squared_error"
)";
  Rig<double> rig(twice, {.rows = 5, .sample = {4}, .target = {4}}, 2, "slice = 2\n");
  BOOST_TEST(rig.network.store().parameters().size() == 2);
  BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-7);
}

BOOST_AUTO_TEST_CASE(penalties_are_part_of_the_loss_and_of_its_gradient) {
  const std::string net = R"(
[[layer]]
type = "dense"
units = 3
kernel_regularizer = { l1 = 0.02, l2 = 0.3 }
[loss]
type = "mean_squared_error"
)";
  Rig<double> rig(net, {.rows = 4, .sample = {2}, .target = {3}});
  const auto value = [&] { return rig.loss() + rig.network.penalise(); };
  BOOST_TEST(rig.gradient_error(value) < 1e-7);
  double by_hand = 0;
  const model::Parameter& kernel = rig.network.store().parameters()[0];
  for (std::size_t i = 0; i < kernel.count; ++i) {
    const double w = static_cast<const double*>(rig.network.store().weight(kernel))[i];
    by_hand += 0.02 * std::abs(w) + 0.3 * w * w;
  }
  BOOST_TEST(rig.network.penalty() == by_hand, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(one_two_four_and_eight_threads_train_to_the_same_bits) {
  for (const std::string& net : {graph, chain, far}) {
    const Rig<float>::Shapes shapes = net == graph ? Rig<float>::Shapes{.rows = 29, .sample = {6, 6, 3}, .classes = 5} : Rig<float>::Shapes{.rows = 29, .sample = {33}, .classes = 7};
    Rig<float> one(net, shapes, 1, "slice = 4\n");
    const int steps = net == far ? 2 : 6;
    const std::vector<float> expected = weights_after(one, steps);
    for (const int threads : {2, 4, 8}) {
      Rig<float> many(net, shapes, threads, "slice = 4\n");
      BOOST_TEST(same_bits(weights_after(many, steps), expected), threads << " threads");
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_far_apart_train_to_the_same_bits) {
  // Gradients that are summed up over slices, others by ranges, and kernels that are transformed before each step.
  const std::string net = R"(
[[layer]]
type = "conv2d"
filters = 16
kernel_size = 3
padding = "same"
activation = "relu"
[[layer]]
type = "conv2d"
filters = 20
kernel_size = 3
[[layer]]
type = "flatten"
[[layer]]
type = "dense"
units = 37
activation = "tanh"
[[layer]]
type = "dense"
units = 5
[loss]
type = "sparse_categorical_crossentropy"
from_logits = true
)";
  const Rig<float>::Shapes shapes = {.rows = 30, .sample = {8, 8, 12}, .classes = 5};
  const auto trained = [&](int threads, bool far_apart) {
    Rig<float> rig(net, shapes, threads, "slice = 4\n");
    rig.team.pretend_far_apart(far_apart);
    std::vector<float> all;
    for (int round = 0; round < 3; ++round) {  // a batch is judged in the same memory between steps
      const std::vector<float> weights = weights_after(rig, 1);
      all.insert(all.end(), weights.begin(), weights.end());
      std::vector<double> sums(rig.network.sum_count());
      rig.network.evaluate({shapes.rows, shapes.rows, rig.ids, rig.pointers}, {1, {}}, sums);
      all.push_back(static_cast<float>(sums[0]));
    }
    return all;
  };
  const std::vector<float> expected = trained(1, false);
  for (const int threads : {2, 4}) BOOST_TEST(same_bits(trained(threads, true), expected), threads << " threads");
}

BOOST_AUTO_TEST_CASE(layers_with_many_weights_give_by_ranges_what_they_give_by_slices) {
  const Rig<double>::Shapes shapes = {.rows = 10, .sample = {6}, .classes = 7};
  Rig<double> ranges(far, shapes, 2, "slice = 4\n"), one_slice(far, shapes, 2, "slice = 10\n");
  Profile profile(2, {});
  ranges.network.set_profile(profile, "");
  profile.begin_step(1);
  BOOST_TEST(ranges.loss() == one_slice.loss(), boost::test_tools::tolerance(1e-12));
  profile.end_step();
  int seen = 0;
  for (const Profile::Row& row : profile.rows()) {
    if (row.name != "far" || (row.pass != Pass::forward && row.pass != Pass::backward)) continue;
    BOOST_TEST(row.calls == (row.pass == Pass::forward ? 12 : 8), to_string(row.pass));  // 46 Mflop in pieces of 4; 1100 / 128
    ++seen;
  }
  BOOST_TEST(seen == 2);
  const auto* g = static_cast<const double*>(ranges.network.store().gradients());
  const auto* h = static_cast<const double*>(one_slice.network.store().gradients());
  double worst = 0;
  for (std::size_t i = 0; i < ranges.network.store().trainable_elements(); ++i) worst = std::max(worst, std::abs(g[i] - h[i]));
  BOOST_TEST(worst < 1e-12);
  // Predictions are float.
  Rig<float> a(far, {.rows = 10, .sample = {6}, .classes = 7}, 2, "slice = 4\n"), b(far, {.rows = 10, .sample = {6}, .classes = 7}, 2, "slice = 10\n");
  Shape shape;
  const std::span<const float> expected = b.network.predict({10, 10, b.ids, b.pointers}, shape), found = a.network.predict({10, 10, a.ids, a.pointers}, shape);
  BOOST_TEST(expected.size() == 70U);
  for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(found[i] == expected[i], boost::test_tools::tolerance(1e-4F));
}

BOOST_AUTO_TEST_CASE(slices_that_pass_through_one_stage_take_turns_in_the_memory_of_the_threads) {
  const std::string net = "[[layer]]\ntype = \"lstm\"\nunits = 8\n[[layer]]\ntype = \"dense\"\nunits = 3\nactivation = \"softmax\"\n[loss]\ntype = \"sparse_categorical_crossentropy\"\n";
  const auto memory_for = [&](std::int64_t rows) {
    Rig<float> rig(net, {.rows = rows, .sample = {200, 4}, .classes = 3}, 2, "slice = 4\n");
    rig.loss();
    return static_cast<double>(rig.network.store().work_memory().size());
  };
  BOOST_TEST(memory_for(128) < 1.2 * memory_for(32));
}

BOOST_AUTO_TEST_CASE(the_only_slice_of_a_batch_adds_to_the_gradients_themselves) {
  const std::string net = "[[layer]]\ntype = \"dense\"\nunits = 128\n[[layer]]\ntype = \"dense\"\nunits = 1\n[loss]\ntype = \"mean_squared_error\"\n";
  Rig<float> one(net, {.rows = 4, .sample = {120}}, 2), two(net, {.rows = 4, .sample = {120}}, 2, "slice = 2\n");
  BOOST_TEST(one.loss() == two.loss(), boost::test_tools::tolerance(1e-6));
  one.loss();  // a step finds those of the step before
  for (const model::Parameter& p : one.network.store().parameters()) {
    const std::vector<float> a = one.gradient(p), b = two.gradient(p);
    for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(std::fabs(a[i] - b[i]) <= 1e-5f * (1 + std::fabs(b[i])));
  }
  BOOST_TEST(one.network.store().work_memory().size() < 120 * 128 * sizeof(float));
}

BOOST_AUTO_TEST_CASE(slices_end_with_whole_tiles_of_samples_where_shares_stay_equal) {
  int cut = 0;
  for (const int units : {50, 100, 300, 450, 600, 900, 1200, 2000}) {
    const std::string net = "[[layer]]\ntype = \"dense\"\nunits = " + std::to_string(units) + "\n[[layer]]\ntype = \"dense\"\nunits = 1\n[loss]\ntype = \"mean_squared_error\"\n";
    Rig<float> rig(net, {.rows = 300, .sample = {300}}, 1);
    const std::int64_t rows = rig.network.summary().slice_rows;
    BOOST_TEST((rows == 300 || rows == 10 || rows % 4 == 0), units << " units: " << rows);  // 10 of 32 shares, which 12 would unbalance
    cut += rows < 300 && rows != 10;
  }
  BOOST_TEST(cut > 2);
}

BOOST_AUTO_TEST_CASE(the_gradients_of_shares_add_up_to_that_of_the_whole_batch) {
  Rig<double> rig(chain, {.rows = 9, .sample = {6}, .classes = 7}, 2, "slice = 2\n");
  const double whole_loss = rig.loss();
  const auto* g = static_cast<const double*>(rig.network.store().gradients());
  const std::vector<double> whole(g, g + rig.network.store().trainable_elements());
  std::vector<double> sum(whole.size());
  double loss = 0;
  const std::int64_t cuts[] = {0, 4, 4, 9};  // the middle rank has no samples
  for (int r = 0; r < 3; ++r) {
    loss += rig.train(cuts[r], cuts[r + 1] - cuts[r])[0];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += g[i];
  }
  BOOST_TEST(loss == whole_loss, boost::test_tools::tolerance(1e-12));
  for (std::size_t i = 0; i < sum.size(); ++i) BOOST_TEST(std::abs(sum[i] - whole[i]) < 1e-12);
}

BOOST_AUTO_TEST_CASE(class_weights_scale_the_samples_of_their_class) {
  const std::string net = "[[layer]]\ntype = \"dense\"\nunits = 2\nactivation = \"softmax\"\n[loss]\ntype = \"sparse_categorical_crossentropy\"\n";
  Rig<double> rig(net, {.rows = 4, .sample = {3}, .classes = 2});
  rig.labels = {0, 0, 0, 0};
  const double plain = rig.loss();
  rig.network.set_class_weights({2.5, 1.0});
  BOOST_TEST(rig.loss() == 2.5 * plain, boost::test_tools::tolerance(1e-12));
  rig.labels = {1, 1, 1, 1};
  const double other = rig.loss();
  rig.network.set_class_weights({2.5, 0.0});
  BOOST_TEST(rig.loss() == 0.0);
  BOOST_TEST(other > 0.0);
}

BOOST_AUTO_TEST_CASE(losses_of_one_output_add_up_their_gradients_though_one_takes_in_the_softmax) {
  const std::string net =
      "[[layer]]\ntype = \"dense\"\nunits = 3\nactivation = \"softmax\"\n[[loss]]\ntype = \"categorical_crossentropy\"\ntarget = \"y\"\nweight = 0.7\n"
      "[[loss]]\ntype = \"mean_squared_error\"\ntarget = \"y\"\n[[loss]]\ntype = \"mean_squared_error\"\ntarget = 0.25\nweight = 2\n";
  Rig<double> rig(net, {.rows = 5, .sample = {4}, .target = {3}}, 2, "slice = 2");
  for (double& value : rig.y) value = std::abs(value);
  BOOST_TEST(rig.gradient_error([&] {
    const std::vector<double> sums = rig.train(0, 5);
    return sums[0] + sums[1] + sums[2];
  }) < 1e-7);
}

BOOST_AUTO_TEST_CASE(a_metric_has_the_target_of_the_first_loss_of_its_output_that_has_one) {
  const std::string net = "[[layer]]\ntype = \"dense\"\nunits = 2\n[[loss]]\ntype = \"mean_absolute_error\"\n[[loss]]\ntype = \"normal_divergence\"\n";
  Rig<double> rig(net, {.rows = 4, .sample = {3}, .target = {2}}, 2, "metrics = [\"mean_absolute_error\"]");
  const std::vector<double> sums = rig.train(0, 4);
  BOOST_TEST(rig.network.metric_value(0, sums) == sums[0], boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_class_out_of_range_names_its_sample_in_any_slice) {
  const std::string net = "[[layer]]\ntype = \"dense\"\nunits = 2\nactivation = \"softmax\"\n[loss]\ntype = \"sparse_categorical_crossentropy\"\n";
  for (const std::size_t wrong : {std::size_t{1}, std::size_t{6}}) {
    Rig<double> rig(net, {.rows = 7, .sample = {3}, .classes = 2}, 2, "slice = 2");
    rig.labels[wrong] = 5;
    std::string text;
    try {
      rig.loss();
    } catch (const Error& error) {
      text = error.what();
    }
    BOOST_TEST(text.find("expects class numbers from 0 to 1, found 5") != std::string::npos, text);
    BOOST_TEST(text.find("(sample " + std::to_string(rig.ids[wrong]) + ")") != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(a_perceptron_learns_through_its_step) {
  const std::string net = "[[layer]]\ntype = \"dense\"\nunits = 1\nkernel_initializer = \"zeros\"\nactivation = \"step\"\n[loss]\ntype = \"perceptron\"\n";
  Rig<double> rig(net, {.rows = 2, .sample = {2}, .target = {1}});
  rig.x = {1, 2, 3, 4};
  rig.y = {0, 1};  // w = 0 gives z = 0, so both are answered with 1: the first is wrong by -1
  rig.loss();
  const std::vector<double> dw = rig.gradient(rig.network.store().parameters()[0]);
  BOOST_TEST(dw[0] == 0.5);  // -(target - output) x / batch
  BOOST_TEST(dw[1] == 1.0);
}

BOOST_AUTO_TEST_CASE(a_layer_that_no_gradient_reaches_is_an_error_at_its_place) {
  const std::string text = failure_of("[[layer]]\ntype = \"dense\"\nunits = 3\nactivation = \"step\"\n[[layer]]\ntype = \"dense\"\nunits = 1\n[loss]\ntype = \"mean_squared_error\"\n",
                                      {.rows = 2, .sample = {2}});
  BOOST_TEST(text.find("net.toml:3:8") != std::string::npos, text);
  BOOST_TEST(text.find("would never learn") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_merge_does_not_write_over_an_input_that_it_meets_under_two_names) {
  // Without noise the dropout hands on its input's memory, which the average would take over for its output.
  const std::string net =
      "[[layer]]\ntype = \"dense\"\nname = \"a\"\nunits = 1\nkernel_initializer = \"ones\"\n[[layer]]\ntype = \"rescaling\"\nname = \"b\"\nscale = 2\n"
      "[[layer]]\ntype = \"dropout\"\nname = \"c\"\ninput = \"a\"\nrate = 0.5\n[[layer]]\ntype = \"average\"\ninput = [\"a\", \"b\", \"c\"]\n"
      "[[layer]]\ntype = \"rescaling\"\nscale = 3\n[loss]\ntype = \"mean_squared_error\"\n";
  Rig<float> rig(net, {.rows = 2, .sample = {2}});
  rig.x = {1, 2, 3, 4};
  Shape shape;
  const std::span<const float> y = rig.network.predict({2, 2, rig.ids, rig.pointers}, shape);
  BOOST_TEST(y[0] == 12.0F, boost::test_tools::tolerance(1e-6F));  // 3 + 6 + 3
  BOOST_TEST(y[1] == 28.0F, boost::test_tools::tolerance(1e-6F));
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_named_with_line_and_both_shapes) {
  const std::string text = failure_of("[[layer]]\ntype = \"conv2d\"\nfilters = 3\nkernel_size = 3\n[loss]\ntype = \"mean_squared_error\"\n", {.rows = 2, .sample = {784}});
  BOOST_TEST(text.find("net.toml:3:8") != std::string::npos, text);
  BOOST_TEST(text.find("784") != std::string::npos, text);
  BOOST_TEST(text.find("rank 4") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(initial_weights_depend_on_seed_and_name_only) {
  Rig<float> a(chain, {.rows = 4, .sample = {3}, .classes = 7}), b(chain, {.rows = 9, .sample = {3}, .classes = 7}, 1);
  BOOST_TEST(same_bits(weights_after(a, 0), weights_after(b, 0)));
}

}  // namespace teranga
