// SPDX-License-Identifier: Apache-2.0
// Enumeration: the states of the smaller side in the order of a Gray code, so that each differs from the one before in one unit.
#include <teranga/energy/partition.hpp>

#include "softplus.hpp"

#include <teranga/core/error.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

namespace teranga::energy {
namespace {

// log(exp(a) + exp(b)), one at a time.
struct LogSum {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  void add(double x) {
    if (x > largest) sum = sum * std::exp(largest - x) + 1, largest = x;
    else sum += std::exp(x - largest);
  }
  double value() const { return largest + std::log(sum); }
};

// The side that is enumerated, and the other one, whose units are summed (or integrated) out.
struct Sides {
  std::int64_t few, many;
  std::span<const float> own, other;  // biases
  bool kernel_by_own;                 // the kernel has a row for each enumerated unit
  bool integrated;                    // the other side are real visible units
};

Sides sides_of(const Machine& m) {
  const bool of_visible = !m.gaussian && m.visible < m.hidden;
  return of_visible ? Sides{m.visible, m.hidden, m.visible_bias, m.bias, true, false} : Sides{m.hidden, m.visible, m.bias, m.visible_bias, false, m.gaussian};
}

// log of the sum over all states whose units from `free` on have the bits of `fixed`.
double part_of(const Machine& m, const Sides& sides, std::int64_t free, std::uint64_t fixed) {
  std::vector<double> input(sides.other.begin(), sides.other.end());
  if (sides.integrated) std::fill(input.begin(), input.end(), 0.0);
  double linear = 0;
  const auto flip = [&](std::int64_t unit, double sign) {
    linear += sign * static_cast<double>(sides.own[static_cast<std::size_t>(unit)]);
    for (std::int64_t i = 0; i < sides.many; ++i) input[static_cast<std::size_t>(i)] += sign * static_cast<double>(m.kernel[static_cast<std::size_t>(sides.kernel_by_own ? unit * m.hidden + i : i * m.hidden + unit)]);
  };
  for (std::int64_t unit = free; unit < sides.few; ++unit)
    if (fixed >> (unit - free) & 1) flip(unit, 1);
  LogSum total;
  std::uint64_t state = 0;
  for (std::uint64_t step = 0;; ++step) {
    double energy = linear;
    for (std::size_t i = 0; i < input.size(); ++i) energy += sides.integrated ? input[i] * (input[i] / 2 + static_cast<double>(sides.other[i])) : softplus(input[i]);
    total.add(energy);
    if (step + 1 == std::uint64_t{1} << free) break;
    const int unit = std::countr_zero(step + 1);
    state ^= std::uint64_t{1} << unit;
    flip(unit, state >> unit & 1 ? 1 : -1);
  }
  return total.value() + (sides.integrated ? static_cast<double>(sides.many) / 2 * std::log(2 * std::numbers::pi) : 0.0);
}

}  // namespace

bool can_enumerate(const Machine& machine) { return sides_of(machine).few <= most_enumerated; }

double enumerate(const Machine& machine, Team& team) {
  const Sides sides = sides_of(machine);
  if (sides.few > most_enumerated) throw Error(ExitCode::failure, fmt::format("a machine of {} x {} units has too many states to go through", machine.visible, machine.hidden));
  constexpr std::int64_t of_parts = 6;  // the last so many units tell the parts, which are summed in their order
  const std::int64_t free = std::max<std::int64_t>(sides.few - of_parts, 0), parts = std::int64_t{1} << (sides.few - free);
  std::vector<double> sums(static_cast<std::size_t>(parts));
  team.for_each(parts, [&](std::int64_t part, int) { sums[static_cast<std::size_t>(part)] = part_of(machine, sides, free, static_cast<std::uint64_t>(part)); });
  LogSum total;
  for (const double sum : sums) total.add(sum);
  return total.value();
}

LogPartition mean_of(std::span<const double> log_estimates) {
  LogSum total;
  for (const double one : log_estimates) total.add(one);
  const auto count = static_cast<double>(log_estimates.size());
  const double value = total.value() - std::log(count);
  double squares = 0;
  for (const double one : log_estimates) squares += (std::exp(one - value) - 1) * (std::exp(one - value) - 1);
  const double error = count > 1 ? 3 * std::sqrt(squares / (count - 1) / count) : std::numeric_limits<double>::infinity();
  return {value, error < 1 ? value + std::log1p(-error) : -std::numeric_limits<double>::infinity(), value + std::log1p(error)};
}

}  // namespace teranga::energy
