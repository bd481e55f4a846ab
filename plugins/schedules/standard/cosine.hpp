// SPDX-License-Identifier: Apache-2.0
// Learning rates along half a cosine, once or with restarts.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "decay.hpp"

namespace teranga::schedules {

inline sdk::OptionSpec least_share() { return sdk::real("alpha", 0.0).in(0, 1).says("the least rate, as a share of the greatest"); }

struct CosineDecay {
  static sdk::Info info() {
    return {.name = "teranga.cosine_decay", .summary = "Half a cosine from the initial rate down, after an optional linear rise to warmup_target",
            .formula = "rate = top ((1 - alpha)(1 + cos(pi step / decay_steps)) / 2 + alpha)", .source = "keras.optimizers.schedules.CosineDecay; arXiv 1608.03983",
            .options = {initial_rate(), decay_steps(), least_share(), sdk::real("warmup_target").optional().at_least(0).says("rate to rise to before the decay; without it there is no rise"),
                        sdk::integer("warmup_steps", std::int64_t{0}).at_least(0).says("steps of the rise, before decay_steps")}};
  }
  double initial, steps, alpha, warmup;
  std::optional<double> target;
  explicit CosineDecay(const sdk::Options& options)
      : initial(options.real("initial_learning_rate")), steps(options.real("decay_steps")), alpha(options.real("alpha")), warmup(options.real("warmup_steps")) {
    if (options.has("warmup_target")) target = options.real("warmup_target");
  }
  double rate(std::int64_t step, std::int64_t, const double*) const {
    const double now = static_cast<double>(step);
    if (!target) return decayed(std::min(now, steps), initial);
    if (now < warmup) return (*target - initial) * now / warmup + initial;
    return decayed(std::min(now - warmup, steps), *target);
  }

 private:
  double decayed(double now, double top) const { return top * ((1 - alpha) * 0.5 * (1 + std::cos(std::numbers::pi * now / steps)) + alpha); }
};

struct CosineDecayRestarts {
  static sdk::Info info() {
    return {.name = "teranga.cosine_decay_restarts", .summary = "Half a cosine again and again, each t_mul times as long and starting at m_mul times the rate of the one before",
            .formula = "rate = initial ((1 - alpha) m_mul^i (1 + cos(pi done)) / 2 + alpha), done the share of period i that is over",
            .source = "keras.optimizers.schedules.CosineDecayRestarts; arXiv 1608.03983",
            .options = {initial_rate(), sdk::integer("first_decay_steps").at_least(1).says("steps of the first period"),
                        sdk::real("t_mul", 2.0).at_least(1).says("factor of the length of a period"), sdk::real("m_mul", 1.0).at_least(0).says("factor of the rate a period starts with"), least_share()}};
  }
  double initial, first, t_mul, m_mul, alpha;
  explicit CosineDecayRestarts(const sdk::Options& options)
      : initial(options.real("initial_learning_rate")), first(options.real("first_decay_steps")), t_mul(options.real("t_mul")), m_mul(options.real("m_mul")), alpha(options.real("alpha")) {}
  double rate(std::int64_t step, std::int64_t, const double*) const {
    double left = static_cast<double>(step), length = first, height = 1;  // walking over periods is exact at their ends, where a logarithm is not
    if (t_mul == 1) {
      const double period = std::floor(left / length);
      left -= period * length;
      height = std::pow(m_mul, period);
    } else {
      while (left >= length) left -= length, length *= t_mul, height *= m_mul;
    }
    return initial * ((1 - alpha) * 0.5 * height * (1 + std::cos(std::numbers::pi * left / length)) + alpha);
  }
};

}  // namespace teranga::schedules
