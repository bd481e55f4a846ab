// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/measured.hpp>

#include <algorithm>

namespace teranga::train {

std::vector<Measured> measured_by(const Networks& networks, const data::Source& source) {
  std::vector<Measured> out;
  for (const PhaseNetwork& phase : networks.phases()) {
    out.push_back({phase.named("loss"), -1, true});
    for (const model::MetricFacts& metric : phase.network->metrics()) out.push_back({phase.named(metric.name), metric.direction});
  }
  if (source.has(data::Part::validation))
    for (std::size_t i = 0, count = out.size(); i < count; ++i) out.push_back({"val_" + out[i].name, out[i].direction, out[i].is_loss});
  for (const PhaseNetwork& phase : networks.phases()) out.push_back({phase.named("learning_rate")});
  return out;
}

double direction_of(std::string_view monitor, std::string_view mode, const std::vector<Measured>& measured) noexcept {
  if (mode == "auto")
    if (const Measured* const one = find_measured(measured, monitor)) return one->direction > 0 ? 1 : -1;
  return mode == "max" ? 1 : -1;
}

const Measured* find_measured(const std::vector<Measured>& measured, std::string_view name) noexcept {
  const auto found = std::ranges::find(measured, name, &Measured::name);
  return found == measured.end() ? nullptr : &*found;
}

}  // namespace teranga::train
