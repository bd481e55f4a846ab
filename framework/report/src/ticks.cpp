// SPDX-License-Identifier: Apache-2.0
#include "ticks.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::report {
namespace {

// 1, 2 or 5 times a power of ten, not below `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::string tick_label(double value, double step) {
  if (std::abs(value) < step * 1e-6) return "0";
  const double size = std::max(std::abs(value), step);
  if (size >= 1e6 || size < 1e-3) return fmt::format("{:.3g}", value);
  return fmt::format("{:.{}f}", value, std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9))));
}

}  // namespace

bool wants_logarithm(double least, double most) { return least > 0 && most / least > 50; }

Axis::Axis(double least, double most, Kind kind, int ticks) : kind_(kind), least_(least), most_(most) {
  if (kind_ == Kind::logarithmic) {
    logarithmic_ticks(ticks);
    return;
  }
  if (kind_ == Kind::whole) {
    whole_ticks(ticks);
    return;
  }
  if (const double width = most_ - least_; !(width > std::max(std::abs(most_), std::abs(least_)) * 1e-9)) {
    const double margin = least_ == 0 ? 1 : std::abs(least_) * 0.1;
    least_ -= margin;
    most_ += margin;
  }
  linear_ticks(ticks);
}

double Axis::place(double value) const { return kind_ == Kind::logarithmic ? std::log10(value) : value; }

double Axis::share(double value) const {
  const double low = place(least_), high = place(most_);
  return high > low ? std::clamp((place(value) - low) / (high - low), 0.0, 1.0) : 0.5;
}

void Axis::linear_ticks(int wanted) {
  const double step = round_step((most_ - least_) / wanted);
  const double first = std::floor(least_ / step + 1e-9), last = std::ceil(most_ / step - 1e-9);
  for (double n = first; n <= last && ticks_.size() < 50; ++n) ticks_.push_back({n * step, tick_label(n * step, step)});
  least_ = first * step;
  most_ = last * step;
}

void Axis::whole_ticks(int wanted) {
  const double step = std::max(1.0, round_step(std::max(1.0, most_ - least_) / wanted));
  for (double n = std::max(std::ceil(least_ / step - 1e-9), 0.0) * step; n <= most_ + 1e-9 && ticks_.size() < 50; n += step) ticks_.push_back({n, fmt::format("{:.0f}", n + 0.0)});
}

// Powers of ten; where fewer than three of them fit, 2 and 5 times such powers too.
void Axis::logarithmic_ticks(int wanted) {
  const double low = std::floor(std::log10(least_) + 1e-9), high = std::ceil(std::log10(most_) - 1e-9);
  const double stride = std::max(1.0, std::ceil((high - low) / wanted));
  for (double power = low; power <= high && ticks_.size() < 50; power += stride)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10.0, power);
      if ((factor > 1 && (most_ / least_ > 100 || stride > 1)) || value < least_ * 0.999 || value > most_ * 1.001) continue;
      ticks_.push_back({value, fmt::format("{:.3g}", value)});
    }
}

}  // namespace teranga::report
