// SPDX-License-Identifier: Apache-2.0
// Cross-entropies: values by hand, gradients by differences, labels and shapes that do not fit.
#include <boost/test/unit_test.hpp>

#include "loss_under_test.hpp"

namespace teranga::tests {
namespace {

std::vector<double> numbers(std::int64_t n, double least, double most, std::uint64_t key) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(least + (most - least) * small_host::uniform_draw({key, 0}, static_cast<std::uint64_t>(i)));
  return out;
}

std::vector<double> labels(std::int64_t n, std::int64_t classes, std::uint64_t key) {
  std::vector<double> out = numbers(n, 0, static_cast<double>(classes), key);
  for (double& x : out) x = std::floor(x);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(sparse_crossentropy_of_equal_logits_is_the_log_of_the_number_of_classes) {
  LossUnderTest loss("sparse_categorical_crossentropy", {{"from_logits", true}});
  Tensor z({2, 4}, TRG_F32), y({2}, TRG_I32, {1, 3});
  const Evaluated e = loss.run(z, y, {1.0, 0.5});
  BOOST_TEST(e.values[0] == std::log(4.0), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(e.gradient[0] == 0.25, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(e.gradient[1] == -0.75, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(e.gradient[7] == -0.375, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(sparse_crossentropy_has_the_gradient_of_its_value_in_every_form_and_length) {
  for (const std::int64_t classes : {1, 2, 3, 10, 16, 17, 61, 257, 600})
    for (const bool logits : {false, true})
      for (const bool steps : {false, true}) {
        const std::vector<std::int64_t> shape = steps ? std::vector<std::int64_t>{2, 3, classes} : std::vector<std::int64_t>{5, classes};
        const std::int64_t n = steps ? 6 : 5;
        LossUnderTest loss("sparse_categorical_crossentropy", {{"from_logits", logits}});
        Tensor p(shape, TRG_F64, numbers(n * classes, logits ? -3 : 0.1, logits ? 3 : 0.9, 3));
        Tensor y(steps ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{5, 1}, TRG_U8, labels(n, std::min<std::int64_t>(classes, 250), 4));
        BOOST_TEST_CONTEXT(classes << " classes, logits " << logits << ", steps " << steps) {
          BOOST_TEST(gradient_error(loss, p, y, numbers(n, 0.2, 2, 5)) < (classes == 1 && !logits ? 1e-2 : 1e-6));
        }
      }
}

BOOST_AUTO_TEST_CASE(an_absorbed_softmax_gives_the_loss_of_its_probabilities) {
  LossUnderTest absorbed("sparse_categorical_crossentropy", {}, "teranga.softmax"), plain("sparse_categorical_crossentropy", {});
  Tensor z({3, 5}, TRG_F32, numbers(15, -2, 2, 8)), y({3}, TRG_I64, {0, 4, 2}), p({3, 5}, TRG_F32);
  for (std::int64_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (std::int64_t k = 0; k < 5; ++k) sum += std::exp(z.get(i * 5 + k));
    for (std::int64_t k = 0; k < 5; ++k) p.set(i * 5 + k, std::exp(z.get(i * 5 + k)) / sum);
  }
  const Evaluated a = absorbed.run(z, y), b = plain.run(p, y);
  BOOST_TEST(absorbed.answer().absorbs == 1);
  BOOST_TEST(plain.answer().absorbs == 0);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(a.values[i] == b.values[i], boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(an_ignored_class_has_no_loss_no_gradient_and_does_not_count) {
  LossUnderTest loss("sparse_categorical_crossentropy", {{"from_logits", true}, {"ignore_class", std::int64_t{-1}}});
  Tensor z({3, 2}, TRG_F32, {1, 2, 3, 4, 5, 6}), y({3}, TRG_I32, {0, -1, 1});
  const Evaluated e = loss.run(z, y);
  BOOST_TEST(e.values[1] == 0);
  BOOST_TEST(e.gradient[2] == 0);
  BOOST_TEST(e.gradient[3] == 0);
  BOOST_TEST(e.values[0] > 0);
  BOOST_TEST(loss.denominator(y, 3, nullptr) == 2);
  const double mask[] = {0, 1, 1};
  BOOST_TEST(loss.denominator(y, 3, mask) == 1);
}

BOOST_AUTO_TEST_CASE(a_class_outside_the_range_is_named_with_its_sample) {
  LossUnderTest loss("sparse_categorical_crossentropy", {});
  Tensor p({3, 4}, TRG_F32, numbers(12, 0.1, 0.9, 1)), y({3}, TRG_I32, {0, 3, 4});
  try {
    loss.run(p, y);
    BOOST_FAIL("class 4 of 4 was taken");
  } catch (const Refused& refused) {
    BOOST_TEST(refused.record.code == TRG_BAD_DATA);
    BOOST_TEST(refused.record.sample == 2);
    BOOST_TEST(std::string(refused.record.text).find("from 0 to 3, found 4") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(one_hot_targets_are_sent_to_the_other_loss) {
  LossUnderTest loss("sparse_categorical_crossentropy", {});
  Tensor p({3, 4}, TRG_F32), y({3, 4}, TRG_F32);
  try {
    loss.plan(p, y);
    BOOST_FAIL("a one-hot target was taken");
  } catch (const Refused& refused) {
    BOOST_TEST(refused.record.code == TRG_BAD_SHAPE);
    BOOST_TEST(std::string(refused.record.hint).find("\"categorical_crossentropy\"") != std::string::npos);
  }
}

}  // namespace teranga::tests
