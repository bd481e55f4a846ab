// SPDX-License-Identifier: Apache-2.0
// Each rule of losses names losses that are wrong in one way, and lets the right one pass.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <teranga/sdk/training.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

// Mean squared error over all that is not an axis of samples; what Fault says goes wrong. A crash of a test loss may end in another thread: no fault is random.
enum class LossFault {
  none, factor, no_weight, sign, adds_gradient, adds_values, weighted_values, batch_mean, needs_gradient, not_finite, beyond_values, short_values, leading, targets, wrong_f64, refuses_slices, static_scratch, surrogate,
  changes_predictions, denominator_mean, denominator_negative, denominator_remembers, plain_count,
  logarithm, hides_nan, leading_all, classes, denominator_unmasked, denominator_zero
};

template <LossFault F>
struct Squares {
  static constexpr std::int32_t target_count = 1;
  static sdk::Info info() { return info_of("squares"); }
  explicit Squares(const sdk::Options&) {}
  struct Plan {
    std::int64_t row;
  };
  Plan plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    if (c.prediction() != c.target()) throw sdk::ShapeError("squares expects a target of the output's shape");
    if (F == LossFault::refuses_slices && c.prediction()[0] < 3) throw sdk::ShapeError("squares expects 3 samples or more");
    answer.leading = F == LossFault::leading ? 9 : F == LossFault::leading_all ? c.prediction().rank() : 1;
    if (F == LossFault::logarithm) answer.targets = TRG_TARGETS_SHARES;
    if (F == LossFault::classes) answer.targets = TRG_TARGETS_CLASSES;
    if (F == LossFault::targets) answer.targets = TRG_TARGETS_COUNTS + 1;
    if (F == LossFault::surrogate) answer.surrogate = 1;
    if (F == LossFault::plain_count) answer.plain_count = 1;
    std::int64_t row = 1;
    for (std::int32_t axis = 1; axis < c.prediction().rank(); ++axis) row *= c.prediction()[axis];
    return {row};
  }
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Plan& plan) const {
    static std::vector<double> scratch(1 << 16);
    double mean = 0;
    const T* const x = s.prediction().data;
    T* const d = s.d_prediction().data;
    for (std::int64_t n = 0; n < s.samples(); ++n) mean += error(s, x, n, plan.row) / static_cast<double>(s.samples());
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      double value = error(s, x, n, plan.row);
      const double w = s.weights()[n];
      if (F == LossFault::static_scratch) scratch[static_cast<std::size_t>(n)] = value;
      if (F == LossFault::logarithm) value -= std::log(static_cast<double>(x[n * plan.row]));
      if (F == LossFault::hides_nan) value = std::max(0.0, value);
      if (F == LossFault::not_finite) value = std::log(value - 1e9);
      if (F == LossFault::wrong_f64 && sizeof(T) == 8) value *= 2;
      if (F == LossFault::batch_mean) value -= mean;
      if (F == LossFault::weighted_values) value *= w;
      if (F == LossFault::adds_values) s.values()[n] += value;
      else if (F != LossFault::short_values || n > 0) s.values()[n] = value;
      if (!d && F != LossFault::needs_gradient) continue;
      if (!d) throw sdk::Error(TRG_FAILED, "squares wants to write its gradient");
      for (std::int64_t i = n * plan.row; i < (n + 1) * plan.row; ++i) {
        double g = 2 * (static_cast<double>(x[i]) - static_cast<double>(s.target()[i])) / static_cast<double>(plan.row) * (F == LossFault::no_weight ? 1 : w);
        if (F == LossFault::factor || F == LossFault::surrogate) g /= 2;
        if (F == LossFault::sign && i % 3 == 1) g = -g;
        if (F == LossFault::wrong_f64 && sizeof(T) == 8) g *= 2;
        if (F == LossFault::adds_gradient) d[i] += static_cast<T>(g);
        else d[i] = static_cast<T>(g);
      }
    }
    if (F == LossFault::static_scratch)
      for (std::int64_t n = 0; n < s.samples(); ++n) s.values()[n] = scratch[static_cast<std::size_t>(n)];
    if (F == LossFault::beyond_values) s.values()[s.samples()] = 0;
    if (F == LossFault::changes_predictions) const_cast<T*>(x)[0] = 0;
  }
  template <class T>
  double denominator(const sdk::LossSlice<T>& s, const Plan&) const {
    double count = 0;
    static double calls = 0;
    for (std::int64_t n = 0; n < s.samples(); ++n) count += (s.weights() ? s.weights()[n] : 1) * (F == LossFault::plain_count ? 2 : 1);
    if (F == LossFault::denominator_unmasked) return static_cast<double>(s.samples());
    if (F == LossFault::denominator_zero) return 0;
    if (F == LossFault::denominator_mean) return count / static_cast<double>(s.samples());
    if (F == LossFault::denominator_negative) return -count;
    if (F == LossFault::denominator_remembers) return count + ++calls;
    return count;
  }

 private:
  template <class T>
  static double error(const sdk::LossSlice<T>& s, const T* x, std::int64_t n, std::int64_t row) {
    double sum = 0;
    for (std::int64_t i = n * row; i < (n + 1) * row; ++i) sum += std::pow(static_cast<double>(x[i]) - static_cast<double>(s.target()[i]), 2);
    return sum / static_cast<double>(row);
  }
};

template <LossFault F>
Checked check_loss(const char* rule) { return check(rule, sdk::loss<Squares<F>>()); }

// |p - t| of class numbers: a kink at every whole number, and targets of one axis less.
struct Hinges {
  static sdk::Info info() { return info_of("hinges"); }
  explicit Hinges(const sdk::Options&) {}
  std::int64_t plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    if (c.prediction().rank() != 2 || c.target().rank() != 1) throw sdk::ShapeError("hinges expects an output [N, C] and class numbers [N]");
    answer.targets = TRG_TARGETS_CLASSES, answer.leading = 1;
    return c.prediction().last();
  }
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, std::int64_t classes) const {
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const std::int64_t label = s.classes()[n];
      if (label < 0 || label >= classes) throw sdk::DataError("target", "no such class");
      s.values()[n] = 0;
      for (std::int64_t k = 0; k < classes; ++k) {
        const double lack = 1 - (k == label ? 1 : -1) * static_cast<double>(s.prediction().data[n * classes + k]);
        s.values()[n] += lack < 0 ? 0 : lack;
        if (s.d_prediction()) s.d_prediction().data[n * classes + k] = static_cast<T>((lack > 0 ? k == label ? -1 : 1 : 0) * s.weights()[n]);
      }
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(right_losses_pass_all_rules_of_losses) {
  for (const char* rule : {"loss/values", "loss/gradient", "loss/denominator", "loss/edges", "loss/nan", "loss/slices"})
    for (const Checked& found : {check_loss<LossFault::none>(rule), check(rule, sdk::loss<Hinges>())}) BOOST_TEST((found.passed() || found.inapplicable == "the host counts for it"), rule << ": " << found.words());
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_not_the_derivative_is_named_with_element_and_numbers) {
  BOOST_TEST(check_loss<LossFault::factor>("loss/gradient").names("the derivative by differences is"));
  const Checked sign = check_loss<LossFault::sign>("loss/gradient");
  BOOST_TEST(sign.names("d_prediction[0, 1] is"), sign.words());
  const Checked unweighted = check_loss<LossFault::no_weight>("loss/gradient");
  BOOST_TEST(unweighted.names("by differences"));
  BOOST_TEST(unweighted.findings.at(0).mend == "multiply the gradient of each leading element by its weight");
  BOOST_TEST(check_loss<LossFault::surrogate>("loss/gradient").passed());
}

BOOST_AUTO_TEST_CASE(values_and_gradients_that_are_added_or_left_out_are_named) {
  BOOST_TEST(check_loss<LossFault::adds_values>("loss/values").names(""));
  BOOST_TEST(check_loss<LossFault::adds_gradient>("loss/values").names(""));
  BOOST_TEST(check_loss<LossFault::short_values>("loss/values").names(""));
  BOOST_TEST(check_loss<LossFault::weighted_values>("loss/values").names("values change with the weights"));
  BOOST_TEST(check_loss<LossFault::no_weight>("loss/values").names("where all weights are 0"));
  BOOST_TEST(check_loss<LossFault::needs_gradient>("loss/values").names("where d_predictions are not wanted"));
  BOOST_TEST(check_loss<LossFault::not_finite>("loss/values").names("not finite"));
  BOOST_TEST(check_loss<LossFault::leading>("loss/values").names("leading = 9"));
  BOOST_TEST(check_loss<LossFault::leading_all>("loss/values").names("was not written: the plan says leading = 2, which makes 20 values"));
  BOOST_TEST(check_loss<LossFault::classes>("loss/values").warns("class numbers (TRG_TARGETS_CLASSES), but takes one for each number"));
  BOOST_TEST(check_loss<LossFault::targets>("loss/values").names("none of enum trg_targets"));
  BOOST_TEST(check_loss<LossFault::wrong_f64>("loss/values").names("f32 and f64"));
  BOOST_TEST(check_loss<LossFault::changes_predictions>("loss/values").names("changes the predictions"));
  BOOST_TEST(touches_forbidden_memory("loss/values", sdk::loss<Squares<LossFault::beyond_values>>()));
}

BOOST_AUTO_TEST_CASE(denominators_that_do_not_add_up_are_named) {
  BOOST_TEST(check_loss<LossFault::denominator_mean>("loss/denominator").names("add up to"));
  BOOST_TEST(check_loss<LossFault::denominator_negative>("loss/denominator").names("not negative"));
  BOOST_TEST(check_loss<LossFault::denominator_remembers>("loss/denominator").names("two calls"));
  BOOST_TEST(check_loss<LossFault::plain_count>("loss/denominator").names("plain_count = 1"));
}

BOOST_AUTO_TEST_CASE(denominators_without_the_mask_and_of_nothing_are_warned_of) {
  BOOST_TEST(check_loss<LossFault::denominator_unmasked>("loss/denominator").warns("as much where all is masked"));
  BOOST_TEST(check_loss<LossFault::denominator_zero>("loss/denominator").warns("gives 0 where nothing is masked"));
}

BOOST_AUTO_TEST_CASE(losses_that_are_infinite_at_0_or_hide_nan_are_named) {
  const Checked found = check_loss<LossFault::logarithm>("loss/edges");
  BOOST_TEST(found.names("is infinity: expected a finite number"), found.words());
  BOOST_TEST(check_loss<LossFault::hides_nan>("loss/nan").names("where prediction 0 of it is NaN"));
}

BOOST_AUTO_TEST_CASE(losses_that_depend_on_the_batch_or_on_static_memory_are_named) {
  BOOST_TEST(check_loss<LossFault::batch_mean>("loss/slices").names("are not those of the whole batch"));
  BOOST_TEST(check_loss<LossFault::refuses_slices>("loss/slices").names("plan answers TRG_BAD_SHAPE"));
  BOOST_TEST(check_loss<LossFault::static_scratch>("loss/slices").names("at the same time"));
}

}  // namespace teranga::tests
