// SPDX-License-Identifier: Apache-2.0
// Rules of schedules: rates that are finite and follow from step, epoch and state alone, and a state that holds all that a schedule remembers.
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include <teranga/sdk/c/training.h>

#include <fmt/format.h>

#include "held.hpp"
#include "trial_tensor.hpp"

namespace teranga::conformance {
namespace {

using HeldSchedule = Held<trg_schedule_calls>;

constexpr std::int64_t most_state = std::int64_t{1} << 20, steps_per_epoch = 100;

std::int64_t state_count(const HeldSchedule& schedule) {
  const Call running("state_count");
  return schedule.calls().state_count(schedule.self());
}

// A schedule and its state, between forbidden pages.
class ScheduleTrial {
 public:
  explicit ScheduleTrial(const HeldSchedule& schedule, std::int64_t count) : state({count}, TRG_F64), schedule_(schedule) {}

  Answer rate(std::int64_t step, std::int64_t epoch, double& rate) const {
    return answer_of("rate", [&](trg_error* error) { return schedule_.calls().rate(schedule_.self(), step, epoch, static_cast<const double*>(state.data()), &rate, error); });
  }
  double rate(std::int64_t step, std::int64_t epoch) const {
    double found = std::nan("");
    return rate(step, epoch, found).ok() ? found : std::nan("");
  }
  bool hears() const noexcept { return schedule_.calls().epoch_end != nullptr; }
  // Measures that are further apart than a trg_measure is long, as those of a later border are.
  Answer epoch_end(std::int64_t epoch, const std::vector<std::pair<std::string, double>>& numbers) {
    struct Longer {
      trg_measure measure;
      double more;
    };
    std::vector<Longer> measures;
    for (const auto& [name, value] : numbers) measures.push_back({{sizeof(Longer), name.c_str(), value, name.find("accuracy") != std::string::npos ? 1 : name.find("loss") != std::string::npos ? -1 : 0, 0}, 7});
    return answer_of("epoch_end", [&](trg_error* error) {
      return schedule_.calls().epoch_end(schedule_.self(), epoch, measures.empty() ? nullptr : &measures[0].measure, measures.size(), sizeof(Longer), static_cast<double*>(state.data()), error);
    });
  }

  TrialTensor state;

 private:
  const HeldSchedule& schedule_;
};

// Runs the body for options that the schedule takes and a sane state, until it has reported something.
void for_each_schedule(const Subject& subject, Findings& findings, const std::function<void(const HeldSchedule&, const OptionTrial&, std::int64_t count, bool usual)>& body) {
  const auto& calls = subject.calls<trg_schedule_calls>();
  if (!calls.rate || !calls.state_count) return findings.not_applicable("rate or state_count is null");
  Budget budget(findings);
  bool usual = true;
  for (const OptionTrial& options : accepted_trials<trg_schedule_calls>(subject, findings)) {
    if (budget.spent()) return;
    const HeldSchedule schedule(subject, options.options);
    Call::set_place(options.words);
    body(schedule, options, state_count(schedule), std::exchange(usual, false));
    if (findings.errors() > 0) return;
  }
}

// What an epoch measures: the usual numbers, and what the schedule asks for by an option `monitor`.
std::vector<std::pair<std::string, double>> usual_measures(const OptionTrial& options, double value) {
  std::vector<std::pair<std::string, double>> out = {{"loss", value}, {"accuracy", 1 / (1 + value)}, {"val_loss", value + 0.1}, {"val_accuracy", 1 / (1.1 + value)}, {"learning_rate", 0.01}, {"seconds", 3}};
  const Value* const monitor = find_option(options.options, "monitor");
  if (monitor && monitor->is<std::string>() && std::ranges::find(out, monitor->as<std::string>(), [](const auto& one) { return one.first; }) == out.end()) out.emplace_back(monitor->as<std::string>(), value);
  return out;
}

std::vector<std::int64_t> sampled_steps(int level) {
  std::vector<std::int64_t> steps = {0, 1, 2, 3, 9, 10, 99, 100, 101, 999, 1000, 12345, 99999, 100000, 999999, 1000000};
  for (std::int64_t step = 0; level == full && step < 1000000; step += 977) steps.push_back(step);
  if (level == full) steps.push_back(2000000000);
  return steps;
}

void check_rates(const HeldSchedule& schedule, const OptionTrial& options, std::int64_t count, bool usual, const Subject& subject, Findings& findings) {
  const ScheduleTrial trial(schedule, count);
  const HeldSchedule second(subject, options.options);
  const ScheduleTrial twin(second, count);
  const std::vector<std::byte> before = trial.state.bits();
  std::vector<double> rates;
  const std::vector<std::int64_t> steps = sampled_steps(subject.level);
  for (const std::int64_t step : steps) {
    const std::int64_t epoch = step / steps_per_epoch + 1;
    const std::string where = joined({"rate", options.words, fmt::format("step {}, epoch {}", step, epoch)});
    double rate = std::nan("");
    const Answer answer = trial.rate(step, epoch, rate);
    if (!answer.ok()) return findings.error(fmt::format("it answers {}", answer.words()), where, "give a rate for every step; refuse options in create");
    if (std::isinf(rate) && !usual) return;  // growth that such options ask for
    if (!std::isfinite(rate) || rate < 0) return findings.error(fmt::format("the rate is {}: expected a finite number that is not negative", rate), where, "bound the formula where it divides, and end it at 0 or a least rate");
    if (trial.state.bits() != before || trial.state.array().damaged()) return findings.error("it changes the state", where, "let rate read the state only; epoch_end changes it");
    rates.push_back(rate);
  }
  // Backwards, and by another instance: nothing is remembered.
  for (std::size_t i = steps.size(); i-- > 0;) {
    const std::int64_t epoch = steps[i] / steps_per_epoch + 1;
    const double again = trial.rate(steps[i], epoch), other = twin.rate(steps[i], epoch);
    if (again != rates[i] || other != rates[i])
      return findings.error(fmt::format("the rate is {:.17g} at first, and {:.17g} {}", rates[i], again != rates[i] ? again : other, again != rates[i] ? "when it is asked again" : "of a second instance with the same options"),
                            joined({"rate", options.words, fmt::format("step {}, epoch {}", steps[i], epoch)}), "let the rate follow from step, epoch and state alone: a training that is resumed asks anew");
  }
}

void schedule_rate(const Subject& subject, Findings& findings) {
  for_each_schedule(subject, findings, [&](const HeldSchedule& schedule, const OptionTrial& options, std::int64_t count, bool usual) {
    if (count < 0 || count > most_state) return findings.not_applicable("its state makes no sense: see schedule/state");
    check_rates(schedule, options, count, usual, subject, findings);
  });
}

// A falling, a standing and a rising loss: a schedule that waits for something meets it.
double measured(std::int64_t epoch) { return epoch < 5 ? 2.0 / static_cast<double>(epoch) : epoch < 20 ? 0.5 : 0.5 + 0.01 * static_cast<double>(epoch); }

// Epochs one after the other. Every few of them, a new instance goes on with the state alone, as after a restart, and must give the same.
void check_epochs(const HeldSchedule& schedule, const OptionTrial& options, std::int64_t count, const Subject& subject, Findings& findings) {
  ScheduleTrial through(schedule, count);
  std::optional<HeldSchedule> resumed;
  std::optional<ScheduleTrial> other;
  for (std::int64_t epoch = 1; epoch <= 30; ++epoch) {
    const std::string where = joined({"epoch_end", options.words, fmt::format("epoch {}", epoch)});
    const auto measures = usual_measures(options, measured(epoch));
    other.reset();
    resumed.emplace(subject, options.options);
    other.emplace(*resumed, count);
    for (std::int64_t i = 0; i < count; ++i) other->state.set(i, through.state.get(i));
    const Answer answer = through.epoch_end(epoch, measures), again = other->epoch_end(epoch, measures);
    if (!answer.ok()) return findings.error(fmt::format("it answers {} for loss, val_loss, accuracy, val_accuracy and its option monitor", answer.words()), where, "take the measures that it needs and leave the others");
    if (through.state.array().damaged()) return findings.error("it writes beside the state", where, "write state_count doubles only");
    if (!again.ok() || !through.state.same_bits(other->state))
      return findings.error("an instance that is made anew from the state goes on otherwise", where, "keep all that a schedule remembers in its state, which checkpoints hold; nothing in the instance, and nothing static");
    for (const double number : through.state.values())
      if (!std::isfinite(number)) return findings.error("a number of the state is not finite", where, "keep finite numbers: a checkpoint holds them");
    for (const std::int64_t step : {std::int64_t{0}, epoch * steps_per_epoch}) {
      const double one = through.rate(step, epoch + 1), two = other->rate(step, epoch + 1);
      if (!std::isfinite(one) || one < 0) return findings.error(fmt::format("after this epoch the rate of step {} is {}", step, one), where, "give finite rates that are not negative");
      if (one != two) return findings.error(fmt::format("after this epoch the rate of step {} is {:.17g}, and {:.17g} of an instance that is made anew from the state", step, one, two), where, "keep all that a schedule remembers in its state, which checkpoints hold");
    }
  }
}

// No measures, or none that it knows: an error with words, or the state as it was.
void check_missing(const HeldSchedule& schedule, const OptionTrial& options, std::int64_t count, Findings& findings) {
  for (const auto& [words, measures] : {std::pair{"no measures", std::vector<std::pair<std::string, double>>{}}, {"a measure \"seconds\" alone", {{"seconds", 3}}}}) {
    ScheduleTrial trial(schedule, count);
    const Answer answer = trial.epoch_end(1, measures);
    const std::string where = joined({"epoch_end", options.words, words});
    if (const std::string fault = answer.fault(); !fault.empty()) return findings.error(fmt::format("it refuses, but {}", fault), where, "say in the error record which measure is missing, and what there is");
    const double rate = trial.rate(0, 2);
    if (answer.ok() && !std::isfinite(rate)) return findings.error(fmt::format("afterwards the rate is {}", rate), where, "leave the state as it is where a measure is missing, or refuse");
  }
}

void schedule_state(const Subject& subject, Findings& findings) {
  for_each_schedule(subject, findings, [&](const HeldSchedule& schedule, const OptionTrial& options, std::int64_t count, bool) {
    const std::string where = joined({"state_count", options.words});
    if (count < 0 || count > most_state) return findings.error(fmt::format("state_count is {}: expected 0 to {}", count, most_state), where, "give the number of doubles that the schedule remembers");
    const HeldSchedule second(subject, options.options);
    if (state_count(schedule) != count || state_count(second) != count) return findings.error("state_count is another number when it is asked again", where, "let it depend on the options alone; a checkpoint is read back by it");
    if (!schedule.calls().epoch_end) {
      if (count > 0) findings.warning(fmt::format("it has {} numbers of state, and no epoch_end that could change them", count), where, "leave state_count 0, or write epoch_end");
      return;
    }
    check_epochs(schedule, options, count, subject, findings);
    if (findings.errors() == 0) check_missing(schedule, options, count, findings);
  });
}

}  // namespace

std::vector<Rule> schedule_rules() {
  const std::vector<std::int32_t> schedules = {TRG_SCHEDULE};
  return {{"schedule/rate", "rates of steps 0 to 1,000,000 are finite, not negative, and follow from step, epoch and state alone", quick, schedules, schedule_rate},
          {"schedule/state", "the state is all that it remembers, and measures may be missing", quick, schedules, schedule_state}};
}

}  // namespace teranga::conformance
