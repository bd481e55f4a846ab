// SPDX-License-Identifier: Apache-2.0
// Capsules whose inputs vote for them, with routing by agreement: x (N, I, E), I capsules of E numbers each, -> y (N, J, D). The vote of capsule i for capsule j is u_ij = W_ij x_i; see routing.hpp
// for what follows. The kernel (E, J, D, I) has the input capsules last, so that all loops run along memory.
//
// Through which of this does the gradient flow? The paper says that the loss is differentiated, and names no exception. gradient = "exact", the default, differentiates all iterations.
// gradient = "last_iteration" takes the couplings of the last iteration as constants.
#pragma once

#include <algorithm>
#include <string>

#include <teranga/sdk/layer.hpp>

#include "routing.hpp"

namespace teranga::layers {

struct Capsules {
  static sdk::LayerInfo info() {
    return {.name = "teranga.capsules",
            .author = "Teranga",
            .summary = "Capsules for which the capsules of the input vote, with routing by agreement",
            .formula = "u_ij = W_ij x_i; b = 0; routings times: c_i = softmax(b_i), y_j = squash(sum_i c_ij u_ij), b_ij += u_ij . y_j",
            .source = "Sabour, Frosst and Hinton 2017, arXiv 1710.09829, equations 1 to 3 and procedure 1",
            .options = {sdk::integer("num_capsule").in(1, 1 << 20).says("number of capsules, such as one for each class"),
                        sdk::integer("dim_capsule").in(1, 1 << 20).says("numbers of each capsule"),
                        sdk::integer("routings", 3).in(1, 1000).says("iterations of the routing; with 1, all votes count alike"),
                        sdk::text("gradient", "exact").choices({"exact", "last_iteration"}).says("exact: the derivative through all iterations; last_iteration: the last couplings count as constants, which is faster"),
                        sdk::component("kernel_initializer", "initializer", "glorot_uniform").says("first values of the kernel, those of a dense layer from one input capsule to one capsule"),
                        sdk::component("kernel_regularizer", "regularizer").says("penalty on the kernel: { l1 = ..., l2 = ... }")}};
  }

  std::int64_t capsules, length, routings;
  bool exact;
  sdk::Component kernel_initializer;
  sdk::Penalty kernel_penalty;
  explicit Capsules(const sdk::Options& options)
      : capsules(options.integer("num_capsule")),
        length(options.integer("dim_capsule")),
        routings(options.integer("routings")),
        exact(options.text("gradient") == "exact"),
        kernel_initializer(options.component("kernel_initializer")),
        kernel_penalty(sdk::Penalty::of(options.component("kernel_regularizer"))) {}

  struct Plan {
    RouteSizes z;
    std::int64_t entering;  // E
    bool keeps;             // backward follows
    std::int64_t saved() const { return z.votes() + z.routings * z.numbers(); }
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    if (x.shape.rank() != 3)
      throw sdk::ShapeError("capsules expects an input of rank 3 (samples, capsules, numbers of a capsule), found " + x.shape.text(), x.name,
                            x.shape.rank() > 3 ? "target_shape = [-1, " + std::to_string(x.shape.last()) + "] in a layer of type \"reshape\" before it" : "a layer of type \"reshape\" with target_shape = [-1, 8] before it");
    const Plan plan{{x.shape[1], capsules, length, routings, exact}, x.shape[2], p.mode() != TRG_INFERENCE};
    const RouteSizes& z = plan.z;
    p.parameter("kernel", {plan.entering, capsules, length, z.inputs}, sdk::chosen(kernel_initializer), {.penalty = kernel_penalty, .fan_in = plan.entering, .fan_out = length});
    p.output({x.shape[0], capsules, length}, {.flags = exact || routings == 1 ? 0 : TRG_SURROGATE});
    if (p.mode() == TRG_TRAINING) p.read_in_backward(x);
    if (plan.keeps) p.saved_per_sample(plan.saved()).carry_per_sample(RouteFactors<float>::count(z));
    const auto element = static_cast<std::int64_t>(p.element_size());
    const std::int64_t blocks = together * (plan.entering + 1) * route_block;
    p.buffer(TRG_SCRATCH, plan.keeps ? 0 : plan.saved() * element, (std::max(RouteMemory<float>::forward_count(z), RouteMemory<float>::backward_count(z)) + blocks) * element);
    const double samples = static_cast<double>(x.shape[0]), votes = static_cast<double>(z.votes()), entering = static_cast<double>(plan.entering), rounds = static_cast<double>(routings);
    p.cost(TRG_FORWARD, 2 * samples * votes * (entering + 2 * rounds));
    p.cost(TRG_BACKWARD, 2 * samples * votes * (entering + 5 * rounds));
    p.cost(TRG_BACKWARD_PARAMS, 2 * samples * votes * (entering + 2 * rounds));
    return plan;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const {
    const RouteSizes& z = plan.z;
    const auto x = s.in(0), w = s.parameter(0);
    T* const kept = plan.keeps ? s.template saved<T>() : s.template scratch<T>();
    T* const work = plan.keeps ? s.template scratch<T>() : kept + s.samples() * plan.saved();
    each_group(s, z, [&](std::int64_t n, std::int64_t samples, std::int64_t first, std::int64_t count) {
      for (std::int64_t g = 0; g < samples; ++g) turn(x.at_row(n + g) + first * plan.entering, count, plan.entering, work + g * plan.entering * route_block);
      for (std::int64_t k = 0; k < z.numbers(); ++k)
        for (std::int64_t g = 0; g < samples; ++g) {
          T* const votes = kept + (n + g) * plan.saved() + k * z.inputs + first;
          std::fill_n(votes, count, T(0));
          add_rows(w.data + k * z.inputs + first, z.votes(), plan.entering, count, [=](std::int64_t e) { return work + (g * plan.entering + e) * route_block; }, votes);
        }
    });
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      T* const votes = kept + n * plan.saved();
      route<T>(z, votes, votes + z.votes(), s.out(0).at_row(n), work);
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const {
    const RouteSizes& z = plan.z;
    T* const work = s.template scratch<T>();
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      const T* const votes = s.template saved<T>() + n * plan.saved();
      route_backward<T>(z, votes, votes + z.votes(), s.d_out(0).at_row(n), factors(s, n, z), work);
    }
    const auto dx = s.d_in(0), w = s.parameter(0);
    if (!dx) return;
    T *const rows = work, *const turned = rows + together * route_block;
    each_group(s, z, [&](std::int64_t n, std::int64_t samples, std::int64_t first, std::int64_t count) {
      std::fill_n(turned, samples * plan.entering * route_block, T(0));
      for (std::int64_t from = 0; from < z.numbers(); from += together) {
        const std::int64_t some = std::min(together, z.numbers() - from);
        for (std::int64_t g = 0; g < samples; ++g) {
          const RouteFactors<T> f = factors(s, n + g, z);
          for (std::int64_t k = 0; k < some; ++k) f.row((from + k) / z.length, (from + k) % z.length, first, count, rows + k * route_block);
          for (std::int64_t e = 0; e < plan.entering; ++e)
            add_rows(w.data + (e * z.numbers() + from) * z.inputs + first, z.inputs, some, count, [=](std::int64_t k) { return rows + k * route_block; }, turned + (g * plan.entering + e) * route_block);
        }
      }
      for (std::int64_t g = 0; g < samples; ++g) {
        T* const to = dx.at_row(n + g) + first * plan.entering;
        const T* const from = turned + g * plan.entering * route_block;
        for (std::int64_t i = 0; i < count; ++i)
          for (std::int64_t e = 0; e < plan.entering; ++e) to[i * plan.entering + e] = from[e * route_block + i];
      }
    });
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
    const RouteSizes& z = plan.z;
    const auto dw = s.d_parameter(0);
    if (!dw) return;
    const auto x = s.in(0);
    T *const rows = s.template scratch<T>(), *const turned = rows + together * route_block;
    each_group(s, z, [&](std::int64_t n, std::int64_t samples, std::int64_t first, std::int64_t count) {
      for (std::int64_t g = 0; g < samples; ++g) turn(x.at_row(n + g) + first * plan.entering, count, plan.entering, turned + g * plan.entering * route_block);
      for (std::int64_t k = 0; k < z.numbers(); ++k) {
        for (std::int64_t g = 0; g < samples; ++g) factors(s, n + g, z).row(k / z.length, k % z.length, first, count, rows + g * route_block);
        for (std::int64_t e = 0; e < plan.entering; ++e)
          add_rows(turned + e * route_block, plan.entering * route_block, samples, count, [=](std::int64_t g) { return rows + g * route_block; }, dw.data + (e * z.numbers() + k) * z.inputs + first);
      }
    });
  }

 private:
  static constexpr std::int64_t together = 8;  // samples, or rows of gradients

  template <class T>
  static RouteFactors<T> factors(const sdk::Slice<T>& s, std::int64_t sample, const RouteSizes& z) {
    return RouteFactors<T>(s.template carry<T>() + sample * RouteFactors<T>::count(z), z);
  }

  // x [count, E] of a sample -> [E, block]
  template <class T>
  static void turn(const T* x, std::int64_t count, std::int64_t entering, T* to) {
    for (std::int64_t e = 0; e < entering; ++e)
      for (std::int64_t i = 0; i < count; ++i) to[e * route_block + i] = x[i * entering + e];
  }

  // body(first sample, samples, first input capsule, count) for groups of samples that use the same part of the kernel while it is in a near cache.
  template <class T, class Body>
  static void each_group(const sdk::Slice<T>& s, const RouteSizes& z, Body&& body) {
    for (std::int64_t first = 0; first < z.inputs; first += route_block)
      for (std::int64_t n = 0; n < s.samples(); n += together) body(n, std::min(together, s.samples() - n), first, std::min(route_block, z.inputs - first));
  }
};

}  // namespace teranga::layers
