// SPDX-License-Identifier: Apache-2.0
// Every loss against Keras's values and gradients, in f64 and in f32.
#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

#include "loss_under_test.hpp"

namespace teranga::tests {
namespace {

std::int32_t type_of(const std::string& name) { return name == "i32" ? TRG_I32 : name == "i64" ? TRG_I64 : name == "u8" ? TRG_U8 : TRG_F64; }

void compare(const GoldenCase& golden, std::int32_t type, double tolerance) {
  LossUnderTest loss(golden.text("loss"), golden.settings, golden.has("producer") ? golden.text("producer") : "");
  Tensor prediction(golden.integers("prediction_shape"), type, golden.numbers("prediction"));
  Tensor target(golden.integers("target_shape"), type_of(golden.text("target_type")), golden.numbers("target"));
  const Evaluated e = loss.run(prediction, target, golden.numbers("weights"));
  const std::vector<double> values = golden.numbers("values"), gradient = golden.numbers("gradient");
  BOOST_REQUIRE(e.values.size() == values.size());
  BOOST_REQUIRE(e.gradient.size() == gradient.size());
  double scale = 0;
  for (const double g : gradient) scale = std::max(scale, std::fabs(g));
  for (std::size_t i = 0; i < values.size(); ++i) BOOST_TEST(std::fabs(e.values[i] - values[i]) <= tolerance * (1 + std::fabs(values[i])), "value " << i << ": " << e.values[i] << " for " << values[i]);
  for (std::size_t i = 0; i < gradient.size(); ++i)
    BOOST_TEST(std::fabs(e.gradient[i] - gradient[i]) <= tolerance * (scale + std::fabs(gradient[i])), "gradient " << i << ": " << e.gradient[i] << " for " << gradient[i]);
}

}  // namespace

void compare_all(const std::string& file, double tolerance_f32) {
  int number = 0;
  for (const GoldenCase& golden : golden_cases(file))
    for (const std::int32_t type : {TRG_F64, TRG_F32}) {
      BOOST_TEST_CONTEXT("case " << number++ / 2 << " " << golden.text("loss") << (type == TRG_F64 ? " f64" : " f32")) { compare(golden, type, type == TRG_F64 ? 1e-10 : tolerance_f32); }
    }
}

BOOST_AUTO_TEST_CASE(every_loss_has_the_values_and_gradients_of_keras) { compare_all("losses.txt", 3e-5); }

BOOST_AUTO_TEST_CASE(the_margin_loss_has_the_values_and_gradients_of_its_reference) { compare_all("margin_loss.txt", 1e-5); }

}  // namespace teranga::tests
