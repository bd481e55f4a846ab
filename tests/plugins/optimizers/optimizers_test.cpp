// SPDX-License-Identifier: Apache-2.0
// Twenty steps of every optimizer against Keras, whole and in segments, and what a null gradient means.
#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

#include "stepper.hpp"

namespace teranga::tests {
namespace {

constexpr std::int64_t length = 7;

void follow(const GoldenCase& golden, std::int32_t type, std::int64_t segment) {
  const double tolerance = type == TRG_F64 ? 1e-10 : 2e-4;
  Stepper stepper(golden.text("optimizer"), golden.settings, type, {length});
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
    need_near(*stepper.slots[static_cast<std::size_t>(s)], golden.numbers(key), tolerance, key);
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

BOOST_AUTO_TEST_CASE(every_optimizer_is_held_against_a_reference) {
  for (std::size_t i = 0; i < optimizers().count(); ++i) {
    const std::string name = std::string(optimizers().at(i).name).substr(8);
    bool found = false;
    for (const char* file : {"optimizers.txt", "tensor_optimizers.txt"})
      for (const GoldenCase& golden : golden_cases(file)) found |= golden.text("optimizer") == name;
    BOOST_TEST(found, name);
  }
}

BOOST_AUTO_TEST_CASE(a_null_gradient_is_a_zero_gradient_also_in_long_segments) {
  constexpr std::int64_t count = 1237;
  for (std::size_t i = 0; i < optimizers().count(); ++i) {
    const std::string name = std::string(optimizers().at(i).name).substr(8);
    Stepper with(name, {}, TRG_F32, {count}), without(name, {}, TRG_F32, {count});
    if (with.facts.whole_tensors) continue;  // it always has one
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
        const Settings settings = name == "lars" ? Settings{{"momentum", 0.0}} : Settings{};  // its momentum holds the rates of former steps
        Stepper stepper(name, settings, type, {length});
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
  Stepper with("ftrl", {}, TRG_F32, {length}), without("ftrl", {}, TRG_F32, {length});
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
    Stepper stepper("ftrl", {{"initial_accumulator_value", initial}}, TRG_F32, {length});
    for (std::int64_t k = 0; k < length; ++k) stepper.weights.set(k, 1), stepper.gradient.set(k, k < 3 ? 0 : 1);
    stepper.step(1, 0.1, length);
    for (std::int64_t k = 0; k < length; ++k) BOOST_TEST((k < 3 ? stepper.weights.get(k) == 0 : std::isfinite(stepper.weights.get(k)) && stepper.weights.get(k) != 0));
  }
}

// v - a^2 of a gradient that stays the same is 0 but for rounding, which makes it negative in f32.
BOOST_AUTO_TEST_CASE(a_centered_second_moment_is_never_negative) {
  for (const auto& [rho, gradient, steps] : {std::tuple{0.5, -10.0, 60}, {0.95, 33.0, 400}, {0.9, 1e3, 400}})
    for (const double momentum : {0.0, 0.5}) {
      Stepper stepper("rmsprop", {{"centered", true}, {"rho", rho}, {"momentum", momentum}}, TRG_F32, {length});
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
