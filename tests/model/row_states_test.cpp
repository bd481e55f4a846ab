// SPDX-License-Identifier: Apache-2.0
// States of rows: batches go on where the ones before stopped, as Keras's stateful layers do; epochs reset them where a layer says so; judging, failed
// steps, slices, threads, ranks and folds change nothing about it.
#include "rig.hpp"

#include <teranga/core/error.hpp>

#include <plugins/harness.hpp>

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

using model::Purpose;

constexpr std::int64_t batches = 3, rows = 4, steps = 3, width = 2, outputs = 2;
constexpr double rate = 0.5;

std::string recurrent(const std::string& type, bool resets) {
  const std::string stateful = "stateful = true\nresets_each_epoch = " + std::string(resets ? "true" : "false") + "\n";
  return "[[layer]]\ntype = \"" + type + "\"\nunits = 4\nreturn_sequences = true\n" + stateful + "[[layer]]\ntype = \"" + type + "\"\nunits = 3\n" + stateful +
         "[[layer]]\ntype = \"dense\"\nunits = 2\n[loss]\ntype = \"mean_squared_error\"\n";
}

const std::string bidirectional = R"(
[[layer]]
type = "bidirectional"
layer = { type = "lstm", units = 3, stateful = true, return_sequences = true }
[[layer]]
type = "gru"
units = 3
stateful = true
[[layer]]
type = "dense"
units = 2
[loss]
type = "mean_squared_error"
)";

// A network and the batches of its data, one behind the other.
template <class T>
struct Walk {
  explicit Walk(const std::string& net, int threads = 2, const std::string& training = "slice = 3\n") : rig(net, {rows, {steps, width}, 0, {outputs}}, threads, training), x(3 * rig.x.size()), y(3 * rig.y.size()) {
    std::mt19937 random(4);
    std::normal_distribution<double> normal(0, 1);
    for (T& v : x) v = static_cast<T>(normal(random));
    for (T& v : y) v = static_cast<T>(normal(random));
  }

  std::vector<const void*> fields(std::int64_t batch, std::int64_t first = 0) const {
    return {x.data() + (batch * rows + first) * steps * width, y.data() + (batch * rows + first) * outputs};
  }
  // The loss of this batch's rows [first, first + count).
  double train(std::int64_t batch, std::int64_t first = 0, std::int64_t count = rows) {
    const auto pointers = fields(batch, first);
    std::vector<double> sums(rig.network.sum_count());
    rig.network.train({count, rows, std::span(rig.ids).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), pointers}, {}, sums);
    return sums[0];
  }
  double evaluate(std::int64_t batch) {
    const auto pointers = fields(batch);
    std::vector<double> sums(rig.network.sum_count());
    rig.network.evaluate({rows, rows, rig.ids, pointers}, {}, sums);
    return sums[0];
  }
  std::vector<double> predict(std::int64_t batch) requires std::is_same_v<T, float> {
    const auto pointers = fields(batch);
    Shape shape;
    const auto found = rig.network.predict({rows, rows, rig.ids, pointers}, shape);
    return {found.begin(), found.end()};
  }
  // Descends and goes on.
  void commit() {
    model::ParameterStore& store = rig.network.store();
    T* w = static_cast<T*>(store.weights());
    const T* g = static_cast<const T*>(store.gradients());
    for (std::size_t i = 0; i < store.trainable_elements(); ++i) w[i] -= static_cast<T>(rate) * g[i];
    store.changed();
    rig.network.commit();
  }
  std::vector<T> state_values() {
    std::vector<T> out;
    for (const NamedTensor& t : rig.network.store().row_states().tensors()) out.insert(out.end(), t.tensor.template as<T>().begin(), t.tensor.template as<T>().end());
    return out;
  }

  Rig<T> rig;
  std::vector<T> x, y;
};

template <class T>
double largest_difference(const T* found, const test::Array& expected) {
  double worst = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(found[i]) - expected.values[i]));
  return worst;
}

// Two epochs of the book's case, then a pass that only judges.
template <class T>
void check_against_keras(const std::string& net, const std::string& path, double tolerance) {
  BOOST_TEST_CONTEXT(path) {
    static const test::Golden golden("row_states");
    Walk<T> walk(net);
    const auto take = [](std::vector<T>& into, const test::Array& from) { std::transform(from.values.begin(), from.values.end(), into.begin(), [](double v) { return static_cast<T>(v); }); };
    take(walk.x, golden.at(path + "/x"));
    take(walk.y, golden.at(path + "/y"));
    model::ParameterStore& store = walk.rig.network.store();
    for (std::size_t i = 0; i < store.parameters().size(); ++i) {
      std::vector<T> values(store.parameters()[i].count);
      take(values, golden.at(path + "/parameter" + std::to_string(i)));
      std::copy(values.begin(), values.end(), static_cast<T*>(store.weight(store.parameters()[i])));
    }
    store.changed();
    std::vector<double> losses;
    for (int epoch = 0; epoch < 2; ++epoch) {
      store.row_states().begin_epoch();
      for (std::int64_t batch = 0; batch < batches; ++batch) {
        losses.push_back(walk.train(batch));
        walk.commit();
      }
    }
    BOOST_TEST(largest_difference(losses.data(), golden.at(path + "/losses")) < tolerance);
    for (std::size_t i = 0; i < store.parameters().size(); ++i)
      BOOST_TEST(largest_difference(static_cast<const T*>(store.weight(store.parameters()[i])), golden.at(path + "/trained" + std::to_string(i))) < tolerance);
    const std::vector<NamedTensor> states = store.row_states().tensors();
    BOOST_TEST(!golden.has(path + "/state" + std::to_string(states.size())));
    for (std::size_t i = 0; i < states.size(); ++i) {
      const test::Array& expected = golden.at(path + "/state" + std::to_string(i));
      BOOST_TEST((states[i].tensor.shape() == expected.shape));
      BOOST_TEST(largest_difference(states[i].tensor.template as<T>().data(), expected) < tolerance, states[i].name);
    }
    if constexpr (std::is_same_v<T, float>) {
      walk.rig.network.begin_pass();
      std::vector<double> predicted;
      for (std::int64_t batch = 0; batch < batches; ++batch)
        for (const double value : walk.predict(batch)) predicted.push_back(value);
      BOOST_TEST(largest_difference(predicted.data(), golden.at(path + "/predicted")) < tolerance);
      for (std::int64_t batch = 0; batch < batches; ++batch) {
        double expected = 0;
        for (std::size_t i = 0; i < rows * outputs; ++i) expected += std::pow(predicted[static_cast<std::size_t>(batch * rows * outputs) + i] - walk.y[static_cast<std::size_t>(batch * rows * outputs) + i], 2) / (rows * outputs);
        BOOST_TEST(std::abs(walk.evaluate(batch) - expected) < 1e-5);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(batches_go_on_as_they_do_in_keras) {
  for (const std::string type : {"simple_rnn", "lstm", "gru"})
    for (const bool resets : {false, true}) {
      check_against_keras<double>(recurrent(type, resets), resets ? type + "_reset" : type, 1e-7);
      check_against_keras<float>(recurrent(type, resets), resets ? type + "_reset" : type, 1e-4);
    }
  check_against_keras<double>(bidirectional, "bidirectional", 1e-7);
  check_against_keras<float>(bidirectional, "bidirectional", 1e-4);
}

BOOST_AUTO_TEST_CASE(judging_disturbs_no_training_and_begins_anew) {
  Walk<float> calm(recurrent("lstm", false)), judged(recurrent("lstm", false));
  std::vector<double> first, second;
  for (std::int64_t batch = 0; batch < batches; ++batch) {
    BOOST_TEST(calm.train(batch) == judged.train(batch));
    calm.commit(), judged.commit();
    judged.evaluate(batch), judged.predict(batch);
  }
  BOOST_TEST(calm.state_values() == judged.state_values());
  for (std::vector<double>* losses : {&first, &second}) {
    judged.rig.network.begin_pass();
    for (std::int64_t batch = 0; batch < batches; ++batch) losses->push_back(judged.evaluate(batch));
  }
  BOOST_TEST(first == second);
  BOOST_TEST(judged.evaluate(0) != first[0]);  // it went on
}

BOOST_AUTO_TEST_CASE(a_step_that_is_not_committed_leaves_no_trace) {
  Walk<float> walk(recurrent("gru", false));
  walk.train(0);
  walk.commit();
  const std::vector<float> before = walk.state_values();
  const double loss = walk.train(1);
  const auto pointers = walk.fields(1);
  BOOST_TEST(walk.rig.network.first_not_finite({rows, rows, walk.rig.ids, pointers}, {}) == "");
  BOOST_TEST(walk.state_values() == before);
  BOOST_TEST(walk.train(1) == loss);
}

BOOST_AUTO_TEST_CASE(threads_change_no_bit_of_states_and_weights) {
  std::vector<float> states, weights;
  for (const int threads : {1, 2, 4}) {
    Walk<float> walk(recurrent("lstm", false), threads, "slice = 1\n");
    for (std::int64_t batch = 0; batch < batches; ++batch) walk.train(batch), walk.commit();
    const auto* w = static_cast<const float*>(walk.rig.network.store().weights());
    const std::vector<float> found(w, w + walk.rig.network.store().trainable_elements());
    if (threads == 1) states = walk.state_values(), weights = found;
    BOOST_TEST(walk.state_values() == states);
    BOOST_TEST(found == weights);
  }
}

BOOST_AUTO_TEST_CASE(ranks_hold_their_own_rows) {
  Walk<double> whole(bidirectional), upper(bidirectional), lower(bidirectional);
  for (std::int64_t batch = 0; batch < batches; ++batch) {  // at the first weights
    const double loss = whole.train(batch);
    BOOST_TEST(std::abs(upper.train(batch, 0, 1) + lower.train(batch, 1, 3) - loss) < 1e-12);
    for (Walk<double>* walk : {&whole, &upper, &lower}) walk->rig.network.commit();
  }
  const auto all = whole.rig.network.store().row_states().tensors(), first = upper.rig.network.store().row_states().tensors(), rest = lower.rig.network.store().row_states().tensors();
  BOOST_TEST(all.size() == 5);
  BOOST_TEST(all[0].name == "bidirectional/forward_layer/state_h");
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<double> joined(first[i].tensor.as<double>().begin(), first[i].tensor.as<double>().end());
    joined.insert(joined.end(), rest[i].tensor.as<double>().begin(), rest[i].tensor.as<double>().end());
    for (std::size_t v = 0; v < joined.size(); ++v) BOOST_TEST(std::abs(joined[v] - all[i].tensor.as<double>()[v]) < 1e-12);
  }
  BOOST_CHECK_THROW(upper.train(0), Error);  // more rows than it began with
}

BOOST_AUTO_TEST_CASE(a_folded_layer_keeps_a_state_for_each_folded_row) {
  const std::string loss = "[loss]\ntype = \"mean_squared_error\"\n";
  Rig<float> plain("[[layer]]\ntype = \"gru\"\nunits = 3\nstateful = true\n" + loss, {.rows = 6, .sample = {4, 2}, .target = {3}}, 2, "slice = 4\n");
  Rig<float> folded("[[layer]]\ntype = \"time_distributed\"\nlayer = { type = \"gru\", units = 3, stateful = true }\n" + loss, {.rows = 2, .sample = {3, 4, 2}, .target = {3, 3}}, 2, "slice = 1\n");
  for (std::size_t i = 0; i < plain.network.store().parameters().size(); ++i) {
    model::ParameterStore &from = plain.network.store(), &to = folded.network.store();
    std::memcpy(to.weight(to.parameters()[i]), from.weight(from.parameters()[i]), from.parameters()[i].count * sizeof(float));
  }
  folded.network.store().changed();
  std::vector<float> last;
  for (int batch = 0; batch < 3; ++batch) {
    Shape a, b;
    const auto expected = plain.network.predict({6, 6, plain.ids, plain.pointers}, a);
    const auto found = folded.network.predict({2, 2, folded.ids, {plain.pointers}}, b);
    BOOST_TEST((b == Shape{2, 3, 3}));
    for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(std::abs(found[i] - expected[i]) < 1e-6F);
    BOOST_TEST(std::vector<float>(found.begin(), found.end()) != last);
    last.assign(found.begin(), found.end());
  }
  folded.network.store().row_states().begin(Purpose::training, 2);
  BOOST_TEST((folded.network.store().row_states().tensors()[0].tensor.shape() == Shape{2, 3, 3}));
}

}  // namespace teranga
