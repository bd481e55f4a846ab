// SPDX-License-Identifier: Apache-2.0
// Adam and its kin: AdamW, Adamax and Nadam. Running means m of the gradient and v of its square, freed of their start at zero by powers of beta at the
// current step (taken in f64).
#pragma once

#include <cmath>
#include <vector>

#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

inline sdk::OptionSpec beta_1_option() { return sdk::real("beta_1", 0.9).in(0, 1).below(1).says("share of the running mean of gradients that is kept in a step"); }
inline sdk::OptionSpec beta_2_option() { return sdk::real("beta_2", 0.999).in(0, 1).below(1).says("share of the running mean of squares that is kept in a step"); }

struct Adam {
  static sdk::Info info() {
    return {.name = "teranga.adam", .summary = "Steps from running means of the gradient and of its square",
            .formula = "m += (1 - beta_1)(g - m); v += (1 - beta_2)(g^2 - v); w -= rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)",
            .source = "keras.optimizers.Adam; arXiv 1412.6980",
            .options = {learning_rate(0.001), beta_1_option(), beta_2_option(), epsilon_option(),
                        sdk::boolean("amsgrad", false).says("divide by the greatest v so far (arXiv 1904.09237)")}};
  }

  double beta_1, beta_2, epsilon;
  bool amsgrad;
  explicit Adam(const sdk::Options& options)
      : beta_1(options.real("beta_1")), beta_2(options.real("beta_2")), epsilon(options.real("epsilon")), amsgrad(options.boolean("amsgrad")) {}

  std::vector<const char*> slots() const {
    return amsgrad ? std::vector<const char*>{"momentum", "velocity", "velocity_hat"} : std::vector<const char*>{"momentum", "velocity"};
  }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const double t = static_cast<double>(u.step);
    const T alpha = static_cast<T>(static_cast<double>(u.rate) * std::sqrt(1 - std::pow(beta_2, t)) / (1 - std::pow(beta_1, t)));
    const T take_1 = static_cast<T>(1 - beta_1), take_2 = static_cast<T>(1 - beta_2), eps = static_cast<T>(epsilon);
    if (amsgrad)
      each_element<3>(u, [=](T& w, T g, T& m, T& v, T& greatest) {
        m += (g - m) * take_1;
        v += (g * g - v) * take_2;
        greatest = greatest > v ? greatest : v;
        w -= m * alpha / (std::sqrt(greatest) + eps);
      });
    else
      each_element<2>(u, [=](T& w, T g, T& m, T& v) {
        m += (g - m) * take_1;
        v += (g * g - v) * take_2;
        w -= m * alpha / (std::sqrt(v) + eps);
      });
  }
};

// Adam with a default for weight_decay, which the host takes off the weights before the step, apart from the gradient: w -= rate weight_decay w.
struct AdamW : Adam {
  static sdk::Info info() {
    sdk::Info info = Adam::info();
    info.name = "teranga.adamw";
    info.summary = "Adam with decoupled weight decay";
    info.formula = "w -= rate weight_decay w, then as adam";
    info.source = "keras.optimizers.AdamW; arXiv 1711.05101";
    info.options.push_back(sdk::real("weight_decay", 0.004).at_least(0).says("part of a weight, times the rate, that is taken off in each step"));
    return info;
  }
  using Adam::Adam;
};

struct Adamax {
  static sdk::Info info() {
    return {.name = "teranga.adamax", .summary = "Adam with the greatest recent gradient in place of the mean square",
            .formula = "m += (1 - beta_1)(g - m); n = max(beta_2 n, |g|); w -= rate m / ((1 - beta_1^t)(n + epsilon))", .source = "keras.optimizers.Adamax; arXiv 1412.6980",
            .options = {learning_rate(0.001), beta_1_option(), beta_2_option(), epsilon_option()}};
  }

  double beta_1, beta_2, epsilon;
  explicit Adamax(const sdk::Options& options) : beta_1(options.real("beta_1")), beta_2(options.real("beta_2")), epsilon(options.real("epsilon")) {}

  std::vector<const char*> slots() const { return {"momentum", "norm"}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const T alpha = static_cast<T>(static_cast<double>(u.rate) / (1 - std::pow(beta_1, static_cast<double>(u.step))));
    const T take = static_cast<T>(1 - beta_1), keep = static_cast<T>(beta_2), eps = static_cast<T>(epsilon);
    each_element<2>(u, [=](T& w, T g, T& m, T& n) {
      m += (g - m) * take;
      const T faded = keep * n, now = g < 0 ? -g : g;
      n = faded > now ? faded : now;
      w -= alpha * m / (n + eps);
    });
  }
};

// Scalar state: the product of the momentum shares of all steps so far.
struct Nadam {
  static sdk::Info info() {
    return {.name = "teranga.nadam", .summary = "Adam with Nesterov momentum",
            .formula = "u_t = beta_1 (1 - 0.96^t / 2); p_t = u_1 ... u_t; m, v as adam; w -= rate (u_t+1 m / (1 - p_t+1) + (1 - u_t) g / (1 - p_t)) / (sqrt(v / (1 - beta_2^t)) + epsilon)",
            .source = "keras.optimizers.Nadam; Dozat 2015",
            .options = {learning_rate(0.001), beta_1_option(), beta_2_option(), epsilon_option()}};
  }

  double beta_1, beta_2, epsilon;
  explicit Nadam(const sdk::Options& options) : beta_1(options.real("beta_1")), beta_2(options.real("beta_2")), epsilon(options.real("epsilon")) {}

  std::vector<const char*> slots() const { return {"momentum", "velocity"}; }
  std::vector<double> scalar_initial() const { return {1.0}; }
  void begin_step(std::int64_t step, double, double* scalars) const { scalars[0] *= share(step); }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    const double product = u.scalars[0], now = share(u.step), next = share(u.step + 1), rate = static_cast<double>(u.rate);
    const T of_mean = static_cast<T>(rate * next / (1 - product * next)), of_gradient = static_cast<T>(rate * (1 - now) / (1 - product));
    const T unbias = static_cast<T>(1 / (1 - std::pow(beta_2, static_cast<double>(u.step))));
    const T take_1 = static_cast<T>(1 - beta_1), take_2 = static_cast<T>(1 - beta_2), eps = static_cast<T>(epsilon);
    each_element<2>(u, [=](T& w, T g, T& m, T& v) {
      m += (g - m) * take_1;
      v += (g * g - v) * take_2;
      w -= (of_mean * m + of_gradient * g) / (std::sqrt(v * unbias) + eps);
    });
  }

 private:
  double share(std::int64_t step) const { return beta_1 * (1 - 0.5 * std::pow(0.96, static_cast<double>(step))); }
};

}  // namespace teranga::optimizers
