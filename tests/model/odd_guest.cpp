// SPDX-License-Identifier: Apache-2.0
// Layers that do what no built-in layer does: draw random numbers whatever the mode, keep a shared and a row state at once, and learn by a rule that is no
// gradient.
#include <algorithm>
#include <cmath>
#include <vector>

#include <teranga/sdk/layer.hpp>

namespace sdk = teranga::sdk;

// y = x + noise, in training and whenever it is asked later.
struct AlwaysNoisy {
  static sdk::LayerInfo info() {
    return {.name = "guest.always_noisy", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = x + stddev n, n standard normal",
            .options = {sdk::real("stddev", 1.0).at_least(0).says("of the noise")}};
  }

  double stddev;
  explicit AlwaysNoisy(const sdk::Options& options) : stddev(options.real("stddev")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape& x = p.input(0).shape;
    p.output(x).scratch(x.row());
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const std::int64_t width = s.in(0).count() / s.samples();
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      s.normal(row, 0, width, s.scratch());
      for (std::int64_t i = 0; i < width; ++i) s.out(0).data[row * width + i] = s.in(0).data[row * width + i] + static_cast<T>(stddev) * s.scratch()[i];
    }
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = dy;
  }
};

// y = x - mean + before: the mean of each channel over all batches so far is a shared state; what the row of the batch before had is a row state.
struct TwoStates {
  static sdk::LayerInfo info() {
    return {.name = "guest.two_states", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = x - mean + before", .options = {}};
  }
  explicit TwoStates(const sdk::Options&) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape& x = p.input(0).shape;  // [N, C]
    p.output(x);
    p.state("before", {x.last()}, sdk::zeros(), {.kind = TRG_ROW});
    p.state("mean", {x.last()}, sdk::zeros());
    p.state("batches", {1}, sdk::zeros(), {.merge = TRG_MERGE_SAME});
    if (p.training()) p.passes(TRG_FORWARD, {x.last() + 1}, true);
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const std::int64_t width = s.in(0).last;
    for (std::int64_t row = 0; row < s.samples(); ++row)
      for (std::int64_t c = 0; c < width; ++c) {
        const std::int64_t i = row * width + c;
        const T x = s.in(0).data[i];
        s.out(0).data[i] = x - s.state_in(1).data[c] + s.state_in(0).data[i];
        s.state_out(0).data[i] = x;
        if (s.sums()) s.sums()[c] += static_cast<double>(x);
      }
    if (s.sums()) s.sums()[width] += static_cast<double>(s.samples());
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = dy;
  }

  template <class T>
  void update_state(const sdk::Slice<T>& s) const {
    const std::int64_t width = s.state_in(1).count();
    const double rows = s.global_sums()[width], batches = static_cast<double>(s.state_in(2).data[0]);
    for (std::int64_t c = 0; c < width; ++c)
      s.state_out(1).data[c] = static_cast<T>((static_cast<double>(s.state_in(1).data[c]) * batches + s.global_sums()[c] / rows) / (batches + 1));
    s.state_out(2).data[0] = static_cast<T>(batches + 1);
  }
};

// A restricted Boltzmann machine of binary units. Its output is F(v) - F(v'), F the free energy and v' what k steps of Gibbs sampling make of the data, or of the
// chain that each row of the batch goes on with (persistent). As v' counts as constant, the mean of the output as a loss gives contrastive divergence: Hinton,
// Neural Computation 14 (2002); Tieleman, ICML 2008.
struct Rbm {
  static sdk::LayerInfo info() {
    return {.name = "guest.rbm", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = F(v) - F(v'), F(v) = - b v - sum_j log(1 + exp(c_j + (v W)_j))",
            .options = {sdk::integer("units").at_least(1).says("hidden units"), sdk::integer("steps", std::int64_t{1}).at_least(1).says("of Gibbs sampling"),
                        sdk::boolean("persistent", false).says("whether chains go on from batch to batch")}};
  }

  std::int64_t hidden, steps;
  bool persistent;
  explicit Rbm(const sdk::Options& options) : hidden(options.integer("units")), steps(options.integer("steps")), persistent(options.boolean("persistent")) {}

  struct Plan {
    std::int64_t visible;
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& v = p.real_input(0);
    const std::int64_t visible = v.shape.last();
    p.read_in_backward(v);
    p.output({v.shape[0], 1}, {.flags = TRG_SURROGATE});
    p.parameter("kernel", {visible, hidden}, sdk::Initializer("teranga.random_normal", {{"stddev", 0.1}}));
    p.parameter("visible_bias", {visible}, sdk::zeros());
    p.parameter("hidden_bias", {hidden}, sdk::zeros());
    if (persistent) p.state("chain", {visible}, sdk::zeros(), {.kind = TRG_ROW});
    p.saved_per_sample(visible + 2 * hidden);
    p.scratch(2 * hidden + visible);
    return {visible};
  }

  template <class T>
  static T sigmoid(T x) {
    return 1 / (1 + std::exp(-x));
  }

  // Chances of the hidden units; returns the free energy.
  template <class T>
  T hidden_of(const sdk::Slice<T>& s, const T* v, std::int64_t visible, T* chances) const {
    T energy = 0;
    for (std::int64_t i = 0; i < visible; ++i) energy -= s.parameter(1).data[i] * v[i];
    for (std::int64_t j = 0; j < hidden; ++j) {
      T x = s.parameter(2).data[j];
      for (std::int64_t i = 0; i < visible; ++i) x += v[i] * s.parameter(0).data[i * hidden + j];
      chances[j] = sigmoid(x);
      energy -= x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    }
    return energy;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t visible = plan.visible, draws = visible + hidden;
    T *const units = s.scratch(), *const drawn = units + hidden;  // drawn: hidden + visible
    std::vector<T> unused(s.saved() ? 0 : static_cast<std::size_t>(draws + hidden));
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T* const v = s.in(0).data + row * visible;
      T* const kept = s.saved() ? s.saved() + row * (draws + hidden) : unused.data();  // v', chances of the data, chances of v'
      T *const chain = kept, *const of_data = kept + visible, *const of_chain = of_data + hidden;
      std::copy_n(persistent ? s.state_in(0).data + row * visible : v, visible, chain);
      const T energy = hidden_of(s, v, visible, of_data);
      hidden_of(s, chain, visible, of_chain);
      T after = 0;
      for (std::int64_t step = 0; step < steps; ++step) {
        s.uniform(row, step * draws, draws, drawn);
        for (std::int64_t j = 0; j < hidden; ++j) units[j] = drawn[j] < of_chain[j];
        for (std::int64_t i = 0; i < visible; ++i) {
          T x = s.parameter(1).data[i];
          for (std::int64_t j = 0; j < hidden; ++j) x += units[j] * s.parameter(0).data[i * hidden + j];
          chain[i] = drawn[hidden + i] < sigmoid(x);
        }
        after = hidden_of(s, chain, visible, of_chain);
      }
      if (persistent) std::copy_n(chain, visible, s.state_out(0).data + row * visible);
      s.out(0).data[row] = energy - after;
    }
  }

  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
    const std::int64_t visible = plan.visible;
    for (std::int64_t row = 0; row < s.samples(); ++row) {
      const T dy = s.d_out(0).data[row];
      const T* const v = s.in(0).data + row * visible;
      const T *const chain = s.saved() + row * (visible + 2 * hidden), *const of_data = chain + visible, *const of_chain = of_data + hidden;
      for (std::int64_t i = 0; i < visible; ++i) {
        s.d_parameter(1).data[i] += dy * (chain[i] - v[i]);
        for (std::int64_t j = 0; j < hidden; ++j) s.d_parameter(0).data[i * hidden + j] += dy * (chain[i] * of_chain[j] - v[i] * of_data[j]);
      }
      for (std::int64_t j = 0; j < hidden; ++j) s.d_parameter(2).data[j] += dy * (of_chain[j] - of_data[j]);
    }
  }
};

TERANGA_PLUGIN(sdk::layer<AlwaysNoisy>(), sdk::layer<TwoStates>(), sdk::layer<Rbm>())
