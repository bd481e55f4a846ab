// SPDX-License-Identifier: Apache-2.0
// Metrics against Keras, in any cut of the samples, and what Keras has no number for.
#include <teranga/sdk/c/training.h>

#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

namespace teranga::tests {
namespace {

const Library& metrics() {
  static const Library library("metrics");
  return library;
}

class MetricUnderTest {
 public:
  MetricUnderTest(const std::string& name, const Settings& settings) : item_(metrics().item("teranga." + name)), given_(item_, settings), calls_(static_cast<const trg_metric_calls*>(item_.calls)) {
    need_ok(calls_->create(given_.native(), &metric_, &error_), error_);
  }
  ~MetricUnderTest() {
    if (plan_) calls_->destroy_plan(plan_);
    calls_->destroy(metric_);
  }
  MetricUnderTest(const MetricUnderTest&) = delete;

  void plan(Tensor& prediction, Tensor& target) {
    const trg_tensor p = prediction.native(false), t = target.native(false);
    trg_compare_request request{};
    request.size = sizeof(request), request.type = prediction.type(), request.prediction_count = request.target_count = 1;
    request.predictions = &p, request.targets = &t;
    answer = {};
    need_ok(calls_->plan(metric_, &request, &answer, &plan_, &error_), error_);
    sums.assign(static_cast<std::size_t>(answer.sum_count), 0.0);
  }

  // Cuts the samples into slices of that many.
  double run(Tensor& prediction, Tensor& target, std::vector<double> weights, std::int64_t slice) {
    plan(prediction, target);
    std::int64_t per_sample = 1;
    for (std::int32_t axis = 1; axis < answer.leading; ++axis) per_sample *= prediction.shape()[static_cast<std::size_t>(axis)];
    const std::int64_t samples = prediction.shape()[0];
    for (std::int64_t first = 0; first < samples; first += slice) {
      const std::int64_t rows = std::min(slice, samples - first);
      const auto part = [&](Tensor& whole, std::vector<std::int64_t>& extents) {
        extents = whole.shape();
        const std::int64_t width = whole.type() == TRG_F32 || whole.type() == TRG_I32 ? 4 : whole.type() == TRG_U8 ? 1 : 8;
        const std::int64_t row = whole.count() / samples;
        extents[0] = rows;
        return trg_tensor{static_cast<char*>(whole.data()) + first * row * width, extents.data(), static_cast<std::int32_t>(extents.size()), whole.type()};
      };
      std::vector<std::int64_t> p_extents, t_extents;
      const trg_tensor p = part(prediction, p_extents), t = part(target, t_extents);
      const trg_metric_call call{sizeof(call), rows, &p, &t, weights.data() + first * per_sample, sums.data()};
      need_ok(calls_->update(plan_, &call, &error_), error_);
    }
    double value = -1;
    need_ok(calls_->value(plan_, sums.data(), &value, &error_), error_);
    calls_->destroy_plan(plan_);
    plan_ = nullptr;
    return value;
  }

  trg_metric_plan answer{};
  std::vector<double> sums;

 private:
  const trg_item& item_;
  Given given_;
  const trg_metric_calls* calls_;
  void* metric_ = nullptr;
  void* plan_ = nullptr;
  trg_error error_{};
};

std::int32_t type_of(const std::string& name) { return name == "i32" ? TRG_I32 : name == "i64" ? TRG_I64 : TRG_F64; }

}  // namespace

BOOST_AUTO_TEST_CASE(every_metric_has_the_value_of_keras_in_any_cut_of_the_samples) {
  int number = 0;
  for (const GoldenCase& golden : golden_cases("metrics.txt")) {
    MetricUnderTest metric(golden.text("metric"), golden.settings);
    const double expected = golden.numbers("value")[0];
    for (const std::int32_t type : {TRG_F32, TRG_F64})
      for (const std::int64_t slice : {1, 4, 1000}) {
        Tensor p(golden.integers("prediction_shape"), type, golden.numbers("prediction"));
        Tensor t(golden.integers("target_shape"), type_of(golden.text("target_type")), golden.numbers("target"));
        const double value = metric.run(p, t, golden.numbers("weights"), slice);
        BOOST_TEST(std::fabs(value - expected) <= 3e-6 * (1 + std::fabs(expected)), "case " << number << " " << golden.text("metric") << " in slices of " << slice << ": " << value << " for " << expected);
      }
    ++number;
  }
}

BOOST_AUTO_TEST_CASE(a_confusion_matrix_counts_labels_by_predictions_and_its_value_is_the_accuracy) {
  MetricUnderTest matrix("confusion_matrix", {});
  Tensor p({4, 3}, TRG_F32, {.7, .2, .1, .1, .8, .1, .6, .3, .1, 0, 0, 1}), t({4}, TRG_U8, {0, 1, 2, 2});
  BOOST_TEST(matrix.run(p, t, {1, 1, 2, 1}, 3) == 0.6);
  BOOST_TEST(matrix.sums == (std::vector<double>{1, 0, 0, 0, 1, 0, 2, 0, 1}), boost::test_tools::per_element());
  Tensor hot({4, 3}, TRG_F32, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1});
  BOOST_TEST(matrix.run(p, hot, {1, 1, 2, 1}, 1) == 0.6);
  Tensor yes({3, 1}, TRG_F32, {.9, .2, .6}), is({3}, TRG_I32, {1, 1, 0});
  BOOST_TEST(matrix.run(yes, is, {1, 1, 1}, 3) == 1.0 / 3);
  BOOST_TEST(matrix.sums == (std::vector<double>{0, 1, 1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(f1_of_class_numbers_is_f1_of_their_one_hot_form) {
  MetricUnderTest f1("f1", {{"average", std::string("weighted")}});
  Tensor p({4, 3}, TRG_F32, {.7, .2, .1, .1, .8, .1, .6, .3, .1, 0, 0, 1}), t({4}, TRG_I32, {0, 1, 2, 2}), hot({4, 3}, TRG_F32, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1});
  const std::vector<double> ones(4, 1.0);
  BOOST_TEST(f1.run(p, t, ones, 2) == f1.run(p, hot, ones, 4));
}

BOOST_AUTO_TEST_CASE(nothing_seen_and_masked_samples_count_as_nothing) {
  for (const char* name : {"binary_accuracy", "mse", "precision", "recall", "auc", "r2_score", "f1_score"}) {
    MetricUnderTest metric(name, {});
    Tensor p({2, 1}, TRG_F32, {.7, .2}), t({2, 1}, TRG_F32, {1, 0});
    BOOST_TEST(metric.run(p, t, {0, 0}, 2) == 0, name);
  }
}

// By hand: targets M + {0, 1, 2, 3} have the spread 5; residuals of 1 each make 1 - 4 / 5, whatever M is.
BOOST_AUTO_TEST_CASE(r2_of_targets_far_from_zero_loses_no_digits) {
  for (const double far : {0.0, 1e3, 16777216.0, 1e9, -3e14})
    for (const std::int64_t slice : {1, 3, 1000}) {
      Tensor t({8, 1}, TRG_F64), p({8, 1}, TRG_F64);
      std::vector<double> weights;
      for (std::int64_t i = 0; i < 8; ++i) t.set(i, far + static_cast<double>(i % 4)), p.set(i, far + static_cast<double>(i % 4) + (i % 2 ? 1 : -1)), weights.push_back(i < 4 ? 0.7 : 0.1);
      MetricUnderTest r2("r2_score", {});
      BOOST_TEST(std::fabs(r2.run(p, t, weights, slice) - 0.2) < 1e-12, far << " in slices of " << slice);
    }
}

BOOST_AUTO_TEST_CASE(r2_of_a_constant_target_is_zero_and_one_where_nothing_is_left) {
  for (const double value : {0.0, 0.1, 1.0 / 3, 1e7 / 3, -12345.678})
    for (const char* how : {"uniform_average", "variance_weighted_average"}) {
      Tensor t({1000, 1}, TRG_F64), off({1000, 1}, TRG_F64);
      std::vector<double> weights;
      for (std::int64_t i = 0; i < 1000; ++i) t.set(i, value), off.set(i, value + 1), weights.push_back(0.1 + 0.001 * static_cast<double>(i));
      MetricUnderTest r2("r2_score", {{"class_aggregation", std::string(how)}});
      BOOST_TEST(r2.run(off, t, weights, 7) == 0, value << " " << how);
      BOOST_TEST(r2.run(t, t, weights, 7) == 1, value << " " << how);
    }
}

// Logits of 8 steps that tell 1, 1, blank, 1, 2 (masked), 2, 0, 0: the text 1 1 2; and of three that tell nothing.
BOOST_AUTO_TEST_CASE(letter_error_rate_counts_letters_that_are_wrong_for_each_true_one) {
  Tensor told({2, 8, 3}, TRG_F32), text({2, 4}, TRG_I32, {1, 2, 2, 0, 2, 0, 0, 0});
  const std::int64_t path[] = {1, 1, 0, 1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (std::int64_t i = 0; i < 16; ++i) told.set(i * 3 + path[i], 5);
  std::vector<double> weights(16, 1.0);
  weights[4] = 0;
  for (const char* strategy : {"greedy", "beam_search"})
    for (const std::int64_t slice : {1, 2}) {
      MetricUnderTest rate("letter_error_rate", {{"strategy", std::string(strategy)}});
      BOOST_TEST(rate.run(told, text, weights, slice) == (1.0 + 1.0) / 4, strategy);  // 1 1 2 for 1 2 2, nothing for 2
    }
  std::vector<double> of_one(16, 0.0);
  for (std::size_t i = 0; i < 8; ++i) of_one[i] = 0.5;
  MetricUnderTest rate("letter_error_rate", {});
  BOOST_TEST(rate.run(told, text, of_one, 2) == 1.0 / 3);
  Tensor all({1, 8, 3}, TRG_F32), wrong({1, 3}, TRG_F32);
  BOOST_CHECK_EXCEPTION(rate.plan(wrong, text), Refused, [](const Refused& r) { return r.record.code == TRG_BAD_SHAPE; });
}

BOOST_AUTO_TEST_CASE(labels_shapes_and_columns_that_do_not_fit_are_refused) {
  const std::vector<double> ones(4, 1.0);
  Tensor p({2, 3}, TRG_F32), wrong({2}, TRG_I32, {0, 3}), two({2, 2}, TRG_F32), three({2, 3}, TRG_F32);
  MetricUnderTest matrix("confusion_matrix", {}), accuracy("sparse_categorical_accuracy", {}), column("precision", {{"class_id", std::int64_t{3}}});
  BOOST_CHECK_EXCEPTION(matrix.run(p, wrong, ones, 2), Refused, [](const Refused& r) { return r.record.code == TRG_BAD_DATA && r.record.sample == 1; });
  BOOST_CHECK_EXCEPTION(accuracy.plan(p, two), Refused, [](const Refused& r) { return r.record.code == TRG_BAD_SHAPE; });
  BOOST_CHECK_EXCEPTION(column.plan(p, three), Refused, [](const Refused& r) { return r.record.code == TRG_BAD_OPTION && std::string(r.record.where) == "class_id"; });
}

}  // namespace teranga::tests
