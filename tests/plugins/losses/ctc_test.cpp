// SPDX-License-Identifier: Apache-2.0
// The loss ctc: against Keras, against the sum over all paths, with masks, with texts that do not fit.
#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

#include "loss_under_test.hpp"

namespace teranga::tests {
namespace {

std::vector<double> drawn(std::int64_t n, std::uint64_t key) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(-2 + 4 * small_host::uniform_draw({key, 0}, static_cast<std::uint64_t>(i)));
  return out;
}

// -log of the sum over all classes^steps paths that tell the text.
double by_enumeration(const std::vector<double>& logits, std::size_t steps, std::size_t classes, const std::vector<std::size_t>& text) {
  double sum = 0;
  std::vector<std::size_t> path(steps);
  for (bool more = true; more;) {
    std::vector<std::size_t> told;
    double probability = 1;
    for (std::size_t t = 0; t < steps; ++t) {
      if (path[t] != 0 && (t == 0 || path[t] != path[t - 1])) told.push_back(path[t]);
      double all = 0;
      for (std::size_t k = 0; k < classes; ++k) all += std::exp(logits[t * classes + k]);
      probability *= std::exp(logits[t * classes + path[t]]) / all;
    }
    if (told == text) sum += probability;
    std::size_t t = 0;
    while (t < steps && ++path[t] == classes) path[t++] = 0;
    more = t < steps;
  }
  return -std::log(sum);
}

}  // namespace

BOOST_AUTO_TEST_CASE(ctc_has_the_values_and_gradients_of_keras_and_leaves_masked_steps_out) {
  for (const GoldenCase& golden : golden_cases("ctc.txt"))
    for (const std::int32_t type : {TRG_F64, TRG_F32}) {
      const std::vector<std::int64_t> shape = golden.integers("prediction_shape"), steps = golden.integers("steps");
      const std::vector<double> values = golden.numbers("values"), gradient = golden.numbers("gradient");
      std::vector<double> weights;
      for (std::size_t n = 0; n < values.size(); ++n)
        for (std::int64_t t = 0; t < shape[1]; ++t) weights.push_back(t < steps[n] ? 0.5 + static_cast<double>(n) : 0);
      LossUnderTest loss("ctc", {});
      Tensor prediction(shape, type, golden.numbers("prediction")), target(golden.integers("target_shape"), TRG_I32, golden.numbers("target"));
      const Evaluated e = loss.run(prediction, target, weights);
      constexpr double tolerance = 5e-5;  // Keras computes this loss in f32; the sum over all paths below is exact
      for (std::size_t n = 0; n < values.size(); ++n)
        for (std::int64_t t = 0; t < shape[1]; ++t) {
          const double expected = t == 0 ? values[n] : 0;
          BOOST_TEST(std::fabs(e.values[n * static_cast<std::size_t>(shape[1]) + static_cast<std::size_t>(t)] - expected) <= tolerance * (1 + expected));
        }
      const std::size_t of_sample = gradient.size() / values.size();
      for (std::size_t i = 0; i < gradient.size(); ++i) BOOST_TEST(std::fabs(e.gradient[i] - gradient[i] * (0.5 + static_cast<double>(i / of_sample))) <= tolerance);
    }
}

BOOST_AUTO_TEST_CASE(ctc_is_the_sum_over_all_paths_and_its_gradient_the_derivative) {
  for (const std::vector<std::size_t>& text : std::vector<std::vector<std::size_t>>{{}, {1}, {2, 1}, {1, 1}, {2, 2, 1}, {1, 2, 1}}) {
    LossUnderTest loss("ctc", {});
    const std::vector<double> logits = drawn(5 * 3, 7 + text.size());
    std::vector<double> labels(text.begin(), text.end());
    labels.resize(4);
    Tensor prediction({1, 5, 3}, TRG_F64, logits), target({1, 4}, TRG_I32, labels);
    BOOST_TEST(loss.run(prediction, target).values[0] == by_enumeration(logits, 5, 3, text), boost::test_tools::tolerance(1e-12));
    BOOST_TEST(gradient_error(loss, prediction, target, {0.7, 0.7, 0.7, 0.7, 0.7}) < 1e-6);
    // Steps that are masked in the middle and at the front are as if they were not there.
    std::vector<double> fewer(logits.begin() + 3, logits.begin() + 6);
    fewer.insert(fewer.end(), logits.begin() + 9, logits.end());
    if (text.size() + (text.size() > 1 && text[0] == text[1]) > 3) continue;
    BOOST_TEST(loss.run(prediction, target, {0, 2, 0, 2, 2}).values[1] == by_enumeration(fewer, 3, 3, text), boost::test_tools::tolerance(1e-12));
    BOOST_TEST(gradient_error(loss, prediction, target, {0, 2, 0, 2, 2}) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(ctc_does_not_lose_texts_whose_probability_is_tiny) {
  std::vector<double> logits;
  for (int t = 0; t < 400; ++t) logits.insert(logits.end(), {60.0, 0.0, 0.0});  // blanks, surely
  LossUnderTest loss("ctc", {});
  Tensor prediction({1, 400, 3}, TRG_F32, logits), target({1, 150}, TRG_I32, std::vector<double>(150, 1.0));
  const Evaluated e = loss.run(prediction, target);
  BOOST_TEST((e.values[0] > 150 * 60 * 0.9 && e.values[0] < 150 * 60));
  BOOST_TEST(std::isfinite(e.gradient[0]));
}

BOOST_AUTO_TEST_CASE(a_text_that_does_not_fit_into_the_steps_has_a_large_loss_and_no_gradient) {
  LossUnderTest loss("ctc", {});
  Tensor prediction({2, 3, 3}, TRG_F64, drawn(18, 3)), target({2, 3}, TRG_I32, {1, 1, 2, 1, 2, 1});
  const Evaluated e = loss.run(prediction, target);
  BOOST_TEST(e.values[0] == 1e5);
  BOOST_TEST(e.values[3] < 10);
  for (std::size_t i = 0; i < 9; ++i) BOOST_TEST(e.gradient[i] == 0);
  BOOST_TEST(e.gradient[9] != 0);
}

BOOST_AUTO_TEST_CASE(ctc_divides_by_the_samples_that_have_steps) {
  LossUnderTest loss("ctc", {});
  Tensor prediction({3, 2, 3}, TRG_F64), target({3, 1}, TRG_I32, {1, 1, 1});
  loss.plan(prediction, target);
  const std::vector<double> mask = {1, 1, 0, 0, 0, 1};
  BOOST_TEST(loss.denominator(target, 3, mask.data()) == 2);
  BOOST_TEST(loss.denominator(target, 3, nullptr) == 3);
}

BOOST_AUTO_TEST_CASE(ctc_takes_a_softmax_in_and_refuses_what_does_not_fit) {
  LossUnderTest behind("ctc", {}, "teranga.softmax"), plain("ctc", {});
  Tensor prediction({1, 4, 3}, TRG_F64), target({1, 2}, TRG_I32, {1, 2});
  BOOST_TEST(behind.plan(prediction, target).absorbs == 1);
  BOOST_TEST(plain.plan(prediction, target).absorbs == 0);
  Tensor flat({1, 3}, TRG_F64), one_class({1, 4, 1}, TRG_F64), number({1}, TRG_I32), beyond({1, 2}, TRG_I32, {1, 3});
  for (Tensor* wrong : {&flat, &one_class}) BOOST_CHECK_THROW(plain.plan(*wrong, target), Refused);
  BOOST_CHECK_THROW(plain.plan(prediction, number), Refused);
  BOOST_CHECK_THROW(plain.run(prediction, beyond), Refused);
}

}  // namespace teranga::tests
