// SPDX-License-Identifier: Apache-2.0
// Learning rates that are a function of the step or epoch alone: constant, stepwise, exponential, polynomial and by inverse time. `step` counts finished
// updates, 0 first.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <teranga/sdk/training.hpp>

namespace teranga::schedules {

inline sdk::OptionSpec initial_rate() { return sdk::real("initial_learning_rate").at_least(0).says("the learning rate of the first step"); }
inline sdk::OptionSpec decay_steps() { return sdk::integer("decay_steps").at_least(1).says("steps over which the rate decays"); }
inline sdk::OptionSpec staircase() { return sdk::boolean("staircase", false).says("decay in jumps, after every decay_steps steps"); }

// step / steps, cut to whole numbers for a staircase.
inline double periods(std::int64_t step, double steps, bool whole) {
  const double p = static_cast<double>(step) / steps;
  return whole ? std::floor(p) : p;
}

struct Constant {
  static sdk::Info info() {
    return {.name = "teranga.constant", .summary = "One learning rate for all steps", .formula = "rate = learning_rate", .source = "a plain number in Keras",
            .options = {sdk::real("learning_rate", 0.01).at_least(0).says("the learning rate")}};
  }
  double value;
  explicit Constant(const sdk::Options& options) : value(options.real("learning_rate")) {}
  double rate(std::int64_t, std::int64_t, const double*) const { return value; }
};

struct ExponentialDecay {
  static sdk::Info info() {
    return {.name = "teranga.exponential_decay", .summary = "A constant factor for equal numbers of steps", .formula = "rate = initial decay_rate^(step / decay_steps)",
            .source = "keras.optimizers.schedules.ExponentialDecay",
            .options = {initial_rate(), decay_steps(), sdk::real("decay_rate").at_least(0).says("factor after decay_steps steps"), staircase()}};
  }
  double initial, steps, factor;
  bool whole;
  explicit ExponentialDecay(const sdk::Options& options)
      : initial(options.real("initial_learning_rate")), steps(options.real("decay_steps")), factor(options.real("decay_rate")), whole(options.boolean("staircase")) {}
  double rate(std::int64_t step, std::int64_t, const double*) const { return initial * std::pow(factor, periods(step, steps, whole)); }
};

struct InverseTimeDecay {
  static sdk::Info info() {
    return {.name = "teranga.inverse_time_decay", .summary = "Falls like one over the time", .formula = "rate = initial / (1 + decay_rate step / decay_steps)",
            .source = "keras.optimizers.schedules.InverseTimeDecay",
            .options = {initial_rate(), decay_steps(), sdk::real("decay_rate").at_least(0).says("how fast the rate falls"), staircase()}};
  }
  double initial, steps, factor;
  bool whole;
  explicit InverseTimeDecay(const sdk::Options& options)
      : initial(options.real("initial_learning_rate")), steps(options.real("decay_steps")), factor(options.real("decay_rate")), whole(options.boolean("staircase")) {}
  double rate(std::int64_t step, std::int64_t, const double*) const { return initial / (1 + factor * periods(step, steps, whole)); }
};

struct PolynomialDecay {
  static sdk::Info info() {
    return {.name = "teranga.polynomial_decay", .summary = "From the initial rate to the end rate along a power of the time left",
            .formula = "rate = (initial - end)(1 - step / decay_steps)^power + end", .source = "keras.optimizers.schedules.PolynomialDecay",
            .options = {initial_rate(), decay_steps(), sdk::real("end_learning_rate", 0.0001).at_least(0).says("the rate after decay_steps steps"),
                        sdk::real("power", 1.0).above(0).says("1: a straight line"),
                        sdk::boolean("cycle", false).says("start again, over the next multiple of decay_steps, instead of staying at the end rate")}};
  }
  double initial, steps, end, power;
  bool cycle;
  explicit PolynomialDecay(const sdk::Options& options)
      : initial(options.real("initial_learning_rate")), steps(options.real("decay_steps")), end(options.real("end_learning_rate")), power(options.real("power")),
        cycle(options.boolean("cycle")) {}
  double rate(std::int64_t step, std::int64_t, const double*) const {
    double now = static_cast<double>(step), span = steps;
    if (cycle) span *= step == 0 ? 1.0 : std::ceil(now / steps);
    else now = std::min(now, steps);
    return (initial - end) * std::pow(1 - now / span, power) + end;
  }
};

struct PiecewiseConstantDecay {
  static sdk::Info info() {
    return {.name = "teranga.piecewise_constant_decay", .summary = "One rate up to each boundary, another after it",
            .formula = "rate = values[i], i the first with step <= boundaries[i], else the last", .source = "keras.optimizers.schedules.PiecewiseConstantDecay",
            .options = {sdk::integers("boundaries").items(1, 1000000).says("the last step of each piece, rising"), sdk::reals("values").items(2, 1000001).says("the rate of each piece, one more than boundaries")}};
  }
  std::vector<std::int64_t> boundaries;
  std::vector<double> values;
  explicit PiecewiseConstantDecay(const sdk::Options& options) : boundaries(options.integers("boundaries")), values(options.reals("values")) {
    if (values.size() != boundaries.size() + 1)
      throw sdk::OptionError("values", "piecewise_constant_decay expects one value more than boundaries, found " + std::to_string(boundaries.size()) + " boundaries and " + std::to_string(values.size()) + " values");
    for (std::size_t i = 1; i < boundaries.size(); ++i)
      if (boundaries[i] <= boundaries[i - 1])
        throw sdk::OptionError("boundaries", "piecewise_constant_decay expects rising boundaries, found " + std::to_string(boundaries[i]) + " after " + std::to_string(boundaries[i - 1]));
  }
  double rate(std::int64_t step, std::int64_t, const double*) const {
    return values[static_cast<std::size_t>(std::lower_bound(boundaries.begin(), boundaries.end(), step) - boundaries.begin())];
  }
};

struct StepDecay {
  static sdk::Info info() {
    return {.name = "teranga.step_decay", .summary = "A constant factor after every so many epochs", .formula = "rate = initial drop^floor((epoch - 1) / epochs_drop), epoch 1 the first",
            .source = "the usual keras.callbacks.LearningRateScheduler",
            .options = {initial_rate(), sdk::real("drop", 0.5).in(0, 1).above(0).says("factor of each drop"), sdk::integer("epochs_drop", std::int64_t{10}).at_least(1).says("epochs between drops")}};
  }
  double initial, drop;
  std::int64_t every;
  explicit StepDecay(const sdk::Options& options) : initial(options.real("initial_learning_rate")), drop(options.real("drop")), every(options.integer("epochs_drop")) {}
  double rate(std::int64_t, std::int64_t epoch, const double*) const {
    return initial * std::pow(drop, static_cast<double>(epoch > 1 ? (epoch - 1) / every : 0));
  }
};

}  // namespace teranga::schedules
