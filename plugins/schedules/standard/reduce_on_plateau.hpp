// SPDX-License-Identifier: Apache-2.0
// A learning rate that is reduced when a metric has stopped to improve. Its memory (best value, epochs waited, epochs to rest, rate) is state of the host, so that
// it survives a restart.
#pragma once

#include <algorithm>
#include <string>

#include "decay.hpp"

namespace teranga::schedules {

struct ReduceOnPlateau {
  static sdk::Info info() {
    return {.name = "teranga.reduce_on_plateau", .summary = "Reduces the rate when a metric has not improved for patience epochs",
            .formula = "rate = max(min_lr, factor rate) after patience epochs without an improvement of more than min_delta", .source = "keras.callbacks.ReduceLROnPlateau",
            .options = {initial_rate(), sdk::text("monitor", "val_loss").says("the metric of an epoch that is watched"),
                        sdk::real("factor", 0.1).in(0, 1).below(1).says("factor of the rate at each reduction"),
                        sdk::integer("patience", std::int64_t{10}).at_least(0).says("epochs without improvement before a reduction"),
                        sdk::real("min_delta", 1e-4).at_least(0).says("least change that counts as an improvement"),
                        sdk::integer("cooldown", std::int64_t{0}).at_least(0).says("epochs after a reduction in which none is counted"),
                        sdk::real("min_lr", 0.0).at_least(0).says("the rate is never reduced below this"),
                        sdk::text("mode", "auto").choices({"auto", "min", "max"}).says("whether less or more is better; auto: what the metric says, less for a loss")}};
  }

  double initial, factor, min_delta, min_lr;
  std::int64_t patience, cooldown;
  std::string monitor, mode;
  explicit ReduceOnPlateau(const sdk::Options& options)
      : initial(options.real("initial_learning_rate")), factor(options.real("factor")), min_delta(options.real("min_delta")), min_lr(options.real("min_lr")),
        patience(options.integer("patience")), cooldown(options.integer("cooldown")), monitor(options.text("monitor")), mode(options.text("mode")) {}

  // All zeros before the first epoch has ended; `started` then becomes 1.
  enum State { started, best, waited, resting, reduced_rate, state_length };
  std::int64_t state_count() const { return state_length; }

  double rate(std::int64_t, std::int64_t, const double* state) const { return state[started] != 0 ? state[reduced_rate] : initial; }

  void epoch_end(std::int64_t epoch, sdk::Measures measures, double* state) const {
    const sdk::Measure& measure = watched(epoch, measures);
    const bool more_is_better = direction(measure) > 0;
    const double current = measure.value;
    if (state[started] == 0) {
      state[started] = 1;
      state[best] = current;
      state[reduced_rate] = initial;
      return;
    }
    if (state[resting] > 0) state[resting] -= 1, state[waited] = 0;
    const bool improved = more_is_better ? current > state[best] + min_delta : current < state[best] - min_delta;
    if (improved) {
      state[best] = current;
      state[waited] = 0;
    } else if (state[resting] <= 0) {
      state[waited] += 1;
      if (state[waited] >= static_cast<double>(patience) && state[reduced_rate] > min_lr) {
        state[reduced_rate] = std::max(min_lr, factor * state[reduced_rate]);
        state[resting] = static_cast<double>(cooldown);
        state[waited] = 0;
      }
    }
  }

 private:
  std::int32_t direction(const sdk::Measure& measure) const {
    if (mode != "auto") return mode == "max" ? 1 : -1;
    if (measure.direction == 0)
      throw sdk::OptionError("mode", "reduce_on_plateau does not know whether more or less of \"" + monitor + "\" is better; mode says it");
    return measure.direction;
  }
  const sdk::Measure& watched(std::int64_t epoch, sdk::Measures measures) const {
    std::string known;
    for (const sdk::Measure& measure : measures) {
      if (measure.name == monitor) return measure;
      known += (known.empty() ? "" : ", ") + std::string(measure.name);
    }
    throw sdk::OptionError("monitor", "reduce_on_plateau watches \"" + monitor + "\", but epoch " + std::to_string(epoch) + " has only: " + known);
  }
};

}  // namespace teranga::schedules
