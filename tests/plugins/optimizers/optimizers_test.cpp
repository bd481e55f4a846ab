// SPDX-License-Identifier: Apache-2.0
// Twenty steps of every optimizer against Keras, whole and in segments, and what a null gradient means.
#include <deque>

#include <teranga/sdk/c/training.h>

#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

namespace teranga::tests {
namespace {

constexpr std::int64_t length = 7;

const Library& optimizers() {
  static const Library library("optimizers");
  return library;
}

// One weight tensor and its slots, stepped as the host does it.
class Stepper {
 public:
  Stepper(const std::string& name, const Settings& settings, std::int32_t type, std::int64_t count)
      : item_(optimizers().item("teranga." + name)), given_(item_, settings), calls_(static_cast<const trg_optimizer_calls*>(item_.calls)), weights({count}, type), gradient({count}, type) {
    trg_error error{};
    need_ok(calls_->create(given_.native(), &optimizer_, &error), error);
    facts.size = sizeof(facts);
    calls_->facts(optimizer_, &facts);
    for (std::int32_t s = 0; s < facts.slot_count; ++s) {
      slots.emplace_back(std::vector<std::int64_t>{count}, type);
      for (std::int64_t i = 0; i < count; ++i) slots.back().set(i, facts.slot_initial ? facts.slot_initial[s] : 0);
    }
    for (std::int32_t s = 0; s < facts.scalar_count; ++s) scalars.push_back(facts.scalar_initial ? facts.scalar_initial[s] : 0);
    const trg_options& options = *given_.native();
    for (std::size_t i = 0; i < options.count; ++i)
      if (std::string(options.items[i].name) == "weight_decay") decay_ = options.items[i].value.real;
  }
  ~Stepper() { calls_->destroy(optimizer_); }
  Stepper(const Stepper&) = delete;

  void step(std::int64_t number, double rate, std::int64_t segment, bool with_gradient = true) {
    for (std::int64_t i = 0; i < weights.count(); ++i) weights.set(i, weights.get(i) - weights.get(i) * decay_ * rate);
    if (calls_->begin_step) calls_->begin_step(optimizer_, number, rate, scalars.data());
    const std::int64_t width = weights.type() == TRG_F64 ? 8 : 4;
    for (std::int64_t first = 0; first < weights.count(); first += segment) {
      const auto at = [&](Tensor& t) { return static_cast<void*>(static_cast<char*>(t.data()) + first * width); };
      std::vector<void*> parts;
      for (Tensor& slot : slots) parts.push_back(at(slot));
      trg_update u{};
      u.size = sizeof(u), u.type = weights.type(), u.count = std::min(segment, weights.count() - first);
      u.weights = at(weights), u.gradient = with_gradient ? at(gradient) : nullptr, u.slots = parts.data();
      u.step = number, u.rate = rate, u.scalars = scalars.data();
      calls_->update(optimizer_, &u);
    }
  }

 private:
  const trg_item& item_;
  Given given_;
  const trg_optimizer_calls* calls_;
  void* optimizer_ = nullptr;
  double decay_ = 0;

 public:
  trg_optimizer_facts facts{};
  Tensor weights, gradient;
  std::deque<Tensor> slots;
  std::vector<double> scalars;
};

void need_near(const Tensor& found, const std::vector<double>& expected, double tolerance, const std::string& what) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double x = found.get(static_cast<std::int64_t>(i));
    BOOST_TEST(std::fabs(x - expected[i]) <= tolerance * (1 + std::fabs(expected[i])), what << "[" << i << "] is " << x << " for " << expected[i]);
  }
}

void follow(const GoldenCase& golden, std::int32_t type, std::int64_t segment) {
  const double tolerance = type == TRG_F64 ? 1e-10 : 2e-4;
  Stepper stepper(golden.text("optimizer"), golden.settings, type, length);
  for (std::int64_t i = 0; i < length; ++i) stepper.weights.set(i, -1 + static_cast<double>(i) / 3);
  for (std::int64_t step = 1; step <= 20; ++step) {
    for (std::int64_t i = 0; i < length; ++i) stepper.gradient.set(i, std::sin(1.7 * static_cast<double>(i) + 0.9 * static_cast<double>(step)) * (1 + 0.3 * static_cast<double>(i)));
    stepper.step(step, golden.numbers("rate")[0], segment);
    const std::string key = "weights_" + std::to_string(step);
    if (golden.has(key)) need_near(stepper.weights, golden.numbers(key), tolerance, key);
  }
  for (std::int32_t s = 0; s < stepper.facts.slot_count; ++s) {
    const std::string key = std::string("slot_") + stepper.facts.slot_names[s];
    BOOST_REQUIRE_MESSAGE(golden.has(key), "Keras has no " << key);
    need_near(stepper.slots[static_cast<std::size_t>(s)], golden.numbers(key), tolerance, key);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_optimizer_walks_the_path_of_keras_in_segments_of_any_length) {
  int number = 0;
  for (const GoldenCase& golden : golden_cases("optimizers.txt")) {
    for (const std::int32_t type : {TRG_F64, TRG_F32})
      for (const std::int64_t segment : {std::int64_t{1}, std::int64_t{3}, length}) {
        BOOST_TEST_CONTEXT("case " << number << " " << golden.text("optimizer") << (type == TRG_F64 ? " f64" : " f32") << " in segments of " << segment) { follow(golden, type, segment); }
      }
    ++number;
  }
}

BOOST_AUTO_TEST_CASE(every_optimizer_is_held_against_keras) {
  for (std::size_t i = 0; i < optimizers().count(); ++i) {
    const std::string name = std::string(optimizers().at(i).name).substr(8);
    bool found = false;
    for (const GoldenCase& golden : golden_cases("optimizers.txt")) found |= golden.text("optimizer") == name;
    BOOST_TEST(found, name);
  }
}

BOOST_AUTO_TEST_CASE(a_null_gradient_is_a_zero_gradient_also_in_long_segments) {
  constexpr std::int64_t count = 1237;
  for (std::size_t i = 0; i < optimizers().count(); ++i) {
    const std::string name = std::string(optimizers().at(i).name).substr(8);
    Stepper with(name, {}, TRG_F32, count), without(name, {}, TRG_F32, count);
    for (Stepper* s : {&with, &without})
      for (std::int64_t k = 0; k < count; ++k) s->weights.set(k, std::cos(static_cast<double>(k))), s->gradient.set(k, std::sin(static_cast<double>(k)));
    with.step(1, 0.1, count), without.step(1, 0.1, count);
    for (std::int64_t k = 0; k < count; ++k) with.gradient.set(k, 0);
    with.step(2, 0.1, count), without.step(2, 0.1, count, false);
    double worst = 0;
    for (std::int64_t k = 0; k < count; ++k) worst = std::max(worst, std::fabs(with.weights.get(k) - without.weights.get(k)));
    BOOST_TEST(worst < 1e-6, name << " differs by " << worst);
  }
}

BOOST_AUTO_TEST_CASE(a_rate_of_zero_moves_no_weight) {
  for (std::size_t i = 0; i < optimizers().count(); ++i) {
    const std::string name = std::string(optimizers().at(i).name).substr(8);
    for (const std::int32_t type : {TRG_F32, TRG_F64})
      BOOST_TEST_CONTEXT(name << (type == TRG_F64 ? " f64" : " f32")) {
        Stepper stepper(name, {}, type, length);
        for (std::int64_t k = 0; k < length; ++k) stepper.weights.set(k, 1 - 0.25 * static_cast<double>(k)), stepper.gradient.set(k, k == 0 ? 0 : 3 - static_cast<double>(k));
        std::int64_t number = 0;
        for (const double rate : {0.0, 1e-60, 0.1, 0.0, 0.1, 0.0, 0.0}) {  // a warm-up, steps, a decay to 0
          std::vector<double> before;
          for (std::int64_t k = 0; k < length; ++k) before.push_back(stepper.weights.get(k));
          stepper.step(++number, rate, length);
          for (std::int64_t k = 0; k < length; ++k) {
            BOOST_TEST(std::isfinite(stepper.weights.get(k)), "weight " << k << " after step " << number);
            if (rate == 0 || (rate < 1e-30 && type == TRG_F32)) BOOST_TEST(stepper.weights.get(k) == before[static_cast<std::size_t>(k)], "weight " << k << " in step " << number);
          }
        }
        BOOST_TEST(stepper.weights.get(1) != 0.75);
      }
  }
}

BOOST_AUTO_TEST_CASE(ftrl_goes_on_after_a_rate_of_zero_as_if_that_step_had_not_been) {
  Stepper with("ftrl", {}, TRG_F32, length), without("ftrl", {}, TRG_F32, length);
  const auto both = [&](double rate, bool each) {
    for (std::int64_t k = 0; k < length; ++k) with.gradient.set(k, static_cast<double>(k) - 2.5), without.gradient.set(k, static_cast<double>(k) - 2.5);
    with.step(1, rate, length);
    if (each) without.step(1, rate, length);
  };
  for (std::int64_t k = 0; k < length; ++k) with.weights.set(k, 1), without.weights.set(k, 1);
  both(0, false), both(0.1, true), both(0, false), both(0.05, true);
  for (std::int64_t k = 0; k < length; ++k) BOOST_TEST(with.weights.get(k) == without.weights.get(k));
}

BOOST_AUTO_TEST_CASE(ftrl_sets_a_weight_to_zero_that_has_had_no_gradient_also_where_its_sum_starts_at_zero) {
  for (const double initial : {0.0, 0.1}) {
    Stepper stepper("ftrl", {{"initial_accumulator_value", initial}}, TRG_F32, length);
    for (std::int64_t k = 0; k < length; ++k) stepper.weights.set(k, 1), stepper.gradient.set(k, k < 3 ? 0 : 1);
    stepper.step(1, 0.1, length);
    for (std::int64_t k = 0; k < length; ++k) BOOST_TEST((k < 3 ? stepper.weights.get(k) == 0 : std::isfinite(stepper.weights.get(k)) && stepper.weights.get(k) != 0));
  }
}

// v - a^2 of a gradient that stays the same is 0 but for rounding, which makes it negative in f32.
BOOST_AUTO_TEST_CASE(a_centered_second_moment_is_never_negative) {
  for (const auto& [rho, gradient, steps] : {std::tuple{0.5, -10.0, 60}, {0.95, 33.0, 400}, {0.9, 1e3, 400}})
    for (const double momentum : {0.0, 0.5}) {
      Stepper stepper("rmsprop", {{"centered", true}, {"rho", rho}, {"momentum", momentum}}, TRG_F32, length);
      for (std::int64_t k = 0; k < length; ++k) stepper.gradient.set(k, gradient * (1 + 0.1 * static_cast<double>(k)));
      double before = 0;
      for (int step = 1; step <= steps; ++step) {
        stepper.step(step, 0.001, length);
        BOOST_REQUIRE(std::isfinite(stepper.weights.get(0)));
        BOOST_REQUIRE((stepper.weights.get(0) - before) * gradient < 0);  // always against the gradient
        before = stepper.weights.get(0);
      }
    }
}

}  // namespace teranga::tests
