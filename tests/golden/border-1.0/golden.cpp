// SPDX-License-Identifier: Apache-2.0
// One item of each kind, as it was written for border 1.0. They compute by +, -, * and / alone, so that all machines give the same bits.
#include <cmath>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/dataset.hpp>
#include <teranga/sdk/layer.hpp>
#include <teranga/sdk/observer.hpp>
#include <teranga/sdk/training.hpp>

namespace sdk = teranga::sdk;

// y = x w
struct Mix {
  static sdk::LayerInfo info() {
    return {.name = "golden.mix", .author = "Teranga", .summary = "Mixes channels", .formula = "y = x w",
            .options = {sdk::integer("units").in(1, 1000).says("channels of the output"), sdk::component("initializer", "initializer", "golden.spread").says("of the weights")}};
  }
  std::int64_t units;
  sdk::Component initializer;
  explicit Mix(const sdk::Options& options) : units(options.integer("units")), initializer(options.component("initializer")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Input& x = p.real_input(0);
    sdk::Shape y = x.shape;
    y[-1] = units;
    p.read_in_backward(x).output(y).parameter("weight", {x.shape.last(), units}, sdk::chosen(initializer));
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0), w = s.parameter(0);
    const auto y = s.out(0);
    for (std::int64_t i = 0; i < y.count(); ++i) {
      T sum = 0;
      for (std::int64_t k = 0; k < x.last; ++k) sum += x[i / units * x.last + k] * w[k * units + i % units];
      y[i] = sum;
    }
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0), w = s.parameter(0);
    const auto dx = s.d_in(0);
    for (std::int64_t i = 0; dx && i < dx.count(); ++i) {
      dx[i] = 0;
      for (std::int64_t u = 0; dy && u < units; ++u) dx[i] += dy[i / dx.last * units + u] * w[i % dx.last * units + u];
    }
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto x = s.in(0), dy = s.d_out(0);
    const auto dw = s.d_parameter(0);
    for (std::int64_t i = 0; dy && dw && i < dy.count(); ++i)
      for (std::int64_t k = 0; k < x.last; ++k) dw[k * units + i % units] += x[i / units * x.last + k] * dy[i];
  }
};

// y = x / (1 + |x|)
struct Bend {
  static sdk::Info info() {
    return {.name = "golden.bend", .author = "Teranga", .summary = "Bends", .formula = "y = x / (1 + |x|)"};
  }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  explicit Bend(const sdk::Options&) {}
  template <class T>
  void value(const sdk::Block<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.y[i] = b.x[i] / (1 + std::abs(b.x[i]));
  }
  template <class T>
  void gradient(const sdk::GradientBlock<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.dx[i] = b.dy[i] / ((1 + std::abs(b.x[i])) * (1 + std::abs(b.x[i])));
  }
};

// sum over c of (p[c] - [c = t])^2
struct Distance {
  static sdk::Info info() {
    return {.name = "golden.distance", .author = "Teranga", .summary = "Squared distance from the one-hot class", .formula = "sum_c (p_c - [c = t])^2"};
  }
  explicit Distance(const sdk::Options&) {}
  int plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    if (c.prediction().rank() != 2 || c.target().count() != c.prediction()[0]) throw sdk::ShapeError("expects one class number a sample", "target");
    answer.leading = 1;
    answer.targets = TRG_TARGETS_CLASSES;
    return 0;
  }
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, int) const {
    const auto p = s.prediction();
    const auto d = s.d_prediction();
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      s.values()[n] = 0;
      for (std::int64_t c = 0; c < p.last; ++c) {
        const T distance = p[n * p.last + c] - T(s.classes()[n] == c);
        s.values()[n] += static_cast<double>(distance) * static_cast<double>(distance);
        if (d) d[n * p.last + c] = static_cast<T>(s.weights()[n]) * 2 * distance;
      }
    }
  }
};

// v = decay v - rate g; w += v
struct Momentum {
  static sdk::Info info() {
    return {.name = "golden.momentum", .author = "Teranga", .summary = "Gradient descent with momentum", .formula = "v = decay v - rate g; w += v",
            .options = {sdk::real("learning_rate", 0.01).in(0, 1).says("the size of a step"), sdk::real("decay", 0.875).in(0, 1).says("what is kept of the last step")}};
  }
  double decay;
  explicit Momentum(const sdk::Options& options) : decay(options.real("decay")) {}
  std::vector<const char*> slots() const { return {"velocity"}; }
  template <class T>
  void update(const sdk::Update<T>& u) const {
    for (std::int64_t i = 0; i < u.count; ++i) {
      u.slot(0)[i] = static_cast<T>(decay) * u.slot(0)[i] - (u.gradient ? u.rate * u.gradient[i] : T(0));
      u.weights[i] += u.slot(0)[i];
    }
  }
};

// The share of samples whose largest prediction is that of their class.
struct Hits {
  static sdk::Info info() {
    return {.name = "golden.hits", .author = "Teranga", .summary = "Share of right samples", .formula = "mean([argmax p = t])"};
  }
  explicit Hits(const sdk::Options&) {}
  std::int64_t plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    answer.leading = 1;
    answer.sum_count = 2;
    answer.direction = 1;
    return c.prediction().last();
  }
  void update(const sdk::MetricSlice& s, std::int64_t classes) const {
    const auto p = s.prediction();
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      std::int64_t best = 0;
      for (std::int64_t c = 1; c < classes; ++c)
        if (p[n * classes + c] > p[n * classes + best]) best = c;
      s.sums()[0] += best == s.classes()[n] ? s.weights()[n] : 0;
      s.sums()[1] += s.weights()[n];
    }
  }
  double value(const double* sums, std::int64_t) const { return sums[0] / sums[1]; }
};

// start / (1 + step / 16), halved for each epoch whose loss was no better
struct Slope {
  static sdk::Info info() {
    return {.name = "golden.slope", .author = "Teranga", .summary = "Falls with the steps", .formula = "start / (1 + step / 16)",
            .options = {sdk::real("start", 0.0625).in(0, 1).says("the learning rate of the first step")}};
  }
  double start;
  explicit Slope(const sdk::Options& options) : start(options.real("start")) {}
  std::int64_t state_count() const { return 2; }  // the best loss, and how often it was missed
  double rate(std::int64_t step, std::int64_t, const double* state) const { return start / (1 + static_cast<double>(step) / 16) / (1 + state[1]); }
  void epoch_end(std::int64_t epoch, sdk::Measures measures, double* state) const {
    for (const sdk::Measure& measure : measures) {
      if (measure.name != "loss") continue;
      if (epoch == 1 || measure.value < state[0]) state[0] = measure.value;
      else state[1] += 1;
    }
  }
};

// Uniform in [-1/2, 1/2)
struct Spread {
  static sdk::Info info() {
    return {.name = "golden.spread", .author = "Teranga", .summary = "Uniform numbers", .formula = "w ~ U(-1/2, 1/2)"};
  }
  explicit Spread(const sdk::Options&) {}
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    sdk::host().uniform(f.stream(), 0, f.shape().count(), sdk::Slice<T>::type(), f.data());
    for (std::int64_t i = 0; i < f.shape().count(); ++i) f.data()[i] -= T(0.5);
  }
};

// 96 samples of 6 numbers, of 3 classes
struct Points {
  static sdk::Info info() {
    return {.name = "golden.points", .author = "Teranga", .summary = "Points that tell their class", .formula = "x[j] = ((s + 1) (j + 3) mod 7) / 8 + [j = t] - mean"};
  }
  explicit Points(const sdk::Options&) {}
  float mean = 0;
  static float number(std::int64_t sample, std::int64_t j) { return static_cast<float>((sample + 1) * (j + 3) % 7) / 8 + (sample % 3 == j ? 1.0f : 0.0f); }

  void describe(sdk::Description& d) const {
    d.count(TRG_TRAIN, 96);
    d.count(TRG_TEST, 24);
    d.field({.name = "x", .shape = {6}, .columns = {"a", "b", "c", "d", "e", "f"}});
    d.field({.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = 3, .class_names = {"red", "green", "blue"}});
  }
  std::string fit(std::span<const std::int64_t> samples) {
    float sum = 0;
    for (const std::int64_t sample : samples) sum += number(sample, 0);
    mean = sum / static_cast<float>(samples.size());
    return {reinterpret_cast<const char*>(&mean), sizeof(mean)};
  }
  void restore(std::string_view learnt) { std::memcpy(&mean, learnt.data(), sizeof(mean)); }
  void fill(const sdk::Batch& b) const {
    for (std::int64_t r = 0; r < b.rows(); ++r) {
      const std::int64_t sample = b.sample(r) + (b.part() == TRG_TEST ? 96 : 0);
      for (std::int64_t j = 0; b.wanted(0) && j < 6; ++j) b.field<float>(0)[r * 6 + j] = number(sample, j) - mean;
      if (b.wanted(1)) b.field<std::int32_t>(1)[r] = static_cast<std::int32_t>(sample % 3);
    }
  }
};

// Writes down what it is told.
struct Diary {
  static sdk::Info info() {
    return {.name = "golden.diary", .author = "Teranga", .summary = "Writes down the losses", .formula = "diary.txt in the run folder"};
  }
  std::string file;
  long steps = 0;
  explicit Diary(const sdk::Options&) {}
  void begin(const sdk::TrainingStart& start) { file = std::string(start.run_folder) + "/diary.txt"; }
  void step(const sdk::StepReport&) { ++steps; }
  void epoch_end(const sdk::EpochReport& report) {
    if (std::FILE* to = std::fopen(file.c_str(), "a")) {
      std::fprintf(to, "epoch %ld: %ld steps, loss %.17g\n", static_cast<long>(report.epoch), steps, report.value("loss").value_or(-1));
      std::fclose(to);
    }
  }
};

TERANGA_PLUGIN(sdk::layer<Mix>(), sdk::activation<Bend>(), sdk::loss<Distance>(), sdk::optimizer<Momentum>(), sdk::metric<Hits>(), sdk::schedule<Slope>(), sdk::initializer<Spread>(),
               sdk::dataset<Points>(), sdk::observer<Diary>())
