// SPDX-License-Identifier: Apache-2.0
// Layers that draw random numbers when they are asked for predictions, that keep a shared and a row state at once, and that learn by a rule which is no gradient.
#include "rig.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

const host::Registry& with_guests() {
  static const host::Registry registry = [] {
    host::Registry r;
    r.add_folder(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins");
    r.add_file(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/test_plugins/guest_odd.so");
    return r;
  }();
  return registry;
}

// A network without targets in the data: the loss judges its output by a constant.
struct Alone {
  Alone(const std::string& layers, std::int64_t rows, std::int64_t width, int threads, std::int64_t slice)
      : team(threads), recipe(recipe::parse("schema = 1\n" + layers + "[loss]\ntype = \"wasserstein\"\ntarget = 1\n[optimizer]\ntype = \"sgd\"\n[training]\nseed = 3\nbatch_size = " + std::to_string(rows) +
                                                "\nslice = " + std::to_string(slice) + "\n",
                                            "net.toml", {}, model::PluginCatalogue(with_guests()))),
        network(recipe, {{"x", model::Role::feature, ElementType::f32, {width}, 0, {}}}, with_guests(), team) {
    for (std::int64_t i = 0; i < rows; ++i) ids.push_back(static_cast<std::uint64_t>(500 + i));
  }

  model::Batch batch(const std::vector<float>& x) {
    fields = {x.data()};
    const auto rows = static_cast<std::int64_t>(ids.size());
    return {rows, rows, ids, fields};
  }
  double train(const std::vector<float>& x, std::uint64_t key) {
    std::vector<double> sums(network.sum_count());
    network.train(batch(x), {key}, sums);
    return sums[0];
  }
  std::vector<float> predict(const std::vector<float>& x, std::uint64_t key) {
    Shape shape;
    const auto found = network.predict(batch(x), shape, {key});
    return {found.begin(), found.end()};
  }
  // Descends and goes on.
  void commit(float rate) {
    model::ParameterStore& store = network.store();
    auto* w = static_cast<float*>(store.weights());
    const auto* g = static_cast<const float*>(store.gradients());
    for (std::size_t i = 0; i < store.trainable_elements(); ++i) w[i] -= rate * g[i];
    store.changed();
    network.commit();
  }

  Team team;
  recipe::Recipe recipe;
  model::Network network;
  std::vector<std::uint64_t> ids;
  std::vector<const void*> fields;
};

std::vector<float> numbers(std::size_t count) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> out(count);
  for (float& v : out) v = normal(random);
  return out;
}

// The state of that name, shared or of the rows of the training.
std::vector<float> state_of(model::ParameterStore& store, const std::string& name) {
  std::vector<NamedTensor> all = store.state_tensors();
  for (NamedTensor& rows : store.row_states().tensors()) all.push_back(std::move(rows));
  for (const NamedTensor& t : all)
    if (t.name == name) return {t.tensor.as<float>().begin(), t.tensor.as<float>().end()};
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_layer_may_draw_random_numbers_when_it_predicts_and_the_key_and_the_sample_say_which) {
  const std::string layers = "[[layer]]\ntype = \"guest.always_noisy\"\n";
  const std::vector<float> x = numbers(7 * 3);
  std::vector<float> first;
  for (const int threads : {1, 2, 4})
    for (const std::int64_t slice : {1, 2, 7}) {
      Alone alone(layers, 7, 3, threads, slice);
      const std::vector<float> found = alone.predict(x, 11);
      if (first.empty()) first = found;
      BOOST_TEST(found == first, boost::test_tools::per_element());
      BOOST_TEST(alone.predict(x, 11) == first, boost::test_tools::per_element());
      BOOST_TEST(alone.predict(x, 12) != first);
      for (std::uint64_t& id : alone.ids) id += 1;  // each sample has the draws of the one behind it
      const std::vector<float> shifted = alone.predict(x, 11);
      for (std::size_t i = 0; i < 6 * 3; ++i) BOOST_TEST(std::abs(shifted[i] - x[i] - (first[i + 3] - x[i + 3])) < 1e-5F);
    }
  for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(first[i] != x[i]);
}

BOOST_AUTO_TEST_CASE(a_layer_may_keep_shared_and_row_states_at_once) {
  constexpr std::size_t rows = 5, width = 3, batches = 4;
  const std::vector<float> x = numbers(batches * rows * width);
  const auto of_batch = [&](std::size_t b) { return std::vector<float>(x.begin() + static_cast<std::ptrdiff_t>(b * rows * width), x.begin() + static_cast<std::ptrdiff_t>((b + 1) * rows * width)); };
  std::vector<double> losses;
  for (const int threads : {1, 2, 4}) {
    Alone alone("[[layer]]\ntype = \"guest.two_states\"\nname = \"two\"\n", rows, width, threads, 2);
    std::vector<double> mean(width);
    std::vector<float> before(rows * width);
    for (std::size_t b = 0; b < batches; ++b) {
      const std::vector<float> now = of_batch(b);
      double expected = 0;
      for (std::size_t i = 0; i < rows * width; ++i) expected += (now[i] - mean[i % width] + before[i]) / (rows * width);
      alone.predict(now, 1);  // has states of its own
      const double loss = alone.train(now, 1);
      BOOST_TEST(std::abs(loss - expected) < 1e-5);
      if (threads == 1) losses.push_back(loss);
      else BOOST_TEST(loss == losses[b]);
      alone.commit(0);
      for (std::size_t c = 0; c < width; ++c) {
        double of_rows = 0;
        for (std::size_t r = 0; r < rows; ++r) of_rows += now[r * width + c] / static_cast<double>(rows);
        mean[c] = (mean[c] * static_cast<double>(b) + of_rows) / static_cast<double>(b + 1);
      }
      before = now;
      model::ParameterStore& store = alone.network.store();
      const std::vector<float> shared = state_of(store, "two/mean");
      BOOST_TEST_REQUIRE(shared.size() == width);
      for (std::size_t c = 0; c < width; ++c) BOOST_TEST(std::abs(shared[c] - mean[c]) < 1e-5);
      BOOST_TEST(state_of(store, "two/batches") == std::vector<float>{static_cast<float>(b + 1)});
      BOOST_TEST(state_of(store, "two/before") == now, boost::test_tools::per_element());
    }
    // A prediction reads what the training has kept, and begins rows of its own.
    alone.network.begin_pass();
    const std::vector<float> now = of_batch(0), found = alone.predict(now, 1);
    for (std::size_t i = 0; i < rows * width; ++i) BOOST_TEST(std::abs(found[i] - (now[i] - mean[i % width])) < 1e-5);
    BOOST_TEST(state_of(alone.network.store(), "two/before") == before, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_layer_may_learn_by_a_rule_that_is_no_gradient) {
  constexpr std::size_t visible = 6, hidden = 4, rows = 60;
  const std::vector<std::vector<float>> patterns = {{0, 0, 0, 1, 1, 1}, {1, 1, 1, 0, 0, 0}, {1, 0, 1, 0, 1, 0}};
  std::vector<float> x;
  for (std::size_t r = 0; r < rows; ++r) x.insert(x.end(), patterns[r % 3].begin(), patterns[r % 3].end());
  for (const std::string rule : {"steps = 1\n", "steps = 2\npersistent = true\n"}) {
    std::vector<float> weights;
    for (const int threads : {1, 2}) {
      Alone alone("[[layer]]\ntype = \"guest.rbm\"\nunits = 4\n" + rule, rows, visible, threads, 7);
      model::ParameterStore& store = alone.network.store();
      // The mean of log p of the data, summed over all states of the visible units.
      const auto likelihood = [&] {
        const auto& p = store.parameters();
        const auto *kernel = static_cast<const float*>(store.weight(p[0])), *b = static_cast<const float*>(store.weight(p[1])), *c = static_cast<const float*>(store.weight(p[2]));
        const auto negative_energy = [&](const float* v) {
          double out = 0;
          for (std::size_t i = 0; i < visible; ++i) out += b[i] * v[i];
          for (std::size_t j = 0; j < hidden; ++j) {
            double of_unit = c[j];
            for (std::size_t i = 0; i < visible; ++i) of_unit += v[i] * kernel[i * hidden + j];
            out += std::log1p(std::exp(of_unit));
          }
          return out;
        };
        double all = 0, of_data = 0;
        for (unsigned bits = 0; bits < 1u << visible; ++bits) {
          float v[visible];
          for (std::size_t i = 0; i < visible; ++i) v[i] = static_cast<float>(bits >> i & 1);
          all += std::exp(negative_energy(v));
        }
        for (const std::vector<float>& pattern : patterns) of_data += negative_energy(pattern.data()) / 3;
        return of_data - std::log(all);
      };
      const double before = likelihood();
      for (std::uint64_t step = 0; step < 1500; ++step) {
        alone.train(x, step);
        alone.commit(0.2F);
      }
      const double after = likelihood();
      BOOST_TEST_MESSAGE(rule << before << " to " << after << ", at most " << -std::log(3.0));
      BOOST_TEST(before < -4);
      BOOST_TEST(after > -1.9);
      const auto* w = static_cast<const float*>(store.weights());
      const std::vector<float> found(w, w + store.trainable_elements());
      if (threads == 1) weights = found;
      BOOST_TEST(found == weights, boost::test_tools::per_element());
    }
  }
}

}  // namespace teranga
