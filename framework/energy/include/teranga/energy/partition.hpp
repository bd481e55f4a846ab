// SPDX-License-Identifier: Apache-2.0
// The partition function Z of a restricted Boltzmann machine, p(v) = exp(-F(v)) / Z: by enumeration where one side has few units, and by annealed importance
// sampling (Neal 2001; Salakhutdinov and Murray, ICML 2008) for any machine. All values are natural logarithms; a Z over real visible units is an integral.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <teranga/parallel/team.hpp>

namespace teranga::energy {

// E(v, h) = - b v - c h - v W h, with binary v; or sum_i (v_i - b_i)^2 / 2 in place of - b v, with real v.
struct Machine {
  bool gaussian = false;                // visible units are real numbers of variance 1
  std::int64_t visible = 0, hidden = 0;
  std::span<const float> kernel;        // W [visible, hidden]
  std::span<const float> bias;          // c [hidden]
  std::span<const float> visible_bias;  // b [visible]
};

// Units of one side that enumeration goes through at the most: 2^24 states.
inline constexpr std::int64_t most_enumerated = 24;

// Whether one side has so few units. Real visible units cannot be enumerated.
bool can_enumerate(const Machine& machine);
// log Z, exact but for rounding in f64. Throws Error(failure) where !can_enumerate().
double enumerate(const Machine& machine, Team& team);

struct Annealing {
  std::int64_t temperatures = 10000;  // steps from the base machine to the machine; more are better
  std::uint64_t seed = 0;
  std::vector<double> base;           // biases of the visible units of the base machine, which has no kernel: near the data; empty: those of the machine
};

// Of the chains first, first + 1, ...: the logarithm of an estimate of Z each, whose mean (of the numbers, not of their logarithms) has the expectation Z. A
// chain depends on its number and the seed; its last bits also on the chains that are computed with it, so that processes should share whole groups of chains_at_once.
constexpr std::int64_t chains_at_once = 10;
std::vector<double> anneal(const Machine& machine, const Annealing& annealing, std::int64_t first, std::int64_t count, Team& team);

// The mean of estimates, and the range that three standard errors give; `low` is -infinity where they are larger than the mean.
struct LogPartition {
  double value = 0, low = 0, high = 0;
};
LogPartition mean_of(std::span<const double> log_estimates);

}  // namespace teranga::energy
