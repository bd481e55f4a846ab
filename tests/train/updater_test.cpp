// SPDX-License-Identifier: Apache-2.0
// Updates of a lookup's table: every row where an optimizer moves rows without a gradient, the touched ones alone where it may not or need not.
#include <model/rig.hpp>

#include <teranga/train/updater.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

namespace teranga {
namespace {

struct Lookup {
  Lookup(const std::string& optimizer, bool lazy, std::optional<double> clip_weights = {})
      : recipe(recipe_of(std::string("[[layer]]\ntype = \"embedding\"\nname = \"e\"\ninput_dim = 6\noutput_dim = 3\nlazy = ") + (lazy ? "true" : "false") +
                             "\n[[layer]]\ntype = \"flatten\"\n[[layer]]\ntype = \"dense\"\nunits = 1\n[loss]\ntype = \"mean_squared_error\"\n",
                         2, "")),
        network(recipe, {{"x", model::Role::feature, ElementType::i32, {2}, 0, {}}, {"y", model::Role::target, ElementType::f32, {1}, 0, {}}}, built_plugins(), team) {
    recipe.optimizer.component = {"teranga." + optimizer, built_plugins().need(host::Kind::optimizer, optimizer).schema.empty() ? Options{} : defaults(optimizer)};
    recipe.optimizer.learning_rate = 0.1;
    recipe.optimizer.clip_weights = clip_weights;
    updater = std::make_unique<train::Updater>(recipe.optimizer, built_plugins(), network.store(), network.trained(), team);
  }

  static Options defaults(const std::string& optimizer) {
    Options out;
    for (const OptionSpec& spec : built_plugins().need(host::Kind::optimizer, optimizer).schema)
      if (!spec.default_value.empty()) out.push_back({spec.name, spec.default_value, {}});
    return out;
  }

  void step(std::int64_t number, std::vector<std::int32_t> x) {
    const std::vector<float> y = {1, -1};
    const std::vector<std::uint64_t> ids = {0, 1};
    const std::vector<const void*> fields = {x.data(), y.data()};
    std::vector<double> sums(network.sum_count());
    network.train({2, 2, ids, fields}, {1, {}}, sums);
    updater->apply(number, 1);
  }
  std::vector<float> row(int number) {
    for (const model::Parameter& p : network.store().parameters())
      if (p.name == "e/embeddings") {
        const auto* w = static_cast<const float*>(network.store().weight(p)) + 3 * number;
        return {w, w + 3};
      }
    return {};
  }

  Team team{2};
  recipe::Recipe recipe;
  model::Network network;
  std::unique_ptr<train::Updater> updater;
};

// Two kernels of several pieces each and their biases; every number of the gradient is another one.
std::vector<std::byte> memory_after_updates(const std::string& optimizer, int threads, bool far_apart) {
  Rig<float> rig("[[layer]]\ntype = \"dense\"\nunits = 301\n[[layer]]\ntype = \"dense\"\nunits = 173\n[loss]\ntype = \"mean_squared_error\"\n", {.rows = 2, .sample = {211}, .target = {173}}, threads);
  rig.recipe.optimizer.component = {"teranga." + optimizer, Lookup::defaults(optimizer)};
  rig.recipe.optimizer.learning_rate = 0.01;
  rig.recipe.optimizer.weight_decay = 0.1;
  rig.recipe.optimizer.clip_weights = 0.08;
  rig.recipe.optimizer.global_clipnorm = 1;
  train::Updater updater(rig.recipe.optimizer, built_plugins(), rig.network.store(), rig.network.trained(), rig.team);
  rig.team.pretend_far_apart(far_apart);
  for (std::int64_t step = 0; step < 3; ++step) {
    auto* gradients = static_cast<float*>(rig.network.store().gradients());
    for (std::size_t i = 0; i < rig.network.store().trainable_elements(); ++i) gradients[i] = std::sin(static_cast<float>(i + 7 * static_cast<std::size_t>(step)));
    updater.apply(step, 1);
  }
  BOOST_TEST(rig.team.far_apart() == far_apart);
  std::vector<std::byte> out;
  const auto append = [&](const void* from, std::size_t bytes) { out.insert(out.end(), static_cast<const std::byte*>(from), static_cast<const std::byte*>(from) + bytes); };
  for (const model::Parameter& p : rig.network.store().parameters()) append(rig.network.store().weight(p), p.count * sizeof(float));
  for (const TensorView& slot : updater.slot_views()) append(slot.data, slot.bytes());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(threads_change_no_bit_of_weights_and_slots) {
  for (const std::string optimizer : {"sgd", "adam", "rmsprop", "lamb", "lars", "muon", "adafactor"}) {
    const std::vector<std::byte> alone = memory_after_updates(optimizer, 1, false);
    for (const int threads : {2, 3, 5})
      for (const bool far_apart : {false, true})
        BOOST_TEST((memory_after_updates(optimizer, threads, far_apart) == alone), optimizer << ", " << threads << (far_apart ? " threads far apart" : " threads"));
  }
}

BOOST_AUTO_TEST_CASE(touched_rows_are_listed_once_and_in_order) {
  model::TouchedRows rows(0, 10000, 1);
  const std::vector<std::int64_t> expected = {0, 63, 64, 4095, 4096, 9999};
  for (int step = 0; step < 2; ++step) {
    for (const std::int64_t number : {9999, 4096, 0, 64, 63, 0, -1, 10000, 4095}) rows.touch(number);
    rows.list();
    BOOST_TEST(rows.numbers() == expected, boost::test_tools::per_element());
    rows.clear();
    rows.list();
    BOOST_TEST(rows.numbers().empty());
  }
}

BOOST_AUTO_TEST_CASE(plain_descent_leaves_rows_alone_that_no_sample_names) {
  Lookup net("sgd", false);
  const auto untouched = net.row(5), touched = net.row(2);
  net.step(0, {1, 2, 2, 4});
  for (const model::Parameter& p : net.network.store().parameters()) {
    const auto* gradient = static_cast<const float*>(net.network.store().gradient(p));
    if (p.name == "e/embeddings") BOOST_TEST(std::count(gradient, gradient + p.count, 0.0f) == 18);  // all zero again
  }
  BOOST_TEST(net.row(5) == untouched);
  BOOST_TEST(net.row(2) != touched);
  const auto before = net.row(2);
  net.step(1, {1, 1, 5, 5});  // the gradient of the step before is gone
  BOOST_TEST(net.row(2) == before);
  BOOST_TEST(net.row(5) != untouched);
}

BOOST_AUTO_TEST_CASE(a_bound_of_weights_holds_for_rows_that_no_sample_names) {
  for (const bool lazy : {false, true}) {
    Lookup net("sgd", lazy, 0.001);
    const auto untouched = net.row(5);
    BOOST_TEST(std::abs(untouched[0]) > 0.001F);
    net.step(0, {1, 2, 2, 4});
    for (std::size_t i = 0; i < 3; ++i) {
      BOOST_TEST(std::abs(net.row(2)[i]) <= 0.001F);
      BOOST_TEST(net.row(5)[i] == (lazy ? untouched[i] : std::clamp(untouched[i], -0.001F, 0.001F)));
    }
  }
}

BOOST_AUTO_TEST_CASE(adam_moves_rows_that_were_touched_before_and_lazily_does_not) {
  for (const bool lazy : {false, true}) {
    Lookup net("adam", lazy);
    net.step(0, {1, 2, 2, 4});
    const auto before = net.row(2);
    net.step(1, {1, 1, 5, 5});
    BOOST_TEST((net.row(2) == before) == lazy);
  }
}

BOOST_AUTO_TEST_CASE(optimizers_of_whole_tensors_move_all_rows_and_refuse_lazy_tables) {
  for (const std::string optimizer : {"lamb", "lars", "muon", "adafactor"}) {
    Lookup net(optimizer, false);
    const auto before = net.row(2);
    net.step(0, {1, 2, 2, 4});
    BOOST_TEST(net.row(2) != before);
    BOOST_CHECK_EXCEPTION(Lookup(optimizer, true), Error, [](const Error& e) { return std::string(e.what()).find("the layer \"e\" has lazy = true") != std::string::npos; });
  }
  Lookup net("muon", false);  // whose decay goes for rows without a gradient too
  const auto untouched = net.row(5);
  net.step(0, {1, 2, 2, 4});
  BOOST_TEST(net.row(5) != untouched);
}

BOOST_AUTO_TEST_CASE(slots_of_other_shapes_come_back_by_name_and_shape) {
  Lookup one("adafactor", false), other("adafactor", false);
  one.step(0, {1, 2, 2, 4});
  std::vector<NamedTensor> kept;
  std::vector<std::string> seen;
  for (const TensorView& slot : one.updater->slot_views()) {
    kept.push_back(slot.copy());
    seen.push_back(slot.name + " " + to_string(slot.shape));
  }
  const std::vector<std::string> expected = {"e/embeddings/row_means (6,)", "e/embeddings/column_means (3,)", "dense/kernel/row_means (6,)", "dense/kernel/column_means (1,)", "dense/bias/velocity (1,)"};
  BOOST_TEST(seen == expected, boost::test_tools::per_element());
  other.updater->set_slots(kept, "there");
  const auto copies = other.updater->slot_views();
  for (std::size_t i = 0; i < kept.size(); ++i) BOOST_TEST(std::memcmp(copies[i].data, kept[i].tensor.data(), kept[i].tensor.bytes()) == 0, kept[i].name);
  kept[0].tensor = Tensor(ElementType::f32, {7});
  BOOST_CHECK_EXCEPTION(other.updater->set_slots(kept, "there"), Error, [](const Error& e) { return std::string(e.what()).find("there has no slot \"e/embeddings/row_means\" of shape (6,)") != std::string::npos; });
}

}  // namespace teranga
