// SPDX-License-Identifier: Apache-2.0
// A restricted Boltzmann machine (Smolensky 1986) of V visible units v and U binary hidden units h, with the energy
//   E(v, h) = - b v - c h - v W h                  bernoulli; with sum_i (v_i - b_i)^2 / 2 in place of - b v: gaussian
//   F(v)    = - log sum_h exp(-E(v, h)) = - b v - sum_j log(1 + exp(c_j + (v W)_j))
// and p(v) = exp(-F(v)) / Z. Outputs, all [N, ...]:
//   output         p(h = 1 | v), what a next layer takes; gradients flow through it as through a dense layer with a sigmoid
//   contrast       F(v) - F(v'), v' being what k steps of Gibbs sampling make of v, or of the chain of this row of the batch (persistent). v and v' count as
//                  constants, so that the mean of it as a loss gives contrastive divergence (Hinton, Neural Computation 14, 2002), or its persistent form
//                  (Tieleman, ICML 2008). No gradient flows to the input
//   free_energy    F(v), with its gradient
//   reconstruction the means of the visible units in the last of the k steps, without a gradient
// Where a sparsity_cost is given, a gradient on `contrast` adds sparsity_cost times (q_j - sparsity_target) to the gradient of the total input of each
// hidden unit; q is a running mean of p(h = 1 | v) (Hinton, A practical guide to training restricted Boltzmann machines, 2010, section 11).
// Draws are taken in every mode; chains go on in training only, otherwise they begin at the data.
#pragma once

#include "visible_units.hpp"

namespace teranga::layers {

struct RestrictedBoltzmannMachine {
  static sdk::LayerInfo info() {
    std::vector<sdk::OptionSpec> options = {
        sdk::integer("units").at_least(1).says("number of hidden units"), visible_option(),
        sdk::integer("steps", std::int64_t{1}).at_least(1).says("steps of Gibbs sampling from the data, or from the chains, to v'"),
        sdk::boolean("persistent", false).says("whether the chains go on from batch to batch (needs shuffle = false and full batches), or begin at the data of each batch"),
        sdk::real("sparsity_target", 0.1).in(0.0, 1.0).says("mean probability that a hidden unit should have, if there is a sparsity_cost"),
        sdk::real("sparsity_cost", 0.0).at_least(0).says("strength of the pull towards the sparsity_target; 0: none"),
        sdk::real("sparsity_decay", 0.9).in(0.0, 1.0).says("share of the old mean probability in the new one, per step")};
    for (sdk::OptionSpec& option : initializer_options()) options.push_back(std::move(option));
    return {.name = "teranga.restricted_boltzmann_machine",
            .author = "Teranga",
            .summary = "Restricted Boltzmann machine; the loss contrastive_divergence on its output \"contrast\" trains it",
            .formula = "output = sigmoid(v kernel + bias), free_energy = F(v) = - v visible_bias - sum_j log(1 + exp(bias_j + (v kernel)_j)), contrast = F(v) - F(v'); gaussian: |v - visible_bias|^2 / 2 in "
                       "place of - v visible_bias",
            .source = "Smolensky 1986; Hinton, Neural Computation 14, 2002; Tieleman, ICML 2008",
            .options = std::move(options)};
  }

  std::int64_t units, steps;
  bool persistent;
  Visible kind;
  double sparsity_target, sparsity_cost, sparsity_decay;
  MachineParameters parameters;

  explicit RestrictedBoltzmannMachine(const sdk::Options& options)
      : units(options.integer("units")),
        steps(options.integer("steps")),
        persistent(options.boolean("persistent")),
        kind(visible_of(options)),
        sparsity_target(options.real("sparsity_target")),
        sparsity_cost(options.real("sparsity_cost")),
        sparsity_decay(options.real("sparsity_decay")),
        parameters(options) {}

  enum Output { probabilities, contrast, free_energy, reconstruction };

  struct Plan {
    std::int64_t visible;
    bool training;
    int chain = -1, activity = -1;  // numbers of the states
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& v = p.real_input(0);
    if (v.shape.rank() < 2) throw sdk::ShapeError("restricted_boltzmann_machine expects an input of rank 2 or more (samples, ...), found " + v.shape.text(), v.name, "add a layer of type \"reshape\" with target_shape = [1] before it");
    const std::int64_t samples = v.shape[0];
    Plan out{v.shape.row(), p.training()};
    p.read_in_backward(v);
    p.output({samples, units}, {.flags = TRG_READ_IN_BACKWARD}).output({samples, 1}, {.name = "contrast", .flags = TRG_SURROGATE}).output({samples, 1}, {.name = "free_energy"});
    p.output(v.shape, {.name = "reconstruction", .flags = TRG_NO_GRADIENT});
    parameters.declare(p, out.visible, units);
    int states = 0;
    if (persistent) p.state("chain", {out.visible}, sdk::zeros(), {.kind = TRG_ROW}), out.chain = states++;
    if (sparsity_cost > 0) {
      p.state("mean_activity", {units}, sdk::constant(sparsity_target), {.merge = TRG_MERGE_SAME}), out.activity = states++;
      if (p.training()) p.passes(TRG_FORWARD, {units + 1}, true);
    }
    const std::int64_t of_chain = out.visible + units;
    if (out.training) p.saved_per_sample(of_chain);
    p.scratch_per_sample(2 * units + (out.training ? 0 : of_chain)).scratch(std::max(out.visible, units));
    const double product = 2.0 * static_cast<double>(samples) * static_cast<double>(out.visible) * static_cast<double>(units);
    p.cost(TRG_FORWARD, product * static_cast<double>(1 + 2 * steps + persistent)).cost(TRG_BACKWARD, product).cost(TRG_BACKWARD_PARAMS, 2 * product);
    return out;
  }

  // Rows of v' [V] and then p(h = 1 | v') [U], in memory that is kept for the gradients in training.
  template <class T>
  T* chains(const sdk::Slice<T>& s, const Plan& plan) const {
    return plan.training ? s.saved() : draws(s) + std::max(plan.visible, units);
  }
  template <class T>
  T* draws(const sdk::Slice<T>& s) const {  // of one row; behind two arrays [N, U]
    return s.scratch() + 2 * s.samples() * units;
  }

  // Probabilities of hidden units, given visible ones; rows begin `from_stride` and `to_stride` elements apart. Free energies go to `energies`, if they are wanted.
  template <class T>
  void hidden_of(const sdk::Slice<T>& s, const Plan& plan, const T* from, std::int64_t from_stride, T* to, std::int64_t to_stride, T* energies) const {
    const T *const bias = s.parameter(1).data, *const b = s.parameter(2).data;
    for (std::int64_t row = 0; row < s.samples(); ++row) std::copy_n(bias, units, to + row * to_stride);
    sdk::gemm<T>({.m = s.samples(), .n = units, .k = plan.visible, .a = from, .lda = from_stride, .b = s.parameter(0).data, .ldb = units, .c = to, .ldc = to_stride, .beta = 1});
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T* const v = from + row * from_stride;
      T* const x = to + row * to_stride;
      if (energies) {
        const double of_hidden = sdk::sum<double>(units, [=](std::int64_t j) { return static_cast<double>(sdk::math::softplus(x[j])); });
        const double of_visible = kind == Visible::gaussian ? sdk::sum<double>(plan.visible, [=](std::int64_t i) { return static_cast<double>((v[i] - b[i]) * (v[i] - b[i])) / 2; })
                                                            : -sdk::sum<double>(plan.visible, [=](std::int64_t i) { return static_cast<double>(b[i] * v[i]); });
        energies[row] = static_cast<T>(of_visible - of_hidden);
      }
      make_probabilities(units, x);
    }
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t rows = s.samples(), visible = plan.visible, stride = visible + units;
    T *const chain = chains(s, plan), *const of_chain = chain + visible, *const mean = s.out(reconstruction).data;
    hidden_of(s, plan, s.in(0).data, visible, s.out(probabilities).data, units, s.out(free_energy).data);
    const bool goes_on = plan.chain >= 0 && plan.training;
    if (goes_on) {
      for (std::int64_t row = 0; row < rows; ++row) std::copy_n(s.state_in(plan.chain).data + row * visible, visible, chain + row * stride);
      hidden_of<T>(s, plan, chain, stride, of_chain, stride, nullptr);
    }
    for (std::int64_t step = 0; step < steps; ++step) {
      const bool at_data = step == 0 && !goes_on;
      draw_hidden(s, plan, step, at_data ? s.out(probabilities).data : of_chain, at_data ? units : stride);
      means_of_visible(s, kind, visible, units, s.scratch(), mean);
      draw_visible(s, plan, step, mean, chain, stride);
      hidden_of(s, plan, chain, stride, of_chain, stride, step + 1 == steps ? s.out(contrast).data : nullptr);
    }
    for (std::int64_t row = 0; row < rows; ++row) s.out(contrast)[row] = s.out(free_energy)[row] - s.out(contrast)[row];
    if (plan.chain >= 0)
      for (std::int64_t row = 0; row < rows; ++row) std::copy_n(goes_on ? chain + row * stride : s.state_in(plan.chain).data + row * visible, visible, s.state_out(plan.chain).data + row * visible);
    if (!s.sums()) return;
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t j = 0; j < units; ++j) s.sums()[j] += static_cast<double>(s.out(probabilities)[row * units + j]);
    s.sums()[units] += static_cast<double>(rows);
  }

  // The place of a step's draws in the stream of a sample: hidden units, then visible ones. Pairs of normal draws share their words, so each part begins at an even place.
  std::int64_t place(const Plan& plan, std::int64_t step, bool of_visible) const {
    const auto even = [](std::int64_t count) { return count + count % 2; };
    return step * (even(units) + even(plan.visible)) + (of_visible ? even(units) : 0);
  }

  template <class T>
  void draw_hidden(const sdk::Slice<T>& s, const Plan& plan, std::int64_t step, const T* from, std::int64_t stride) const {
    T *const drawn = draws(s), *const hidden = s.scratch();
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      s.uniform(row, place(plan, step, false), units, drawn);
      const T* const p = from + row * stride;
      T* const h = hidden + row * units;
      sdk::each(units, [=](std::int64_t j) { h[j] = drawn[j] < p[j] ? T(1) : T(0); });
    }
  }

  template <class T>
  void draw_visible(const sdk::Slice<T>& s, const Plan& plan, std::int64_t step, const T* mean, T* chain, std::int64_t stride) const {
    T* const drawn = draws(s);
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T* const m = mean + row * plan.visible;
      T* const v = chain + row * stride;
      if (kind == Visible::gaussian) {
        s.normal(row, place(plan, step, true), plan.visible, drawn);
        sdk::each(plan.visible, [=](std::int64_t i) { v[i] = m[i] + drawn[i]; });
      } else {
        s.uniform(row, place(plan, step, true), plan.visible, drawn);
        sdk::each(plan.visible, [=](std::int64_t i) { v[i] = drawn[i] < m[i] ? T(1) : T(0); });
      }
    }
  }

  // The gradient of the total input of the hidden units by way of `output` and `free_energy`, in the scratch: [N, U].
  template <class T>
  T* of_total_input(const sdk::Slice<T>& s) const {
    const auto dh = s.d_out(probabilities), de = s.d_out(free_energy);
    const T* const p = s.out(probabilities).data;
    T* const g = s.scratch();
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T energy = de ? de[row] : T(0);
      const std::int64_t at = row * units;
      if (dh) sdk::each(units, [=](std::int64_t j) { g[at + j] = p[at + j] * (dh.data[at + j] * (1 - p[at + j]) - energy); });
      else sdk::each(units, [=](std::int64_t j) { g[at + j] = -energy * p[at + j]; });
    }
    return g;
  }

  template <class T>
  void backward(const sdk::Slice<T>& s, const Plan& plan) const {
    const auto dv = s.d_in(0);
    if (!dv) return;
    const auto de = s.d_out(free_energy);
    if (!de && !s.d_out(probabilities)) return std::fill_n(dv.data, dv.count(), T(0)), void();
    sdk::gemm<T>({.transpose_b = true, .m = s.samples(), .n = plan.visible, .k = units, .a = of_total_input(s), .lda = units, .b = s.parameter(0).data, .ldb = units, .c = dv.data, .ldc = plan.visible});
    if (!de) return;
    const T* const b = s.parameter(2).data;
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T energy = de[row], *const v = s.in(0).at_row(row);
      T* const d = dv.at_row(row);
      if (kind == Visible::gaussian) sdk::each(plan.visible, [=](std::int64_t i) { d[i] += energy * (v[i] - b[i]); });
      else sdk::each(plan.visible, [=](std::int64_t i) { d[i] -= energy * b[i]; });
    }
  }

  // dF/dW = - v p(h | v), dF/dc = - p(h | v), dF/db = - v or b - v: once for v and, with the other sign, once for v'.
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t rows = s.samples(), visible = plan.visible, stride = visible + units;
    const auto dc = s.d_out(contrast), de = s.d_out(free_energy);
    T *const g = of_total_input(s), *const of_chain = g + rows * units;
    const T* const chain = s.saved();
    if (dc) add_contrast(s, plan, g, of_chain);
    if (const auto dw = s.d_parameter(0)) {
      sdk::gemm<T>({.transpose_a = true, .m = visible, .n = units, .k = rows, .a = s.in(0).data, .lda = visible, .b = g, .ldb = units, .c = dw.data, .ldc = units, .beta = 1});
      if (dc) sdk::gemm<T>({.transpose_a = true, .m = visible, .n = units, .k = rows, .a = chain, .lda = stride, .b = of_chain, .ldb = units, .c = dw.data, .ldc = units, .beta = 1});
    }
    if (const auto d = s.d_parameter(1)) {
      sdk::add_column_sums(g, rows, units, d.data);
      if (dc) sdk::add_column_sums(of_chain, rows, units, d.data);
    }
    const auto d = s.d_parameter(2);
    if (!d || (!dc && !de)) return;
    const T* const b = s.parameter(2).data;
    for (std::int64_t row = 0; row < rows; ++row) {
      const T of_data = (dc ? dc[row] : T(0)) + (de ? de[row] : T(0)), of_model = dc ? dc[row] : T(0);
      const T *const v = s.in(0).at_row(row), *const w = dc ? chain + row * stride : v;
      T* const to = d.data;
      if (kind == Visible::gaussian) sdk::each(visible, [=](std::int64_t i) { to[i] += of_model * (w[i] - b[i]) - of_data * (v[i] - b[i]); });
      else sdk::each(visible, [=](std::int64_t i) { to[i] += of_model * w[i] - of_data * v[i]; });
    }
  }

  // What `contrast` adds: to the gradient of the total input at the data, and what it is at v'.
  template <class T>
  void add_contrast(const sdk::Slice<T>& s, const Plan& plan, T* g, T* of_chain) const {
    const auto dc = s.d_out(contrast);
    const T* const q = plan.activity >= 0 ? s.state_in(plan.activity).data : nullptr;
    const T cost = static_cast<T>(sparsity_cost), target = static_cast<T>(sparsity_target);
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T d = dc[row], *const p = s.out(probabilities).at_row(row), *const kept = s.saved() + row * (plan.visible + units) + plan.visible;
      T *const at_data = g + row * units, *const at_chain = of_chain + row * units;
      sdk::each(units, [=](std::int64_t j) { at_data[j] -= d * p[j]; });
      sdk::each(units, [=](std::int64_t j) { at_chain[j] = d * kept[j]; });
      if (q) sdk::each(units, [=](std::int64_t j) { at_data[j] += d * cost * (q[j] - target); });
    }
  }

  template <class T>
  void update_state(const sdk::Slice<T>& s, const Plan& plan) const {
    if (plan.activity < 0) return;
    const double rows = s.global_sums()[units];
    for (std::int64_t j = 0; j < units; ++j) {
      const double old = static_cast<double>(s.state_in(plan.activity)[j]);
      s.state_out(plan.activity)[j] = static_cast<T>(rows > 0 ? sparsity_decay * old + (1 - sparsity_decay) * s.global_sums()[j] / rows : old);
    }
  }
};

}  // namespace teranga::layers
