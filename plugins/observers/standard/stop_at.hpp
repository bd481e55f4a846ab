// SPDX-License-Identifier: Apache-2.0
// Ends a training as soon as one of its numbers is good enough.
#pragma once

#include <string>

#include <teranga/sdk/observer.hpp>

#include "number_text.hpp"

namespace teranga::observers {

struct StopAt {
  static sdk::Info info() {
    return {.name = "teranga.stop_at", .summary = "Ends the training when a measured number reaches a value",
            .formula = "after each epoch: stop if the number is at least value, or at most value where less is better",
            .options = {sdk::text("monitor", "val_loss").says("the number of an epoch that is watched, by its name in metrics.csv"),
                        sdk::real("value").says("the value that is good enough"),
                        sdk::text("mode", "auto").choices({"auto", "min", "max"}).says("whether less or more is better; auto: what the loss or the metric says")}};
  }

  std::string monitor, mode;
  double value;
  explicit StopAt(const sdk::Options& options) : monitor(options.text("monitor")), mode(options.text("mode")), value(options.real("value")) {}

  void epoch_end(const sdk::EpochReport& epoch) const {
    for (const sdk::Measure& measure : epoch.measures) {
      if (measure.name != monitor) continue;
      const bool more = mode == "auto" ? measure.direction > 0 : mode == "max";
      if (more ? measure.value >= value : measure.value <= value) epoch.stop(monitor + " is " + shortest(measure.value) + " after epoch " + std::to_string(epoch.epoch) + ", and " + shortest(value) + " was asked for");
    }
  }
};

}  // namespace teranga::observers
