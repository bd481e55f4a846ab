// SPDX-License-Identifier: Apache-2.0
// Twenty steps of the optimizers that update whole tensors, against Keras or a paper, and what they do where there is nothing to divide by.
#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

#include "stepper.hpp"

namespace teranga::tests {
namespace {

// The scripts in golden/ compute the same numbers.
void set_gradient(Stepper& stepper, std::int64_t step) {
  for (std::int64_t i = 0; i < stepper.gradient.count(); ++i)
    stepper.gradient.set(i, std::sin(1.7 * static_cast<double>(i) + 0.9 * static_cast<double>(step)) * (1 + 0.3 * static_cast<double>(i % 7)));
}

void follow_whole(const GoldenCase& golden, std::int32_t type) {
  const double tolerance = type == TRG_F64 ? 1e-10 : 2e-5;
  Settings settings = golden.settings;
  double decay = 0;
  if (golden.text("optimizer") == "lamb" || golden.text("optimizer") == "adafactor")  // it is the host's there
    std::erase_if(settings, [&](const auto& setting) { return setting.first == "weight_decay" && (decay = std::get<double>(setting.second), true); });
  Stepper stepper(golden.text("optimizer"), settings, type, golden.integers("shape"), golden.text("parameter"));
  stepper.decay = decay;
  if (golden.text("start") == "cosines")
    for (std::int64_t i = 0; i < stepper.weights.count(); ++i) stepper.weights.set(i, std::cos(0.37 * static_cast<double>(i) + 0.2));
  for (std::int64_t step = 1; step <= 20; ++step) {
    set_gradient(stepper, step);
    stepper.step(step, golden.numbers("rate")[0], stepper.weights.count());
    const std::string key = "weights_" + std::to_string(step);
    if (golden.has(key)) need_near(stepper.weights, golden.numbers(key), tolerance, key);
  }
  for (std::int32_t s = 0; s < stepper.facts.slot_count; ++s) {
    const std::string key = std::string("slot_") + stepper.facts.slot_names[s];
    BOOST_REQUIRE_MESSAGE(golden.has(key) == stepper.slots[static_cast<std::size_t>(s)].has_value(), key);
    if (golden.has(key)) need_near(*stepper.slots[static_cast<std::size_t>(s)], golden.numbers(key), tolerance, key);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(optimizers_of_whole_tensors_walk_the_path_of_their_reference) {
  int number = 0;
  for (const GoldenCase& golden : golden_cases("tensor_optimizers.txt")) {
    for (const std::int32_t type : {TRG_F64, TRG_F32})
      BOOST_TEST_CONTEXT("case " << number << " " << golden.text("optimizer") << (type == TRG_F64 ? " f64" : " f32")) { follow_whole(golden, type); }
    ++number;
  }
}

// A unit that is never active, an input that is always 0, a parameter or a gradient of zeros.
BOOST_AUTO_TEST_CASE(rows_columns_and_tensors_of_zeros_make_no_nan) {
  for (const std::string name : {"lamb", "lars", "muon", "adafactor"})
    for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{4, 5}, {5}, {2, 4, 5}})
      for (const bool all : {false, true})
        BOOST_TEST_CONTEXT(name << ", " << shape.size() << " axes" << (all ? ", all zeros" : "")) {
          Stepper stepper(name, {}, TRG_F32, shape);
          for (std::int64_t step = 1; step <= 30; ++step) {
            set_gradient(stepper, step);
            for (std::int64_t i = 0; i < stepper.gradient.count(); ++i)
              if (all || i % 5 == 2 || i / 5 == 1) stepper.gradient.set(i, 0);
            stepper.step(step, 0.1, stepper.weights.count());
            for (std::int64_t i = 0; i < stepper.weights.count(); ++i) BOOST_REQUIRE(std::isfinite(stepper.weights.get(i)));
          }
          if (all || name == "lars") continue;
          BOOST_TEST(stepper.weights.get(0) != 0);
        }
}

BOOST_AUTO_TEST_CASE(large_parameters_move_alike_in_f32_and_f64) {
  for (const std::string name : {"lamb", "lars", "muon", "adafactor"}) {
    Stepper f32(name, {}, TRG_F32, {301, 173}), f64(name, {}, TRG_F64, {301, 173});
    for (Stepper* one : {&f32, &f64})
      for (std::int64_t i = 0; i < one->weights.count(); ++i) one->weights.set(i, std::cos(0.37 * static_cast<double>(i) + 0.2));
    for (std::int64_t step = 1; step <= 3; ++step)
      for (Stepper* one : {&f32, &f64}) {
        set_gradient(*one, step);
        one->step(step, 0.05, one->weights.count());
      }
    double worst = 0;
    for (std::int64_t i = 0; i < f32.weights.count(); ++i) worst = std::max(worst, std::fabs(f32.weights.get(i) - f64.weights.get(i)));
    BOOST_TEST(worst < 1e-4, name << " differs by " << worst);
  }
}

BOOST_AUTO_TEST_CASE(names_of_layers_that_are_no_regular_expression_are_told) {
  BOOST_CHECK_EXCEPTION(Stepper("muon", {{"exclude_layers", std::vector<std::string>{"dense", "out("}}}, TRG_F32, {2, 2}), Refused,
                        [](const Refused& refused) { return std::string(refused.what()).find("found \"out(\"") != std::string::npos && std::string(refused.record.where) == "exclude_layers"; });
}

}  // namespace teranga::tests
