// SPDX-License-Identifier: Apache-2.0
#include "infer/next_step.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace teranga::train {
namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();
constexpr double smallest = std::numeric_limits<float>::denorm_min();  // a probability of 0 is one that was too small for f32

}  // namespace

std::vector<double> NextStep::log_p(std::span<const float> outputs) const {
  std::vector<double> out(outputs.begin(), outputs.begin() + size);
  if (!logits)
    for (double& value : out) value = std::log(std::max(value, smallest));
  for (const std::int32_t id : never) out[static_cast<std::size_t>(id)] = impossible;
  const double largest = *std::max_element(out.begin(), out.end());
  double sum = 0;
  for (const double value : out) sum += std::exp(value - largest);
  for (double& value : out) value -= largest + std::log(sum);
  return out;
}

std::int32_t Choice::of(std::span<const double> log_p, double uniform) const {
  const auto likeliest = std::max_element(log_p.begin(), log_p.end());
  if (temperature == 0 || top_k == 1) return static_cast<std::int32_t>(likeliest - log_p.begin());
  std::vector<std::int32_t> ids(log_p.size());
  std::iota(ids.begin(), ids.end(), 0);
  if (top_k > 0 && top_k < static_cast<std::int64_t>(ids.size())) {
    std::stable_sort(ids.begin(), ids.end(), [&](std::int32_t a, std::int32_t b) { return log_p[static_cast<std::size_t>(a)] > log_p[static_cast<std::size_t>(b)]; });
    ids.resize(static_cast<std::size_t>(top_k));
  }
  const auto weight = [&](std::int32_t id) { return std::exp((log_p[static_cast<std::size_t>(id)] - *likeliest) / temperature); };
  double total = 0;
  for (const std::int32_t id : ids) total += weight(id);
  double left = uniform * total;
  std::int32_t last = static_cast<std::int32_t>(likeliest - log_p.begin());
  for (const std::int32_t id : ids) {
    const double w = weight(id);
    if (w > 0) last = id;
    if (left < w) return id;
    left -= w;
  }
  return last;  // rounding used up the rest
}

}  // namespace teranga::train
