// SPDX-License-Identifier: Apache-2.0
// The layer that makes the input of a layer over pictures or steps from what was found, where one can.
#pragma once

#include <cmath>
#include <string>

#include <teranga/sdk/shape.hpp>

namespace teranga::layers {

constexpr std::int64_t least_side = 8;  // fewer numbers are a row of a table rather than a picture

// `axes` of space or time: 2 for (N, H, W, C), 1 for (N, T, C). Empty where the found shape does not say what is meant.
inline std::string reshape_hint(const sdk::Shape& found, int axes) {
  const auto with_target = [](const std::string& target) { return "add a layer of type \"reshape\" with target_shape = [" + target + "] before it"; };
  if (found.rank() == axes + 1) {
    std::string target;
    for (std::int32_t axis = 1; axis < found.rank(); ++axis) target += std::to_string(found[axis]) + ", ";
    return with_target(target + "1");
  }
  if (axes != 2 || found.rank() != 2) return {};
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(found[1]))));
  if (found[1] < least_side * least_side) return "for rows of a table use a layer of type \"dense\" in its place";
  return side * side == found[1] ? with_target(std::to_string(side) + ", " + std::to_string(side) + ", 1") : std::string();
}

}  // namespace teranga::layers
