// SPDX-License-Identifier: Apache-2.0
// What phases make alike is made once for a batch, with the bits of making it again; and made again where weights, batch or random numbers are others.
#include "rig.hpp"

#include <boost/test/unit_test.hpp>

namespace teranga {
namespace {

constexpr std::int64_t rows = 11;

// A generator of three layers and a critic; `input` and `middle` go into the generator.
std::string adversaries(const std::string& input, const std::string& middle = "") {
  const auto layer = [](const std::string& network, const std::string& rest) { return "[[layer]]\nnetwork = \"" + network + "\"\n" + rest; };
  return layer("generator", "type = \"input\"\nname = \"z\"\n" + input) + layer("generator", "type = \"dense\"\nunits = 24\nactivation = \"tanh\"\n") + middle +
         layer("generator", "type = \"dense\"\nunits = 13\nactivation = { type = \"leaky_relu\", negative_slope = 0.2 }\n") + layer("generator", "type = \"dense\"\nunits = 5\nactivation = \"sigmoid\"\n") +
         layer("critic", "type = \"input\"\nname = \"picture\"\nfield = \"x\"\n") + layer("critic", "type = \"dense\"\nunits = 9\nactivation = \"tanh\"\n") + layer("critic", "type = \"dense\"\nunits = 1\n") + R"(
[[phase]]
name = "critic"
train = "critic"
[[phase.call]]
network = "generator"
name = "fake"
[[phase.call]]
network = "critic"
name = "of_real"
[[phase.call]]
network = "critic"
name = "of_fake"
input = "fake"
[[phase.loss]]
type = "binary_crossentropy"
from_logits = true
output = "of_real"
target = 1
[[phase.loss]]
type = "binary_crossentropy"
from_logits = true
output = "of_fake"
target = 0
[[phase]]
name = "generator"
train = "generator"
[[phase.call]]
network = "generator"
name = "fake"
[[phase.call]]
network = "critic"
input = "fake"
[[phase.loss]]
type = "binary_crossentropy"
from_logits = true
output = "critic"
target = 1
)";
}

const std::string of_data = "field = \"noise\"\n";

// The networks of both phases on one store, trained in turn with plain steps down the gradient.
class Phases {
 public:
  Phases(const std::string& text, bool share, int threads = 2, const std::string& of_generator = "slice = 4\n")
      : team_(threads),
        recipe_(recipe_of(text, rows, "slice = 4\n")),
        generator_recipe_(recipe_of(text, rows, of_generator)),
        all_(recipe::unfold_networks(recipe_), fields(), built_plugins(), team_),
        critic(recipe::unfold(recipe_, recipe_.phases[0]), fields(), built_plugins(), team_, all_.shared_store()),
        generator(recipe::unfold(generator_recipe_, generator_recipe_.phases[1]), fields(), built_plugins(), team_, all_.shared_store()) {
    model::Network* const networks[] = {&critic, &generator};
    if (share) model::Network::share_values(networks);
    x_.resize(rows * 5), noise_.resize(rows * 6);
    for (std::size_t i = 0; i < rows; ++i) ids_.push_back(70 + i);
    fill(1);
  }

  void fill(int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    std::normal_distribution<float> normal(0, 1);
    for (float& v : x_) v = normal(random);
    for (float& v : noise_) v = normal(random);
  }

  model::ParameterStore& store() { return all_.store(); }

  double update(model::Network& network, std::int64_t batch, std::uint64_t key, std::int64_t count = rows) {
    const std::vector<const void*> pointers = {x_.data(), noise_.data()};
    std::vector<double> sums(network.sum_count());
    model::Step step{key, {}};
    step.batch = batch;
    network.train({count, rows, std::span(ids_).first(static_cast<std::size_t>(count)), pointers}, step, sums);
    for (const std::size_t p : network.trained()) move(store().parameters()[p]);
    store().changed(network.trained());
    network.commit();
    return sums[0];
  }

  void move(const model::Parameter& p) {
    auto* w = static_cast<float*>(store().weight(p));
    const auto* g = static_cast<const float*>(store().gradient(p));
    for (std::size_t i = 0; i < p.count; ++i) w[i] -= 0.3F * g[i];
  }

  std::vector<float> weights() {
    const auto* w = static_cast<const float*>(store().weights());
    return {w, w + store().elements()};
  }

 private:
  std::vector<model::Field> fields() const {
    return {{"x", model::Role::feature, ElementType::f32, {5}, 0, {}}, {"noise", model::Role::feature, ElementType::f32, {6}, 0, {}}};
  }

  Team team_;
  recipe::Recipe recipe_, generator_recipe_;
  model::Network all_;
  std::vector<float> x_, noise_;
  std::vector<std::uint64_t> ids_;

 public:
  model::Network critic, generator;
};

bool same(const std::vector<float>& a, const std::vector<float>& b) { return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0; }

std::int64_t forward_calls(const Profile& profile) {
  std::int64_t calls = 0;
  for (const Profile::Row& row : profile.rows()) calls += row.pass == Pass::forward ? row.calls : 0;
  return calls;
}

// Of the generator's phase, in one step of both.
std::int64_t forward_calls(const std::string& text, bool share) {
  Phases phases(text, share);
  Profile profile(2, {});
  phases.generator.set_profile(profile, "");
  profile.begin_step(1);
  phases.update(phases.critic, 1, 5);
  phases.update(phases.generator, 1, 6);
  profile.end_step();
  return forward_calls(profile);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_generator_runs_once_for_both_phases_with_the_bits_of_running_twice) {
  for (const int threads : {1, 3}) {
    Phases once(adversaries(of_data), true, threads), twice(adversaries(of_data), false, threads);
    for (int step = 1; step <= 4; ++step) {
      for (Phases* phases : {&once, &twice}) phases->fill(step);
      const std::int64_t count = step == 3 ? 6 : rows;  // a short batch, too
      for (const std::uint64_t phase : {0U, 1U}) {
        const auto update = [&](Phases& p) { return p.update(phase == 0 ? p.critic : p.generator, step, static_cast<std::uint64_t>(step) * 2 + phase, count); };
        BOOST_TEST(update(once) == update(twice));
      }
    }
    BOOST_TEST(same(once.weights(), twice.weights()));
  }
  // 3 slices of six layers and activations of the generator's.
  BOOST_TEST(forward_calls(adversaries(of_data), false) - forward_calls(adversaries(of_data), true) == 3 * 6);
  Phases once(adversaries(of_data), true), twice(adversaries(of_data), false);
  BOOST_TEST(once.generator.summary().taken_flops >= rows * 2 * (6 * 24 + 24 * 13 + 13 * 5));
  BOOST_TEST(once.generator.summary().step_flops == twice.generator.summary().step_flops);
  BOOST_TEST(once.critic.summary().taken_flops == 0.0);
  BOOST_TEST(twice.generator.summary().taken_flops == 0.0);
}

BOOST_AUTO_TEST_CASE(layers_that_run_by_ranges_are_left_out_too) {
  const auto layer = [](int units) { return "[[layer]]\nnetwork = \"generator\"\ntype = \"dense\"\nactivation = \"tanh\"\nunits = " + std::to_string(units) + "\n"; };
  const std::string text = adversaries(of_data, layer(1100) + layer(2100));  // 9 MB
  Phases once(text, true), twice(text, false);
  for (int step = 1; step <= 2; ++step)
    for (const std::uint64_t phase : {0U, 1U}) {
      const auto update = [&](Phases& p) { return p.update(phase == 0 ? p.critic : p.generator, step, static_cast<std::uint64_t>(step) * 2 + phase); };
      BOOST_TEST(update(once) == update(twice));
    }
  BOOST_TEST(same(once.weights(), twice.weights()));
  BOOST_TEST(forward_calls(text, false) - forward_calls(text, true) > 3 * 8);  // and the ranges
}

// The bits of a product may depend on how many rows it has.
BOOST_AUTO_TEST_CASE(networks_with_other_slices_share_nothing) {
  BOOST_TEST(Phases(adversaries(of_data), true, 2).generator.summary().taken_flops > 0.0);
  BOOST_TEST(Phases(adversaries(of_data), true, 2, "slice = 5\n").generator.summary().taken_flops == 0.0);
}

BOOST_AUTO_TEST_CASE(weights_or_batches_that_changed_in_between_make_it_run_again) {
  Phases once(adversaries(of_data), true), twice(adversaries(of_data), false);
  for (Phases* p : {&once, &twice}) {
    p->update(p->critic, 1, 5);
    static_cast<float*>(p->store().weights())[3] += 0.5F;
    p->store().changed();
    p->update(p->generator, 1, 6);
    p->update(p->critic, 2, 7);
    p->fill(2);
    p->update(p->generator, 3, 8);
    p->update(p->critic, 0, 9);  // whose batch is not known
    p->fill(3);
    p->update(p->generator, 0, 10);
    p->update(p->generator, 4, 11);  // without the phase before
    p->update(p->generator, 4, 12);  // and with its own new weights
  }
  BOOST_TEST(same(once.weights(), twice.weights()));
}

BOOST_AUTO_TEST_CASE(what_is_drawn_anew_is_not_shared) {
  const std::string drawn = adversaries("from = \"normal\"\nshape = [6]\n");
  BOOST_TEST(forward_calls(drawn, true) == forward_calls(drawn, false));
  // Up to the dropout both phases have the same.
  const std::string dropped = adversaries(of_data, "[[layer]]\nnetwork = \"generator\"\ntype = \"dropout\"\nrate = 0.5\n");
  BOOST_TEST(forward_calls(dropped, false) - forward_calls(dropped, true) == 3 * 2);
  for (const std::string& text : {drawn, dropped}) {
    Phases once(text, true), twice(text, false);
    for (int step = 1; step <= 3; ++step)
      for (const std::uint64_t phase : {0U, 1U}) {
        const auto update = [&](Phases& p) { return p.update(phase == 0 ? p.critic : p.generator, step, static_cast<std::uint64_t>(step) * 2 + phase); };
        BOOST_TEST(update(once) == update(twice));
      }
    BOOST_TEST(same(once.weights(), twice.weights()));
  }
}

}  // namespace teranga
