// SPDX-License-Identifier: Apache-2.0
// The right part of the guests of the zoo: a complete item of each kind. The source of a guest takes one and spoils a single thing of it.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/observer.hpp>
#include <teranga/sdk/training.hpp>

namespace sdk = teranga::sdk;

namespace zoo {

// Whether a fault is to show: at once, and in a training that sets these variables, only on the rank ZOO_RANK, and only after ZOO_AFTER calls.
inline bool now() {
  const char *chosen = std::getenv("ZOO_RANK"), *rank = std::getenv("OMPI_COMM_WORLD_RANK"), *after = std::getenv("ZOO_AFTER");
  if (chosen && rank && std::strcmp(chosen, rank) != 0) return false;
  static std::atomic<long> calls{0};
  return !after || ++calls > std::atol(after);
}

// y = factor * x
struct Layer {
  static sdk::LayerInfo info() {
    return {.name = "zoo.layer", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Scales each channel", .formula = "y = factor * x",
            .options = {sdk::real("initial", 1.0).in(0.5, 2.0).says("the factor of each channel before the training")}};
  }
  double initial;
  explicit Layer(const sdk::Options& options) : initial(options.real("initial")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape x = p.real_input(0).shape;
    p.read_in_backward(p.input(0)).output(x).parameter("factor", {x.last()}, sdk::constant(initial));
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y, a] : s.rows(s.in(0), s.out(0), s.parameter(0))) y = a * x;
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    if (!dx) return;
    for (std::int64_t i = 0; i < dx.count(); ++i) dx[i] = s.d_out(0) ? s.d_out(0)[i] * s.parameter(0)[i % dx.last] : T(0);
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    if (!s.d_out(0) || !s.d_parameter(0)) return;
    for (auto [x, dy, da] : s.rows(s.in(0), s.d_out(0), s.d_parameter(0))) da += x * dy;
  }
};

// y = x + sin(x) / 2
struct Activation {
  static sdk::Info info() {
    return {.name = "zoo.activation", .author = "Teranga", .summary = "A line with a wave", .formula = "y = x + sin(x) / 2"};
  }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  explicit Activation(const sdk::Options&) {}
  template <class T>
  void value(const sdk::Block<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.y[i] = b.x[i] + std::sin(b.x[i]) / 2;
  }
  template <class T>
  void gradient(const sdk::GradientBlock<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.dx[i] = b.dy[i] * (1 + std::cos(b.x[i]) / 2);
  }
};

// sum over c of (p[c] - [c = class])^2
struct Loss {
  static sdk::Info info() {
    return {.name = "zoo.loss", .author = "Teranga", .summary = "Squared distance from the one-hot class", .formula = "sum_c (p_c - [c = t])^2"};
  }
  explicit Loss(const sdk::Options&) {}
  int plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const sdk::Shape p = c.prediction(), t = c.target();
    if (p.rank() < 2 || t.count() * p.last() != p.count()) throw sdk::ShapeError("expects one class number a row of predictions", "target");
    answer.leading = p.rank() - 1;
    answer.targets = TRG_TARGETS_CLASSES;
    return 0;
  }
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int) const {
    const auto p = s.prediction();
    const auto d = s.d_prediction();
    const auto classes = s.classes();
    for (std::int64_t i = 0; i < p.count() / p.last; ++i) {
      double value = 0;
      for (std::int64_t c = 0; c < p.last; ++c) {
        const T distance = p[i * p.last + c] - T(c == classes[i]);
        value += distance * distance;
        if (d) d[i * p.last + c] = static_cast<T>(s.weights()[i]) * 2 * distance;
      }
      s.values()[i] = value;
    }
  }
};

// v = 0.9 v - rate g; w += v
struct Optimizer {
  static sdk::Info info() {
    return {.name = "zoo.optimizer", .author = "Teranga", .summary = "Gradient descent with momentum", .formula = "v = 0.9 v - rate g; w += v",
            .options = {sdk::real("learning_rate", 0.01).in(0, 1).says("the size of a step along the gradient")}};
  }
  explicit Optimizer(const sdk::Options&) {}
  std::vector<const char*> slots() const { return {"momentum"}; }
  template <class T>
  void update(const sdk::Update<T>& u) const {
    for (std::int64_t i = 0; i < u.count; ++i) {
      u.slot(0)[i] = T(0.9) * u.slot(0)[i] - u.rate * (u.gradient ? u.gradient[i] : T(0));
      u.weights[i] += u.slot(0)[i];
    }
  }
};

// The share of rows whose largest prediction is that of their class.
struct Metric {
  static sdk::Info info() {
    return {.name = "zoo.metric", .author = "Teranga", .summary = "Share of right rows", .formula = "mean([argmax p = t])"};
  }
  explicit Metric(const sdk::Options&) {}
  int plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    const sdk::Shape p = c.prediction(), t = c.target();
    if (p.rank() < 2 || t.count() * p.last() != p.count()) throw sdk::ShapeError("expects one class number a row of predictions", "target");
    answer.leading = p.rank() - 1;
    answer.direction = 1;
    answer.sum_count = 2;
    return 0;
  }
  void update(const sdk::MetricSlice& s, int) const {
    const auto p = s.prediction();
    const auto classes = s.classes();
    const sdk::Shape shape(s.call.predictions[0]);
    for (std::int64_t i = 0; i < p.count() / shape.last(); ++i) {
      std::int64_t best = 0;
      for (std::int64_t c = 1; c < shape.last(); ++c)
        if (p[i * shape.last() + c] > p[i * shape.last() + best]) best = c;
      s.sums()[0] += s.weights()[i] * (best == classes[i]);
      s.sums()[1] += s.weights()[i];
    }
  }
  double value(const double* sums, int) const { return sums[0] / sums[1]; }
};

// 0.01 / (1 + step / 100)
struct Schedule {
  static sdk::Info info() {
    return {.name = "zoo.schedule", .author = "Teranga", .summary = "Falls with the steps", .formula = "0.01 / (1 + step / 100)"};
  }
  explicit Schedule(const sdk::Options&) {}
  double rate(std::int64_t step, std::int64_t, const double*) const { return 0.01 / (1 + static_cast<double>(step) / 100); }
};

// Uniform in [-scale, scale)
struct Initializer {
  static sdk::Info info() {
    return {.name = "zoo.initializer", .author = "Teranga", .summary = "Uniform numbers", .formula = "w ~ U(-0.1, 0.1)"};
  }
  explicit Initializer(const sdk::Options&) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    sdk::host().uniform(f.stream(), 0, f.shape().count(), sdk::Slice<T>::type(), f.data());
    for (std::int64_t i = 0; i < f.shape().count(); ++i) f.data()[i] = f.data()[i] / 5 - T(0.1);
  }
};

// Counts the epochs.
struct Observer {
  static sdk::Info info() {
    return {.name = "zoo.observer", .author = "Teranga", .summary = "Counts the epochs", .formula = "n = n + 1"};
  }
  int epochs = 0;
  explicit Observer(const sdk::Options&) {}
  void epoch_end(const sdk::EpochReport&) { ++epochs; }
};

}  // namespace zoo

// A library of one layer, whose tables `change(library, item)` spoils before the host sees them.
#define ZOO_LIBRARY(change)                                                                                                                   \
  TRG_DECLARE_BORDER();                                                                                                                       \
  extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) {                                                      \
    static trg_library library = *sdk::detail::open_library(host, [] { return std::vector<sdk::Item>{sdk::layer<zoo::Layer>()}; });           \
    static trg_item item = *library.items;                                                                                                    \
    library.items = &item;                                                                                                                    \
    change(library, item);                                                                                                                    \
    return &library;                                                                                                                          \
  }

// The calls of a right item, of which `change(calls)` spoils one.
#define ZOO_CALLS(adapter, change)                  \
  static const auto spoiled_calls = [] {            \
    auto calls = sdk::detail::adapter::calls;       \
    change(calls);                                  \
    return calls;                                   \
  }()
