// SPDX-License-Identifier: Apache-2.0
#include "session/harmless_keys.hpp"

#include <algorithm>
#include <string_view>

namespace teranga::train {
namespace {

// A key, or all keys that begin with what ends in a point.
constexpr std::string_view kept_and_told[] = {"name", "plugins", "checkpoint.", "log.", "initial_weights.", "training.log_every_steps", "training.compare_ranks_every",
                                              "training.on_divergence", "training.divergence_limit", "training.divergence_rate_factor"};
constexpr std::string_view ends_and_measures[] = {"training.epochs", "training.early_stopping", "training.early_stopping.", "observer.", "training.validation_freq", "training.metrics"};
constexpr std::string_view weights_are_drawn_by[] = {"training.seed", "layer", "layer.", "block.", "variables."};

template <std::size_t Count>
bool is_among(const std::string_view (&keys)[Count], const std::string& key) {
  return std::ranges::any_of(keys, [&](std::string_view one) { return one.ends_with('.') ? key.starts_with(one) : key == one; });
}

bool is_metric_of_phase(const std::string& key) { return key.starts_with("phase.") && key.ends_with(".metrics"); }

}  // namespace

bool is_housekeeping(const std::string& key) { return is_among(kept_and_told, key); }

bool is_harmless(const std::string& key, std::int64_t steps_made) {
  if (steps_made == 0 && key.starts_with("initial_weights.")) return false;
  return is_housekeeping(key) || is_among(ends_and_measures, key) || is_metric_of_phase(key) || (steps_made == 0 && !is_among(weights_are_drawn_by, key));
}

}  // namespace teranga::train
