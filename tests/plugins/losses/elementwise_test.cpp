// SPDX-License-Identifier: Apache-2.0
// Losses of single elements: differences over odd shapes, shapes that fit and that do not, targets of every type, the perceptron criterion.
#include <boost/test/unit_test.hpp>

#include "loss_under_test.hpp"

#include <cmath>
#include <cstddef>
#include <map>

namespace teranga::tests {
namespace {

std::vector<double> numbers(std::int64_t n, double least, double most, std::uint64_t key) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(least + (most - least) * small_host::uniform_draw({key, 0}, static_cast<std::uint64_t>(i)));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_elementwise_loss_has_the_gradient_of_its_value_over_odd_shapes) {
  const std::vector<std::vector<std::int64_t>> shapes = {{1, 1}, {7, 1}, {3, 5}, {2, 3, 7}, {2, 257}, {1, 600}, {300, 1}, {5}};
  for (const char* name : {"mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "huber", "log_cosh", "hinge",
                           "squared_hinge", "kl_divergence", "poisson", "wasserstein", "binary_crossentropy"})
    for (const auto& shape : shapes) {
      LossUnderTest loss(name, {});
      Tensor p(shape, TRG_F64), t(shape, TRG_F64);
      const std::vector<double> x = numbers(p.count(), 0.05, 0.95, 3), y = numbers(p.count(), 0.05, 0.95, 4);
      for (std::int64_t i = 0; i < p.count(); ++i) p.set(i, x[static_cast<std::size_t>(i)]), t.set(i, y[static_cast<std::size_t>(i)]);
      std::int64_t rows = shape[0];
      for (std::size_t axis = 1; axis + 1 < shape.size(); ++axis) rows *= shape[axis];
      BOOST_TEST_CONTEXT(name << " of rank " << shape.size() << ", " << p.count() << " elements") { BOOST_TEST(gradient_error(loss, p, t, numbers(rows, 0.3, 2, 5)) < 1e-6); }
    }
}

BOOST_AUTO_TEST_CASE(the_divergence_from_the_standard_normal_distribution_needs_no_target) {
  LossUnderTest loss("normal_divergence", {});
  BOOST_TEST(loss.target_count() == 0);
  // One code of two numbers: means 0.5 and -2, variances 1 and e.
  Tensor p({1, 4}, TRG_F64, {0.5, -2, 0, 1}), none({1}, TRG_F64);
  const Evaluated e = loss.run(p, none, {3.0});
  BOOST_TEST(e.values[0] == 0.5 * (0.25 + 4 + std::exp(1.0) - 2), boost::test_tools::tolerance(1e-12));
  const double expected[] = {3 * 0.5, -6, 0, 1.5 * (std::exp(1.0) - 1)};
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(e.gradient[i] == expected[i], boost::test_tools::tolerance(1e-12));
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{3, 2}, {1, 10}, {2, 3, 6}}) {
    Tensor x(shape, TRG_F64), unused({shape[0]}, TRG_F64);
    const std::vector<double> values = numbers(x.count(), -1, 1, 8);
    for (std::int64_t i = 0; i < x.count(); ++i) x.set(i, values[static_cast<std::size_t>(i)]);
    BOOST_TEST(gradient_error(loss, x, unused, numbers(x.count() / shape.back(), 0.3, 2, 5)) < 1e-6);
  }
  Tensor odd({2, 3}, TRG_F64);
  BOOST_CHECK_THROW(loss.plan(odd, none), Refused);
}

BOOST_AUTO_TEST_CASE(contrastive_divergence_is_the_output_itself_and_needs_no_target) {
  LossUnderTest loss("contrastive_divergence", {});
  BOOST_TEST(loss.target_count() == 0);
  Tensor p({2, 1}, TRG_F64, {1.5, -4}), none({2}, TRG_F64), wide({2, 3}, TRG_F64);
  const Evaluated e = loss.run(p, none, {2.0, 3.0});
  BOOST_TEST(e.values == (std::vector<double>{1.5, -4}), boost::test_tools::per_element());
  BOOST_TEST(e.gradient == (std::vector<double>{2, 3}), boost::test_tools::per_element());
  BOOST_CHECK_THROW(loss.plan(wide, none), Refused);
}

BOOST_AUTO_TEST_CASE(a_penalty_on_outputs_needs_no_target) {
  LossUnderTest loss("activity_penalty", {{"l1", 0.5}, {"l2", 0.25}});
  BOOST_TEST(loss.target_count() == 0);
  Tensor p({2, 3}, TRG_F64, {1, -2, 0, 0.5, 0.5, -4}), none({2}, TRG_F64);
  const Evaluated e = loss.run(p, none, {2.0, 3.0});
  BOOST_TEST(e.values[0] == 0.5 * 3 + 0.25 * 5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(e.values[1] == 0.5 * 5 + 0.25 * 16.5, boost::test_tools::tolerance(1e-12));
  const double expected[] = {2 * (0.5 + 0.5), 2 * (-0.5 - 1), 0, 3 * (0.5 + 0.25), 3 * (0.5 + 0.25), 3 * (-0.5 - 2)};
  for (std::size_t i = 0; i < 6; ++i) BOOST_TEST(e.gradient[i] == expected[i], boost::test_tools::tolerance(1e-12));
  Tensor x({2, 3, 2}, TRG_F64), unused({2}, TRG_F64);
  const std::vector<double> values = numbers(x.count(), 0.1, 1, 8);
  for (std::int64_t i = 0; i < x.count(); ++i) x.set(i, values[static_cast<std::size_t>(i)]);
  BOOST_TEST(gradient_error(loss, x, unused, numbers(2, 0.3, 2, 5)) < 1e-6);
}

// Against long double: log cosh e is e^2 / 2 and exp(v) - 1 - v is v^2 / 2 near 0, where the logarithms and the exponential cancel.
BOOST_AUTO_TEST_CASE(small_differences_keep_their_digits) {
  for (const std::int32_t type : {TRG_F32, TRG_F64})
    for (const double size : {0.0, 1e-12, 1e-6, 1e-4, 0.003, 0.0499, 0.0501, 0.0999, 0.1001, 0.7, 4.0})
      for (const double x : {size, -size}) {
        const double tolerance = type == TRG_F32 ? 3e-5 : 1e-11;
        LossUnderTest cosh("log_cosh", {}), normal("normal_divergence", {});
        Tensor p({1, 1}, type, {x}), zero({1, 1}, type, {0}), code({1, 2}, type, {0, x}), none({1}, type);
        const long double e = p.get(0), half = std::sinh(e / 2);
        const Evaluated near = cosh.run(p, zero);
        BOOST_TEST(std::fabs(near.values[0] - static_cast<double>(std::log1p(2 * half * half))) <= tolerance * near.values[0], x << ": " << near.values[0]);
        BOOST_TEST(std::fabs(near.gradient[0] - static_cast<double>(std::tanh(e))) <= tolerance * std::fabs(near.gradient[0]), x << ": " << near.gradient[0]);
        const Evaluated divergence = normal.run(code, none);
        const long double square = e * e / 2 * (1 + e / 3 * (1 + e / 4 * (1 + e / 5 * (1 + e / 6 * (1 + e / 7 * (1 + e / 8)))))), exact = std::fabs(e) < 0.2L ? square : std::expm1(e) - e;
        BOOST_TEST(std::fabs(divergence.values[0] - static_cast<double>(exact / 2)) <= tolerance * divergence.values[0], x << ": " << divergence.values[0]);
        BOOST_TEST(std::fabs(divergence.gradient[1] - static_cast<double>(std::expm1(e) / 2)) <= tolerance * std::fabs(divergence.gradient[1]), x << ": " << divergence.gradient[1]);
      }
}

BOOST_AUTO_TEST_CASE(targets_of_every_type_and_of_one_axis_less_give_the_same_loss) {
  Tensor p({4, 1}, TRG_F32, {0.5, 1.5, -1, 3});
  for (const std::int32_t type : {TRG_F32, TRG_F64, TRG_I32, TRG_I64, TRG_U8})
    for (const bool flat : {false, true}) {
      LossUnderTest loss("mean_squared_error", {});
      Tensor t(flat ? std::vector<std::int64_t>{4} : std::vector<std::int64_t>{4, 1}, type, {1, 2, 3, 0});
      const Evaluated e = loss.run(p, t);
      BOOST_TEST(e.values[2] == 16);
      BOOST_TEST(e.gradient[3] == 6);
    }
}

BOOST_AUTO_TEST_CASE(a_target_of_another_width_is_refused_with_both_shapes_and_a_cure) {
  LossUnderTest loss("mean_squared_error", {});
  Tensor p({4, 3}, TRG_F32), t({4, 2}, TRG_F32);
  try {
    loss.plan(p, t);
    BOOST_FAIL("it was taken");
  } catch (const Refused& refused) {
    BOOST_TEST(refused.record.code == TRG_BAD_SHAPE);
    BOOST_TEST(std::string(refused.record.text) == "mean_squared_error expects a target of the shape of the output (N, 3), found (N, 2)");
    BOOST_TEST(std::string(refused.record.hint) == "give the last layer units = 2");
  }
}

BOOST_AUTO_TEST_CASE(class_numbers_for_categorical_crossentropy_are_sent_to_the_sparse_one) {
  LossUnderTest loss("categorical_crossentropy", {});
  Tensor p({4, 3}, TRG_F32), t({4}, TRG_I32), wide({4, 1}, TRG_I32);
  for (Tensor* target : {&t, &wide}) try {
      loss.plan(p, *target);
      BOOST_FAIL("it was taken");
    } catch (const Refused& refused) {
      BOOST_TEST(std::string(refused.record.hint).find("sparse_categorical_crossentropy") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(losses_say_which_targets_they_can_judge) {
  const std::map<std::string, std::int32_t> expected = {{"binary_crossentropy", TRG_TARGETS_SHARES}, {"categorical_crossentropy", TRG_TARGETS_DISTRIBUTION}, {"kl_divergence", TRG_TARGETS_DISTRIBUTION},
                                                        {"hinge", TRG_TARGETS_SIGNS}, {"squared_hinge", TRG_TARGETS_SIGNS}, {"poisson", TRG_TARGETS_COUNTS},
                                                        {"mean_squared_logarithmic_error", TRG_TARGETS_COUNTS}, {"mean_squared_error", TRG_TARGETS_ANY}, {"wasserstein", TRG_TARGETS_ANY}};
  Tensor p({4, 3}, TRG_F32), t({4, 3}, TRG_F32), numbers({4}, TRG_I32);
  for (const auto& [name, targets] : expected) {
    LossUnderTest loss(name, {});
    BOOST_TEST(loss.plan(p, t).targets == targets, name);
    BOOST_TEST(loss.answer().ignores == 0);
  }
  LossUnderTest sparse("sparse_categorical_crossentropy", {{"ignore_class", std::int64_t{-1}}}), perceptron("perceptron", {}, "teranga.step");
  BOOST_TEST(sparse.plan(p, numbers).targets == TRG_TARGETS_CLASSES);
  BOOST_TEST(sparse.answer().ignores == 1);
  BOOST_TEST(sparse.answer().ignored == -1);
  BOOST_TEST(perceptron.plan(p, t).targets == TRG_TARGETS_YES_NO);
}

BOOST_AUTO_TEST_CASE(the_perceptron_criterion_moves_by_target_minus_output_and_needs_step) {
  LossUnderTest loss("perceptron", {}, "teranga.step");
  Tensor z({4, 1}, TRG_F32, {-2, 0, 3, 1}), t({4}, TRG_U8, {1, 0, 1, 0});
  const Evaluated e = loss.run(z, t);
  BOOST_TEST(loss.answer().absorbs == 1);
  BOOST_TEST(e.gradient == (std::vector<double>{-1, 1, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(e.values == (std::vector<double>{2, 0, 0, 1}), boost::test_tools::per_element());
  LossUnderTest alone("perceptron", {}, "teranga.sigmoid");
  BOOST_CHECK_EXCEPTION(alone.plan(z, t), Refused, [](const Refused& r) { return std::string(r.record.hint).find("\"step\"") != std::string::npos; });
  Tensor wrong({4}, TRG_U8, {1, 0, 2, 0});
  BOOST_CHECK_EXCEPTION(loss.run(z, wrong), Refused, [](const Refused& r) { return r.record.code == TRG_BAD_DATA && r.record.sample == 2; });
}

BOOST_AUTO_TEST_CASE(binary_crossentropy_absorbs_a_sigmoid_and_stays_finite_far_out) {
  LossUnderTest loss("binary_crossentropy", {}, "teranga.sigmoid");
  Tensor z({2, 1}, TRG_F32, {200, -200}), t({2, 1}, TRG_F32, {0, 0});
  const Evaluated e = loss.run(z, t);
  BOOST_TEST(loss.answer().absorbs == 1);
  BOOST_TEST(e.values[0] == 200);
  BOOST_TEST(e.gradient[0] == 1);
  BOOST_TEST(e.values[1] == 0);
}

}  // namespace teranga::tests
