// SPDX-License-Identifier: Apache-2.0
// Annealed importance sampling. The base machine has no kernel, hidden biases of 0 and the visible biases a: all is known of it. The machines between have
//   log p*_t(v) = (1 - t) (log of the base's visible part) + t (log of the machine's visible part) + sum_j log(1 + exp(t x_j)),   x = c + v W
// and each chain moves by one step of Gibbs sampling at each t, from 0 to 1.
#include <teranga/energy/partition.hpp>

#include "softplus.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/math/random.hpp>
#include <teranga/math/vector_functions.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace teranga::energy {
namespace {


std::int64_t even(std::int64_t count) { return count + count % 2; }

// Some chains, which go from the base to the machine together.
class Chains {
 public:
  Chains(const Machine& machine, const std::vector<double>& base, const Annealing& annealing, std::int64_t first, std::int64_t count)
      : m_(machine), base_(base), temperatures_(annealing.temperatures), first_(first), count_(count),
        key_(hash64("teranga.annealing") + annealing.seed), v_(size(machine.visible)), x_(size(machine.hidden)), h_(x_.size()), mean_(v_.size()),
        scratch_(static_cast<std::size_t>(std::max(machine.visible, machine.hidden))), drawn_(scratch_.size()), log_weights_(static_cast<std::size_t>(count)) {}

  const std::vector<double>& run() {
    draw_visible_of_base();
    for (std::int64_t step = 1; step <= temperatures_; ++step) {
      const double before = temperature(step - 1), now = temperature(step);
      total_inputs();
      for (std::int64_t c = 0; c < count_; ++c) log_weights_[static_cast<std::size_t>(c)] += log_visible(c, before, now) + log_hidden(c, now) - log_hidden(c, before);
      if (step < temperatures_) move(step, now);
    }
    const double log_z = log_partition_of_base();
    for (double& one : log_weights_) one += log_z;
    return log_weights_;
  }

 private:
  std::size_t size(std::int64_t units) const { return static_cast<std::size_t>(units * count_); }
  double temperature(std::int64_t step) const { return static_cast<double>(step) / static_cast<double>(temperatures_); }
  math::RandomStream stream(std::int64_t chain) const { return {key_, static_cast<std::uint64_t>(first_ + chain)}; }
  // Where the draws of a step lie in the stream of a chain: hidden units, then visible ones.
  std::uint64_t place(std::int64_t step, bool of_visible) const {
    return static_cast<std::uint64_t>(step * (even(m_.hidden) + even(m_.visible)) + (of_visible ? even(m_.hidden) : 0));
  }

  double log_partition_of_base() const {
    double sum = static_cast<double>(m_.hidden) * std::numbers::ln2;
    for (const double a : base_) sum += m_.gaussian ? std::log(2 * std::numbers::pi) / 2 : softplus(a);
    return sum;
  }

  void draw_visible_of_base() {
    for (std::int64_t c = 0; c < count_; ++c) std::copy(base_.begin(), base_.end(), mean_.begin() + c * m_.visible);
    draw_visible(0);
  }

  // x = c + v W.
  void total_inputs() {
    for (std::int64_t c = 0; c < count_; ++c) std::copy(m_.bias.begin(), m_.bias.end(), x_.begin() + c * m_.hidden);
    math::gemm(math::Gemm32{.m = count_, .n = m_.hidden, .k = m_.visible, .a = v_.data(), .lda = m_.visible, .b = m_.kernel.data(), .ldb = m_.hidden, .beta = 1, .c = x_.data(), .ldc = m_.hidden});
  }

  // What the visible units add to log p*_now(v) - log p*_before(v).
  double log_visible(std::int64_t chain, double before, double now) const {
    const float* const v = v_.data() + chain * m_.visible;
    double sum = 0;
    for (std::int64_t i = 0; i < m_.visible; ++i) {
      const double a = base_[static_cast<std::size_t>(i)], b = static_cast<double>(m_.visible_bias[static_cast<std::size_t>(i)]), x = static_cast<double>(v[i]);
      sum += m_.gaussian ? ((x - a) * (x - a) - (x - b) * (x - b)) / 2 : (b - a) * x;
    }
    return (now - before) * sum;
  }

  // sum_j log(1 + exp(t x_j)).
  double log_hidden(std::int64_t chain, double t) {
    const float* const x = x_.data() + chain * m_.hidden;
    float* const e = scratch_.data();
    double sum = 0;
    for (std::int64_t j = 0; j < m_.hidden; ++j) {
      const float of_unit = static_cast<float>(t) * x[j];
      sum += static_cast<double>(std::max(of_unit, 0.0F));
      e[j] = -std::fabs(of_unit);
    }
    math::exp(m_.hidden, e, e);
    for (std::int64_t j = 0; j < m_.hidden; ++j) e[j] += 1;
    math::log(m_.hidden, e, e);
    for (std::int64_t j = 0; j < m_.hidden; ++j) sum += static_cast<double>(e[j]);
    return sum;
  }

  // A step of Gibbs sampling at the temperature t.
  void move(std::int64_t step, double t) {
    const auto scale = static_cast<float>(t);
    for (float& x : x_) x *= scale;
    math::sigmoid(static_cast<std::int64_t>(x_.size()), x_.data(), h_.data());
    for (std::int64_t c = 0; c < count_; ++c) {
      stream(c).uniform(place(step, false), m_.hidden, drawn_.data());
      float* const h = h_.data() + c * m_.hidden;
      for (std::int64_t j = 0; j < m_.hidden; ++j) h[j] = drawn_[static_cast<std::size_t>(j)] < h[j] ? 1.0F : 0.0F;
      for (std::int64_t i = 0; i < m_.visible; ++i)
        mean_[static_cast<std::size_t>(c * m_.visible + i)] = static_cast<float>((1 - t) * base_[static_cast<std::size_t>(i)] + t * static_cast<double>(m_.visible_bias[static_cast<std::size_t>(i)]));
    }
    math::gemm(math::Gemm32{.transpose_b = true, .m = count_, .n = m_.visible, .k = m_.hidden, .alpha = t, .a = h_.data(), .lda = m_.hidden, .b = m_.kernel.data(), .ldb = m_.hidden, .beta = 1, .c = mean_.data(), .ldc = m_.visible});
    draw_visible(step);
  }

  // v of the total inputs in mean_.
  void draw_visible(std::int64_t step) {
    if (!m_.gaussian) math::sigmoid(static_cast<std::int64_t>(mean_.size()), mean_.data(), mean_.data());
    for (std::int64_t c = 0; c < count_; ++c) {
      const float* const mean = mean_.data() + c * m_.visible;
      float* const v = v_.data() + c * m_.visible;
      if (m_.gaussian) stream(c).normal(place(step, true), m_.visible, drawn_.data());
      else stream(c).uniform(place(step, true), m_.visible, drawn_.data());
      for (std::int64_t i = 0; i < m_.visible; ++i) {
        const float drawn = drawn_[static_cast<std::size_t>(i)];
        v[i] = m_.gaussian ? mean[i] + drawn : drawn < mean[i] ? 1.0F : 0.0F;
      }
    }
  }

  const Machine& m_;
  const std::vector<double>& base_;
  std::int64_t temperatures_, first_, count_;
  std::uint64_t key_;
  std::vector<float> v_, x_, h_, mean_, scratch_, drawn_;
  std::vector<double> log_weights_;
};

}  // namespace

std::vector<double> anneal(const Machine& machine, const Annealing& annealing, std::int64_t first, std::int64_t count, Team& team) {
  std::vector<double> base = annealing.base;
  if (base.empty()) base.assign(machine.visible_bias.begin(), machine.visible_bias.end());
  if (static_cast<std::int64_t>(base.size()) != machine.visible) throw Error(ExitCode::failure, fmt::format("a base machine of {} visible units for a machine of {}", base.size(), machine.visible));
  std::vector<double> out(static_cast<std::size_t>(count));
  team.for_each((count + chains_at_once - 1) / chains_at_once, [&](std::int64_t group, int) {
    const std::int64_t begin = group * chains_at_once, chains = std::min(chains_at_once, count - begin);
    Chains some(machine, base, annealing, first + begin, chains);
    std::ranges::copy(some.run(), out.begin() + begin);
  });
  return out;
}

}  // namespace teranga::energy
