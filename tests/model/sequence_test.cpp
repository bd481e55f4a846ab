// SPDX-License-Identifier: Apache-2.0
// Sequences through the engine: masks reach layers and losses, steps that are masked count for nothing, shares of ranks with unlike numbers of
// real steps add up, and threads change no bit.
#include "rig.hpp"

#include <teranga/core/error.hpp>

#include <plugins/harness.hpp>

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

constexpr std::int64_t vocabulary = 11, classes = 4;

const std::string tagger = R"(
[[layer]]
type = "embedding"
input_dim = 11
output_dim = 5
mask_zero = true
[[layer]]
type = "bidirectional"
layer = { type = "lstm", units = 3, return_sequences = true }
[[layer]]
type = "gru"
units = 4
return_sequences = true
[[layer]]
type = "time_distributed"
layer = { type = "dense", units = 4, activation = "softmax" }
[loss]
type = "sparse_categorical_crossentropy"
)";

const std::string classifier = R"(
[[layer]]
type = "embedding"
input_dim = 11
output_dim = 5
mask_zero = true
[[layer]]
type = "simple_rnn"
units = 6
return_sequences = true
[[layer]]
type = "simple_rnn"
units = 5
go_backwards = true
[[layer]]
type = "dense"
units = 4
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
)";

// Texts of 1 to T words, filled up with zeros behind; a class a text, or one a step.
template <class T>
struct Texts {
  Texts(const std::string& net, std::int64_t rows_, std::int64_t steps_, bool tags_, int threads = 2, const std::string& training = "slice = 3\n")
      : rows(rows_), steps(steps_), tags(tags_), team(threads), recipe(recipe_of(net, rows_, training)), network(recipe, fields(), built_plugins(), team, element_type_of<T>()) {
    std::mt19937 random(5);
    for (std::int64_t n = 0; n < rows; ++n) {
      const auto length = 1 + static_cast<std::int64_t>(random() % 5);  // the same texts for any number of steps from 5
      for (std::int64_t t = 0; t < steps; ++t) {
        x.push_back(t < length ? 1 + static_cast<std::int32_t>(random() % (vocabulary - 1)) : 0);
        if (tags) y.push_back(t < length ? static_cast<std::int32_t>(random() % classes) : 0);
      }
      real += length;
      if (!tags) y.push_back(static_cast<std::int32_t>(random() % classes));
      ids.push_back(100 + static_cast<std::uint64_t>(n));
    }
  }

  std::vector<model::Field> fields() const {
    return {{"x", model::Role::feature, ElementType::i32, {steps}, 0, {}}, {"y", model::Role::target, ElementType::i32, tags ? Shape{steps} : Shape{}, classes, {}}};
  }
  double train(std::int64_t first, std::int64_t count, const model::Step& step) {
    const std::vector<const void*> part = {x.data() + first * steps, y.data() + first * (tags ? steps : 1)};
    std::vector<double> sums(network.sum_count());
    network.train({count, rows, std::span(ids).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), part}, step, sums);
    return sums[0];
  }
  double loss() { return train(0, rows, {7, {}}); }
  std::vector<T> gradients() {
    const T* g = static_cast<const T*>(network.store().gradients());
    return {g, g + network.store().trainable_elements()};
  }

  std::int64_t rows, steps, real = 0;
  bool tags;
  Team team;
  recipe::Recipe recipe;
  model::Network network;
  std::vector<std::int32_t> x, y;
  std::vector<std::uint64_t> ids;
};

template <class T>
double gradient_error(Texts<T>& texts) {
  double worst = 0;
  model::ParameterStore& store = texts.network.store();
  for (const model::Parameter& p : store.parameters()) {
    texts.loss();
    const std::vector<T> all = texts.gradients();
    T* w = static_cast<T*>(store.weight(p));
    for (std::size_t i = 0; i < p.count; ++i) {
      const T kept = w[i];
      double loss[2];
      for (const int side : {0, 1}) {
        w[i] = kept + (side ? -1e-5 : 1e-5);
        store.changed();
        loss[side] = texts.loss();
      }
      w[i] = kept;
      store.changed();
      const double numeric = (loss[0] - loss[1]) / 2e-5;
      worst = std::max(worst, std::abs(static_cast<double>(all[p.offset + i]) - numeric) / (1 + std::abs(numeric)));
    }
  }
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_CASE(gradients_of_masked_recurrent_nets_agree_with_differences) {
  Texts<double> tags(tagger, 7, 6, true), labels(classifier, 8, 5, false);
  BOOST_TEST(gradient_error(tags) < 1e-6);
  BOOST_TEST(gradient_error(labels) < 1e-6);
}

BOOST_AUTO_TEST_CASE(recurrent_layers_right_behind_the_data_learn_though_the_data_want_no_gradient) {
  for (const std::string layer : {"type = \"simple_rnn\"\nunits = 4\n", "type = \"gru\"\nunits = 4\n", "type = \"lstm\"\nunits = 4\n",
                                  "type = \"bidirectional\"\nlayer = { type = \"lstm\", units = 3 }\n"}) {
    Rig<double> rig("[[layer]]\n" + layer + "[[layer]]\ntype = \"dense\"\nunits = 3\nactivation = \"softmax\"\n[loss]\ntype = \"sparse_categorical_crossentropy\"\n",
                    {.rows = 7, .sample = {5, 2}, .classes = 3}, 2, "slice = 3\n");
    BOOST_TEST(rig.gradient_error([&] { return rig.loss(); }) < 1e-6, layer);
  }
}

BOOST_AUTO_TEST_CASE(skipped_steps_of_a_bidirectional_layer_are_zero_in_every_mode) {
  for (const std::string mode : {"concat", "sum", "mul", "ave", "none"}) {
    const std::string units = mode == "concat" ? "2" : "4";
    Texts<float> texts("[[layer]]\ntype = \"embedding\"\ninput_dim = 11\noutput_dim = 5\nmask_zero = true\n[[layer]]\ntype = \"bidirectional\"\nmerge_mode = \"" + mode +
                           "\"\nlayer = { type = \"gru\", units = " + units + ", return_sequences = true }\n" +
                           (mode == "none" ? "name = \"both\"\n[[layer]]\ntype = \"add\"\ninput = [\"both\", \"both.backward\"]\n" : "") +
                           "[loss]\ntype = \"sparse_categorical_crossentropy\"\nfrom_logits = true\n",
                       6, 6, true);
    Shape shape;
    const std::vector<const void*> fields = {texts.x.data(), texts.y.data()};
    const std::span<const float> y = texts.network.predict({6, 6, texts.ids, fields}, shape);
    for (std::size_t i = 0; i < y.size(); ++i) BOOST_TEST((y[i] == 0) == (texts.x[i / 4] == 0), mode);
  }
}

BOOST_AUTO_TEST_CASE(a_loss_is_averaged_over_the_real_steps_only) {
  // All weights of the last layer zero: each real step costs log 4, whatever is masked.
  Texts<double> texts(tagger, 9, 8, true);
  for (const model::Parameter& p : texts.network.store().parameters())
    if (p.name.find("time_distributed") != std::string::npos) std::fill_n(static_cast<double*>(texts.network.store().weight(p)), p.count, 0.0);
  texts.network.store().changed();
  BOOST_TEST(std::abs(texts.loss() - std::log(4.0)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(ranks_with_unlike_numbers_of_real_steps_add_up_to_the_whole) {
  Texts<double> texts(tagger, 9, 6, true);
  const double whole_loss = texts.loss();
  const std::vector<double> whole = texts.gradients();
  std::vector<double> sum(whole.size());
  double loss = 0;
  struct Ranks final : model::StepHooks {
    double real = 0;  // steps that all ranks have together
    int asked = 0;
    void sum_over_ranks(std::span<double> counts) override {
      BOOST_TEST(counts.size() == 1);
      counts[0] = real;
      ++asked;
    }
  } ranks;
  ranks.real = static_cast<double>(texts.real);
  const model::Step step{7, &ranks};
  for (const auto& [first, count] : {std::pair<std::int64_t, std::int64_t>{0, 2}, {2, 7}, {9, 0}}) {
    loss += texts.train(first, count, step);
    const std::vector<double> share = texts.gradients();
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += share[i];
  }
  BOOST_TEST(ranks.asked == 3);  // the rank without samples asks, too
  BOOST_TEST(std::abs(loss - whole_loss) < 1e-12);
  for (std::size_t i = 0; i < sum.size(); ++i) BOOST_REQUIRE(std::abs(sum[i] - whole[i]) < 1e-12);
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_trains_sequences_to_the_same_bits) {
  std::vector<float> bits[4];
  for (int k = 0; k < 4; ++k) {
    Texts<float> texts(tagger, 25, 7, true, 1 << k, "");
    for (int s = 0; s < 3; ++s) {
      texts.loss();
      auto* w = static_cast<float*>(texts.network.store().weights());
      const auto g = texts.gradients();
      for (std::size_t i = 0; i < g.size(); ++i) w[i] -= 0.1F * g[i];
      texts.network.store().changed();
    }
    const auto* w = static_cast<const float*>(texts.network.store().weights());
    bits[k].assign(w, w + texts.network.store().trainable_elements());
  }
  for (int k = 1; k < 4; ++k) BOOST_TEST(std::memcmp(bits[0].data(), bits[k].data(), bits[0].size() * sizeof(float)) == 0);
}

BOOST_AUTO_TEST_CASE(an_id_outside_of_the_vocabulary_names_the_sample) {
  Texts<float> texts(classifier, 4, 5, false);
  texts.x[7] = 11;
  try {
    texts.loss();
    BOOST_ERROR("no error");
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ExitCode::data));
    BOOST_TEST(std::string(error.what()).find("11") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_bidirectional_layer_has_zeros_where_both_ways_skip_a_step) {
  const test::Golden golden("recurrent");
  for (const auto& [mode, type, width] : {std::tuple{"concat", "lstm", 6}, {"sum", "gru", 3}, {"mul", "simple_rnn", 3}})
    BOOST_TEST_CONTEXT(mode) {
      const std::string path = std::string("bidirectional_") + mode;
      Rig<float> rig(std::string("[[layer]]\ntype = \"masking\"\n[[layer]]\ntype = \"bidirectional\"\nmerge_mode = \"") + mode + "\"\nlayer = { type = \"" + type +
                         "\", units = 3, return_sequences = true }\n[loss]\ntype = \"mean_squared_error\"\n",
                     {.rows = 5, .sample = {5, 2}, .target = {5, width}}, 2, "slice = 2\n");
      model::ParameterStore& store = rig.network.store();
      for (std::size_t i = 0; i < store.parameters().size(); ++i) std::ranges::copy(golden.at(path + "/parameter" + std::to_string(i)).values, static_cast<float*>(store.weight(store.parameters()[i])));
      store.changed();
      std::ranges::copy(golden.at(path + "/input0").values, rig.x.begin());
      Shape shape;
      const auto found = rig.network.predict({5, 5, rig.ids, rig.pointers}, shape);
      const test::Array& expected = golden.at(path + "/output0");
      BOOST_TEST((shape == expected.shape));
      const std::vector<double>& mask = golden.at(path + "/mask0").values;
      for (std::size_t i = 0; i < found.size(); ++i) {
        BOOST_TEST(std::abs(found[i] - expected.values[i]) < 1e-5);
        if (mask[i / static_cast<std::size_t>(width)] == 0) BOOST_TEST(found[i] == 0.0F);
      }
    }
}

}  // namespace teranga
