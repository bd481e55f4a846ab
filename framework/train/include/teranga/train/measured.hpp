// SPDX-License-Identifier: Apache-2.0
// The numbers that an epoch measures, and whether more or less of each is better: what a loss or a metric says of itself, never what its name suggests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/train/networks.hpp>

namespace teranga::train {

struct Measured {
  std::string name;
  std::int32_t direction = 0;  // 1: larger is better, -1: smaller is better, 0: not known, or without order
  bool is_loss = false;
};

// What an epoch of the recipe measures and a monitor may name: loss, metrics, both of the validation part where there is one, learning_rate.
std::vector<Measured> measured_by(const Networks& networks, const data::Source& source);

// Of a monitor: 1 where more of it is better, else -1. `mode` is "min", "max" or "auto".
double direction_of(std::string_view monitor, std::string_view mode, const std::vector<Measured>& measured) noexcept;

const Measured* find_measured(const std::vector<Measured>& measured, std::string_view name) noexcept;  // or nullptr

}  // namespace teranga::train
