// SPDX-License-Identifier: Apache-2.0
// The numbers on an axis: round ones, about as many as there is room for.
#pragma once

#include <string>
#include <vector>

namespace teranga::report {

struct Tick {
  double at = 0;
  std::string label;
};

// An axis from `least` to `most` (finite, least <= most), widened to round numbers where it is linear and not of whole numbers.
class Axis {
 public:
  enum class Kind { linear, logarithmic, whole };  // whole: epochs; ticks are whole numbers, and the ends stay

  Axis(double least, double most, Kind kind, int ticks);

  double share(double value) const;  // 0 at the lower end, 1 at the upper one
  const std::vector<Tick>& ticks() const noexcept { return ticks_; }

 private:
  double place(double value) const;
  void linear_ticks(int wanted);
  void whole_ticks(int wanted);
  void logarithmic_ticks(int wanted);

  Kind kind_;
  double least_, most_;
  std::vector<Tick> ticks_;
};

// Whether so large a range of numbers is read more easily on a logarithmic axis.
bool wants_logarithm(double least, double most);

}  // namespace teranga::report
