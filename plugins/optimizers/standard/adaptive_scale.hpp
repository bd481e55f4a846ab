// SPDX-License-Identifier: Apache-2.0
// Optimizers that scale each weight's step by the gradients it has seen: Adagrad, RMSprop and Adadelta.
#pragma once

#include <cmath>
#include <vector>

#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

struct Adagrad {
  static sdk::Info info() {
    return {.name = "teranga.adagrad", .summary = "Steps shrink with the sum of all squared gradients of a weight",
            .formula = "a += g^2; w -= rate g / sqrt(a + epsilon)", .source = "keras.optimizers.Adagrad; Duchi et al. 2011",
            .options = {learning_rate(0.001), sdk::real("initial_accumulator_value", 0.1).at_least(0).says("where the sum of squares starts"), epsilon_option()}};
  }

  double initial, epsilon;
  explicit Adagrad(const sdk::Options& options) : initial(options.real("initial_accumulator_value")), epsilon(options.real("epsilon")) {}

  std::vector<const char*> slots() const { return {"accumulator"}; }
  std::vector<double> slot_initial() const { return {initial}; }
  bool idle_without_gradient() const { return initial + epsilon > 0; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const T rate = u.rate, eps = static_cast<T>(epsilon);
    each_element<1>(u, [rate, eps](T& w, T g, T& a) {
      a += g * g;
      w -= rate * g / std::sqrt(a + eps);
    });
  }
};

// Slots: velocity, then momentum and average_gradient where the options ask for them.
struct RmsProp {
  static sdk::Info info() {
    return {.name = "teranga.rmsprop", .summary = "Steps divided by a running root mean square of the gradients",
            .formula = "v = rho v + (1 - rho) g^2; w -= rate g / sqrt(v + epsilon); centered: max(v - a^2, 0), a the running mean of g; momentum: m = momentum m + step, w -= m",
            .source = "keras.optimizers.RMSprop; Hinton 2012",
            .options = {learning_rate(0.001), share_option("rho", 0.9, "share of the running mean that is kept in a step"),
                        share_option("momentum", 0.0, "share of the former step that is kept"), epsilon_option(),
                        sdk::boolean("centered", false).says("divide by the standard deviation of the gradient, not its root mean square")}};
  }

  double rho, momentum, epsilon;
  bool centered;
  explicit RmsProp(const sdk::Options& options)
      : rho(options.real("rho")), momentum(options.real("momentum")), epsilon(options.real("epsilon")), centered(options.boolean("centered")) {}

  std::vector<const char*> slots() const {
    std::vector<const char*> names = {"velocity"};
    if (momentum > 0) names.push_back("momentum");
    if (centered) names.push_back("average_gradient");
    return names;
  }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const T rate = u.rate, keep = static_cast<T>(rho), take = static_cast<T>(1 - rho), mu = static_cast<T>(momentum), eps = static_cast<T>(epsilon);
    const auto plain = [=](T g, T& v) {
      v = keep * v + take * (g * g);
      return rate * g / std::sqrt(v + eps);
    };
    // Where the gradient hardly changes, v and a^2 are almost equal, and rounding may bring their difference below 0, which no variance is.
    const auto about_mean = [=](T g, T& v, T& a) {
      v = keep * v + take * (g * g);
      a = keep * a + take * g;
      const T variance = v - a * a;
      return rate * g / std::sqrt((variance > 0 ? variance : T(0)) + eps);
    };
    if (momentum > 0 && centered)
      each_element<3>(u, [=](T& w, T g, T& v, T& m, T& a) { w -= m = mu * m + about_mean(g, v, a); });
    else if (momentum > 0)
      each_element<2>(u, [=](T& w, T g, T& v, T& m) { w -= m = mu * m + plain(g, v); });
    else if (centered)
      each_element<2>(u, [=](T& w, T g, T& v, T& a) { w -= about_mean(g, v, a); });
    else
      each_element<1>(u, [=](T& w, T g, T& v) { w -= plain(g, v); });
  }
};

struct Adadelta {
  static sdk::Info info() {
    return {.name = "teranga.adadelta", .summary = "Steps scaled by the ratio of running root mean squares of steps and gradients",
            .formula = "a = rho a + (1 - rho) g^2; d = -g sqrt(b + epsilon) / sqrt(a + epsilon); b = rho b + (1 - rho) d^2; w += rate d",
            .source = "keras.optimizers.Adadelta; arXiv 1212.5701",
            .options = {learning_rate(0.001), share_option("rho", 0.95, "share of the running means that is kept in a step"), epsilon_option()}};
  }

  double rho, epsilon;
  explicit Adadelta(const sdk::Options& options) : rho(options.real("rho")), epsilon(options.real("epsilon")) {}

  std::vector<const char*> slots() const { return {"accumulated_grad", "accumulated_delta_var"}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const T rate = u.rate, keep = static_cast<T>(rho), take = static_cast<T>(1 - rho), eps = static_cast<T>(epsilon);
    each_element<2>(u, [=](T& w, T g, T& a, T& b) {
      a = keep * a + take * (g * g);
      const T d = -std::sqrt(b + eps) * g / std::sqrt(a + eps);
      b = keep * b + take * (d * d);
      w += rate * d;
    });
  }
};

}  // namespace teranga::optimizers
