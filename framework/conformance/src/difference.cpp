// SPDX-License-Identifier: Apache-2.0
#include "difference.hpp"

#include <algorithm>
#include <cmath>

#include <teranga/sdk/c/types.h>

namespace teranga::conformance {
namespace {

// A number that the type of the function holds, so that the step is the one that was meant.
double as_held(double x, std::int32_t type) { return type == TRG_F64 ? x : static_cast<double>(static_cast<float>(x)); }

}  // namespace

GradientFault wrong_gradient(const std::vector<double>& x, const std::vector<double>& gradient, std::int32_t type, const std::function<double(const std::vector<double>&)>& function) {
  const bool wide = type == TRG_F64;
  const std::vector<double> steps = wide ? std::vector<double>{1e-5, 1e-4, 1e-6, 1e-3, 1e-2} : std::vector<double>{1e-2, 1e-3, 3e-2, 1e-1};
  const double tolerance = wide ? 1e-5 : 1e-2;
  double size = 0;
  for (const double g : gradient) size = std::max(size, std::fabs(g));
  const std::size_t stride = std::max<std::size_t>(1, (x.size() + 149) / 150);
  std::vector<double> moved = x;
  const double middle = function(x);
  for (std::size_t i = 0; i < x.size(); i += stride) {
    double first = 0;
    bool any = false, fits = false;
    for (const double step : steps) {
      const double above = as_held(x[i] + step, type), below = as_held(x[i] - step, type);
      moved[i] = above;
      const double up = function(moved);
      moved[i] = below;
      const double down = function(moved);
      moved[i] = x[i];
      if (!std::isfinite(up) || !std::isfinite(down)) continue;
      const double central = (up - down) / (above - below), left = (middle - down) / (x[i] - below), right = (up - middle) / (above - x[i]);
      const double scale = std::max({std::fabs(gradient[i]), std::fabs(central), 1e-3 * size, 1e-9});
      const double rounding = (wide ? 1e-14 : 1e-6) * std::max({std::fabs(up), std::fabs(down), 1e-3}) / step;
      const bool kink = step == steps.front() && std::fabs(left - right) > 1e-2 * scale && gradient[i] >= std::min(left, right) - tolerance * scale && gradient[i] <= std::max(left, right) + tolerance * scale;
      if (!any) first = central, any = true;
      fits = kink || std::fabs(central - gradient[i]) <= tolerance * scale + std::min(rounding, 0.05 * std::max(scale, 1e-5));
      if (fits) break;
    }
    if (any && !fits) return {true, static_cast<std::int64_t>(i), gradient[i], first};
  }
  return {};
}

}  // namespace teranga::conformance
