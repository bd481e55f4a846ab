// SPDX-License-Identifier: Apache-2.0
// Schedules against Keras over steps and epochs, their state over a restart, and options that do not go together.
#include <teranga/sdk/c/training.h>

#include <boost/test/unit_test.hpp>

#include <plugins/golden_cases.hpp>

namespace teranga::tests {
namespace {

const Library& schedules() {
  static const Library library("schedules");
  return library;
}

class ScheduleUnderTest {
 public:
  ScheduleUnderTest(const std::string& name, const Settings& settings)
      : item_(schedules().item("teranga." + name)), given_(item_, settings), calls_(static_cast<const trg_schedule_calls*>(item_.calls)) {
    trg_error error{};
    need_ok(calls_->create(given_.native(), &schedule_, &error), error);
    state.assign(static_cast<std::size_t>(calls_->state_count(schedule_)), 0.0);
  }
  ~ScheduleUnderTest() { calls_->destroy(schedule_); }
  ScheduleUnderTest(const ScheduleUnderTest&) = delete;

  double rate(std::int64_t step, std::int64_t epoch = 1) const {
    double rate = -1;
    trg_error error{};
    need_ok(calls_->rate(schedule_, step, epoch, state.data(), &rate, &error), error);
    return rate;
  }
  // As a host of a later border tells it, whose measures are longer.
  void epoch_end(std::int64_t epoch, const std::string& metric, double value, std::int32_t direction = -1) {
    struct Longer {
      trg_measure measure;
      double more;
    };
    const Longer measures[] = {{{sizeof(trg_measure), "seconds", 3, 0, 0}, 7}, {{sizeof(trg_measure), metric.c_str(), value, direction, 0}, 7}};
    trg_error error{};
    need_ok(calls_->epoch_end(schedule_, epoch, &measures[0].measure, 2, sizeof(Longer), state.data(), &error), error);
  }

  std::vector<double> state;

 private:
  const trg_item& item_;
  Given given_;
  const trg_schedule_calls* calls_;
  void* schedule_ = nullptr;
};

void over_steps(const GoldenCase& golden) {
  const ScheduleUnderTest schedule(golden.text("schedule"), golden.settings);
  const std::vector<double> steps = golden.numbers("steps"), rates = golden.numbers("rates");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double rate = schedule.rate(static_cast<std::int64_t>(steps[i]));
    BOOST_TEST(std::fabs(rate - rates[i]) <= 1e-6 * std::fabs(rates[i]) + 1e-9, "step " << steps[i] << ": " << rate << " for " << rates[i]);
  }
}

// Each epoch is seen by a schedule made anew, given the state alone: that is what a restart does.
void over_epochs(const GoldenCase& golden) {
  const std::vector<double> values = golden.numbers("values"), rates = golden.numbers("rates");
  std::vector<double> kept;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ScheduleUnderTest schedule(golden.text("schedule"), golden.settings);
    if (!kept.empty()) schedule.state = kept;
    schedule.epoch_end(static_cast<std::int64_t>(i) + 1, golden.text("metric"), values[i]);
    kept = schedule.state;
    BOOST_TEST(std::fabs(schedule.rate(0) - rates[i]) <= 1e-6 * rates[i], "epoch " << i + 1 << ": " << schedule.rate(0) << " for " << rates[i]);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_schedule_of_keras_gives_its_rates) {
  int number = 0;
  for (const GoldenCase& golden : golden_cases("schedules.txt"))
    BOOST_TEST_CONTEXT("case " << number++ << " " << golden.text("schedule")) { golden.has("steps") ? over_steps(golden) : over_epochs(golden); }
}

BOOST_AUTO_TEST_CASE(step_decay_drops_after_whole_epochs_and_constant_never) {
  const ScheduleUnderTest drops("step_decay", {{"initial_learning_rate", 0.8}, {"drop", 0.25}, {"epochs_drop", std::int64_t{3}}});
  BOOST_TEST(drops.rate(0, 1) == 0.8);
  BOOST_TEST(drops.rate(500, 3) == 0.8);
  BOOST_TEST(drops.rate(501, 4) == 0.2);
  BOOST_TEST(drops.rate(900, 7) == 0.05);
  const ScheduleUnderTest constant("constant", {{"learning_rate", 0.3}});
  BOOST_TEST(constant.rate(100000, 99) == 0.3);
}

BOOST_AUTO_TEST_CASE(a_plateau_starts_at_the_initial_rate_and_names_a_metric_that_is_not_there) {
  ScheduleUnderTest plateau("reduce_on_plateau", {{"initial_learning_rate", 0.5}});
  BOOST_TEST(plateau.rate(0) == 0.5);
  BOOST_CHECK_EXCEPTION(plateau.epoch_end(1, "loss", 1.0), Refused, [](const Refused& r) {
    return r.record.code == TRG_BAD_OPTION && std::string(r.record.text).find("has only: seconds, loss") != std::string::npos;
  });
}

// Not by its name: what holds "acc" may be a loss.
BOOST_AUTO_TEST_CASE(a_plateau_takes_the_direction_that_the_number_has) {
  for (const auto& [name, direction] : {std::pair{"account_loss", -1}, {"val_accuracy", 1}, {"error_rate", -1}, {"quality", 1}})
    for (const bool rises : {false, true}) {
      ScheduleUnderTest plateau("reduce_on_plateau", {{"initial_learning_rate", 0.5}, {"monitor", std::string(name)}, {"patience", std::int64_t{1}}, {"factor", 0.5}});
      for (std::int64_t epoch = 1; epoch <= 3; ++epoch) plateau.epoch_end(epoch, name, static_cast<double>(rises ? epoch : -epoch), direction);
      BOOST_TEST(plateau.rate(0) == (rises == (direction > 0) ? 0.5 : 0.125), name << (rises ? " rises" : " falls"));
    }
}

BOOST_AUTO_TEST_CASE(a_plateau_that_is_not_told_a_direction_asks_for_one) {
  const auto asks = [](const Refused& r) { return std::string(r.record.where) == "mode" && std::string(r.record.text).find("mode says it") != std::string::npos; };
  ScheduleUnderTest plateau("reduce_on_plateau", {{"initial_learning_rate", 0.5}});
  BOOST_CHECK_EXCEPTION(plateau.epoch_end(1, "val_loss", 1.0, 0), Refused, asks);
  ScheduleUnderTest told("reduce_on_plateau", {{"initial_learning_rate", 0.5}, {"mode", std::string("max")}, {"patience", std::int64_t{1}}, {"factor", 0.5}});
  told.epoch_end(1, "val_loss", 1.0, 0);
  told.epoch_end(2, "val_loss", 2.0, 0);
  BOOST_TEST(told.rate(0) == 0.5);
  told.epoch_end(3, "val_loss", 1.0, 0);
  BOOST_TEST(told.rate(0) == 0.25);
}

BOOST_AUTO_TEST_CASE(rates_begin_and_end_exactly_where_they_should_also_at_zero) {
  using Whole = std::int64_t;
  const ScheduleUnderTest cosine("cosine_decay", {{"initial_learning_rate", 0.1}, {"decay_steps", Whole{4}}});
  BOOST_TEST(cosine.rate(0) == 0.1);
  BOOST_TEST(cosine.rate(2) == 0.05);
  for (const Whole step : {4, 5, 1000000}) BOOST_TEST(cosine.rate(step) == 0);
  const ScheduleUnderTest risen("cosine_decay", {{"initial_learning_rate", 0.0}, {"decay_steps", Whole{4}}, {"warmup_target", 0.1}, {"warmup_steps", Whole{2}}});
  BOOST_TEST(risen.rate(0) == 0);
  BOOST_TEST(risen.rate(1) == 0.05);
  BOOST_TEST(risen.rate(2) == 0.1);
  BOOST_TEST(risen.rate(6) == 0);
  BOOST_TEST(risen.rate(7) == 0);
  const ScheduleUnderTest restarts("cosine_decay_restarts", {{"initial_learning_rate", 0.1}, {"first_decay_steps", Whole{3}}, {"t_mul", 2.0}, {"m_mul", 0.0}});
  BOOST_TEST(restarts.rate(0) == 0.1);
  for (const Whole step : {3, 4, 1000}) BOOST_TEST(restarts.rate(step) == 0);
  for (const double power : {0.5, 1.0, 2.0}) {
    const ScheduleUnderTest polynomial("polynomial_decay", {{"initial_learning_rate", 0.1}, {"decay_steps", Whole{7}}, {"end_learning_rate", 0.0}, {"power", power}});
    BOOST_TEST(polynomial.rate(0) == 0.1);
    for (const Whole step : {7, 8, 1000}) BOOST_TEST(polynomial.rate(step) == 0);
    const ScheduleUnderTest again("polynomial_decay", {{"initial_learning_rate", 0.1}, {"decay_steps", Whole{7}}, {"end_learning_rate", 0.0}, {"power", power}, {"cycle", true}});
    BOOST_TEST(again.rate(0) == 0.1);
    for (const Whole step : {7, 14, 21}) BOOST_TEST(again.rate(step) == 0);
    BOOST_TEST(again.rate(8) > 0);
  }
  for (const bool jumps : {false, true}) {
    const ScheduleUnderTest gone("exponential_decay", {{"initial_learning_rate", 0.1}, {"decay_steps", Whole{1}}, {"decay_rate", 0.0}, {"staircase", jumps}});
    BOOST_TEST(gone.rate(0) == 0.1);
    BOOST_TEST(gone.rate(1) == 0);
    const ScheduleUnderTest falls("inverse_time_decay", {{"initial_learning_rate", 0.1}, {"decay_steps", Whole{4}}, {"decay_rate", 1.0}, {"staircase", jumps}});
    BOOST_TEST(falls.rate(0) == 0.1);
    BOOST_TEST(falls.rate(4) == 0.05);
  }
  const ScheduleUnderTest none("step_decay", {{"initial_learning_rate", 0.0}});
  BOOST_TEST(none.rate(0, 1) == 0);
  BOOST_TEST(none.rate(0, 1000) == 0);
}

BOOST_AUTO_TEST_CASE(pieces_need_rising_boundaries_and_one_value_more) {
  using List = std::vector<double>;
  const auto make = [](List boundaries, List values) { ScheduleUnderTest made("piecewise_constant_decay", {{"boundaries", boundaries}, {"values", values}}); };
  BOOST_CHECK_EXCEPTION(make({10, 20}, {1, 2}), Refused, [](const Refused& r) { return std::string(r.record.where) == "values"; });
  BOOST_CHECK_EXCEPTION(make({20, 10}, {1, 2, 3}), Refused, [](const Refused& r) { return std::string(r.record.where) == "boundaries"; });
}

}  // namespace teranga::tests
