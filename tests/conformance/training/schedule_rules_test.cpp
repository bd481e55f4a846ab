// SPDX-License-Identifier: Apache-2.0
// Each rule of schedules names schedules that are wrong in one way, and lets the right one pass; options whose lists must fit each other are found.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>

#include <teranga/sdk/training.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

enum class ScheduleFault { none, grows, negative, counts_calls, writes_state, remembers, negative_state, not_finite_state, needs_others, silent };

// Halves the rate after two epochs without a smaller loss. State: best loss, epochs to wait, rate.
template <ScheduleFault F>
struct Waiting {
  static sdk::Info info() { return info_of("waiting"); }
  mutable double calls = 0, best = 0;
  explicit Waiting(const sdk::Options&) {}
  std::int64_t state_count() const { return F == ScheduleFault::negative_state ? -2 : 3; }
  double rate(std::int64_t step, std::int64_t, const double* state) const {
    if (F == ScheduleFault::grows) return std::exp(static_cast<double>(step));
    if (F == ScheduleFault::negative) return 1 - static_cast<double>(step) / 1000;
    if (F == ScheduleFault::counts_calls) return 1 / ++calls;
    if (F == ScheduleFault::writes_state) const_cast<double*>(state)[0] = 1;
    return 0.1 * std::pow(0.5, state[2]);
  }
  void epoch_end(std::int64_t, sdk::Measures measures, double* state) const {
    const sdk::Measure* loss = nullptr;
    for (const sdk::Measure& measure : measures)
      if (measure.name == (F == ScheduleFault::needs_others ? "temperature" : "loss")) loss = &measure;
    if (!loss) throw sdk::OptionError("monitor", F == ScheduleFault::silent ? "" : "the epoch has measured no loss");
    double& known = F == ScheduleFault::remembers ? best : state[0];
    if (F == ScheduleFault::not_finite_state) state[1] = std::log(-1.0);
    else if (known == 0 || loss->value < known) known = loss->value, state[1] = 0;
    else if (++state[1] >= 2) state[2] += 1, state[1] = 0;
  }
};

template <ScheduleFault F>
Checked check_schedule(const char* rule) { return check(rule, sdk::schedule<Waiting<F>>()); }

// Wants one value more than boundaries.
struct Pieces {
  static sdk::Info info() {
    sdk::Info info = info_of("pieces");
    info.options = {sdk::reals("values").says("rates"), sdk::integers("boundaries").says("steps")};
    return info;
  }
  std::vector<double> values;
  std::vector<std::int64_t> boundaries;
  explicit Pieces(const sdk::Options& options) : values(options.reals("values")), boundaries(options.integers("boundaries")) {
    if (values.size() != boundaries.size() + 1) throw sdk::OptionError("values", "expects one value more than boundaries");
  }
  double rate(std::int64_t step, std::int64_t, const double*) const {
    std::size_t i = 0;
    while (i < boundaries.size() && step > boundaries[i]) ++i;
    return values[i];
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(right_schedules_pass_all_rules_of_schedules) {
  for (const char* rule : {"schedule/rate", "schedule/state"}) {
    const Checked found = check_schedule<ScheduleFault::none>(rule), pieces = check(rule, sdk::schedule<Pieces>());
    BOOST_TEST(found.passed(), rule << ": " << found.words());
    BOOST_TEST(pieces.passed(), rule << ": " << pieces.words());
  }
}

BOOST_AUTO_TEST_CASE(rates_that_are_no_rates_or_not_repeated_are_named) {
  BOOST_TEST(check_schedule<ScheduleFault::grows>("schedule/rate").names("the rate is inf"));
  BOOST_TEST(check_schedule<ScheduleFault::negative>("schedule/rate").names("not negative"));
  BOOST_TEST(check_schedule<ScheduleFault::counts_calls>("schedule/rate").names("when it is asked again"));
  BOOST_TEST(check_schedule<ScheduleFault::writes_state>("schedule/rate").names("changes the state"));
}

BOOST_AUTO_TEST_CASE(what_is_not_kept_in_the_state_is_named) {
  BOOST_TEST(check_schedule<ScheduleFault::remembers>("schedule/state").names("made anew from the state"));
  BOOST_TEST(check_schedule<ScheduleFault::negative_state>("schedule/state").names("state_count is -2"));
  BOOST_TEST(check_schedule<ScheduleFault::not_finite_state>("schedule/state").names("not finite"));
  BOOST_TEST(check_schedule<ScheduleFault::needs_others>("schedule/state").names("TRG_BAD_OPTION"));
  BOOST_TEST(check_schedule<ScheduleFault::silent>("schedule/state").names("no text"));
}

}  // namespace teranga::tests
