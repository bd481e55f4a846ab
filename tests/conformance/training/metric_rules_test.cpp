// SPDX-License-Identifier: Apache-2.0
// Each rule of metrics names metrics that are wrong in one way, and lets the right one pass.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include <teranga/sdk/training.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

enum class MetricFault { none, overwrites, mean_of_slices, remembers, sum_count, leading, direction, reversed, beyond_sums, infinite, changes_sums, no_value, changes_targets, static_scratch, fails_when_empty };

template <MetricFault F>
struct MeanError {
  static sdk::Info info() { return info_of("mean_error"); }
  explicit MeanError(const sdk::Options&) {}
  std::int64_t plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    if (c.prediction() != c.target()) throw sdk::ShapeError("mean_error expects a target of the output's shape");
    answer.sum_count = F == MetricFault::sum_count ? -1 : 2;
    answer.leading = F == MetricFault::leading ? 0 : 1;
    answer.direction = F == MetricFault::direction ? 5 : F == MetricFault::reversed ? 1 : -1;
    std::int64_t row = 1;
    for (std::int32_t axis = 1; axis < c.prediction().rank(); ++axis) row *= c.prediction()[axis];
    return row;
  }
  void update(const sdk::MetricSlice& s, std::int64_t row) const {
    double total = 0, weight = 0;
    static double calls = 0;
    static volatile double shared = 0;
    shared = 0;
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      double error = 0;
      for (std::int64_t i = n * row; i < (n + 1) * row; ++i) error += std::fabs(s.prediction()[i] - s.target()[i]);
      total += s.weights()[n] * error, weight += s.weights()[n];
      shared = shared + s.weights()[n] * error;
    }
    if (F == MetricFault::static_scratch) total = shared;
    if (F == MetricFault::mean_of_slices) total /= weight > 0 ? weight : 1, weight = 1;
    if (F == MetricFault::remembers) total += ++calls;
    if (F == MetricFault::overwrites) s.sums()[0] = total, s.sums()[1] = weight;
    else s.sums()[0] += total, s.sums()[1] += weight;
    if (F == MetricFault::beyond_sums) s.sums()[2] += weight;
    if (F == MetricFault::changes_targets) *static_cast<unsigned char*>(s.call.targets[0].data) = 77;
  }
  double value(const double* sums, const std::int64_t&) const {
    if (F == MetricFault::infinite) return sums[1] == 0 ? std::numeric_limits<double>::infinity() : sums[0] / sums[1];
    if (F == MetricFault::changes_sums) const_cast<double*>(sums)[0] = 3;
    if (F == MetricFault::no_value) return std::nan("");
    if (F == MetricFault::fails_when_empty && sums[1] == 0) throw sdk::Error(TRG_FAILED, "nothing was seen");
    return sums[1] > 0 ? sums[0] / sums[1] : std::nan("");
  }
};

template <MetricFault F>
Checked check_metric(const char* rule) { return check(rule, sdk::metric<MeanError<F>>()); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_right_metric_passes_all_rules_of_metrics) {
  for (const char* rule : {"metric/sums", "metric/value"}) {
    const Checked found = check_metric<MetricFault::none>(rule);
    BOOST_TEST(found.passed(), rule << ": " << found.words());
  }
}

BOOST_AUTO_TEST_CASE(sums_that_do_not_add_up_are_named) {
  BOOST_TEST(check_metric<MetricFault::overwrites>("metric/sums").names("and grew by"));
  BOOST_TEST(check_metric<MetricFault::mean_of_slices>("metric/sums").names("after slices of"));
  BOOST_TEST(check_metric<MetricFault::remembers>("metric/sums").names("two calls"));
  BOOST_TEST(check_metric<MetricFault::sum_count>("metric/sums").names("sum_count = -1"));
  BOOST_TEST(check_metric<MetricFault::leading>("metric/sums").names("leading = 0"));
  BOOST_TEST(check_metric<MetricFault::direction>("metric/sums").names("direction = 5"));
  BOOST_TEST(check_metric<MetricFault::changes_targets>("metric/sums").names("changes the targets"));
  BOOST_TEST(check_metric<MetricFault::static_scratch>("metric/sums").names("at the same time"));
  BOOST_TEST(touches_forbidden_memory("metric/sums", sdk::metric<MeanError<MetricFault::beyond_sums>>()));
}

BOOST_AUTO_TEST_CASE(values_that_are_no_numbers_are_named_and_a_reversed_direction_is_warned_of) {
  BOOST_TEST(check_metric<MetricFault::infinite>("metric/value").names("the value is inf"));
  BOOST_TEST(check_metric<MetricFault::no_value>("metric/value").names("the value is nan"));
  BOOST_TEST(check_metric<MetricFault::changes_sums>("metric/value").names("changes the sums"));
  BOOST_TEST(check_metric<MetricFault::fails_when_empty>("metric/value").names("nothing was seen"));
  const Checked reversed = check_metric<MetricFault::reversed>("metric/value");
  BOOST_TEST_REQUIRE(!reversed.findings.empty());
  BOOST_TEST((reversed.findings[0].severity == Severity::warning && reversed.findings[0].text.find("larger is better") != std::string::npos));
}

}  // namespace teranga::tests
