// SPDX-License-Identifier: Apache-2.0
// Layers that are right, and layers that are each wrong in one way, for the rules of layers.
#include <cmath>
#include <cstdlib>
#include <vector>

#include <teranga/sdk/activation.hpp>
#include <teranga/sdk/layer.hpp>

namespace {

namespace sdk = teranga::sdk;

sdk::LayerInfo named(const char* name) {
  return {.name = name, .author = "Teranga", .summary = "For tests", .formula = "y = factor * x", .options = {sdk::real("initial", 1.0).in(0.5, 2).says("first value of each factor"), sdk::boolean("twice", false).says("whether to multiply twice")}};
}

// y = factor x, with a factor a channel: what backward needs is saved, and the product goes through scratch memory.
struct Scale {
  static sdk::LayerInfo info() { return named("test.scale"); }
  double initial;
  explicit Scale(const sdk::Options& options) : initial(options.real("initial")) {}

  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape& x = p.real_input(0).shape;
    p.output(x).parameter("factor", {x.last()}, sdk::constant(initial));
    p.saved_per_sample(x.row()).scratch_per_sample(x.row()).cost(static_cast<double>(x.count()));
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    for (std::int64_t i = 0; i < x.count(); ++i) s.saved()[i] = x[i], s.scratch()[i] = x[i] * s.parameter(0)[i % x.last];
    for (std::int64_t i = 0; i < x.count(); ++i) s.out(0)[i] = s.scratch()[i];
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    for (std::int64_t i = 0; dx && i < dx.count(); ++i) dx[i] = s.d_out(0)[i] * s.parameter(0)[i % dx.last];
  }
  template <class T>
  void backward_params(const sdk::Slice<T>& s) const {
    const auto dy = s.d_out(0);
    for (std::int64_t i = 0; s.d_parameter(0) && i < dy.count(); ++i) s.d_parameter(0)[i % dy.last] += dy[i] * s.saved()[i];
  }
};

// y = |x - mean| + noise: a kink, a state, random numbers, and passes that sum over the batch.
struct Centred {
  static sdk::LayerInfo info() {
    return {.name = "test.centred", .author = "Teranga", .summary = "For tests", .formula = "y = |x - mean(x)| + noise"};
  }
  explicit Centred(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape& x = p.real_input(0).shape;
    p.output(x).read_in_backward(p.input(0)).state("mean", {1}, sdk::zeros());
    if (!p.training()) return;
    p.passes(TRG_FORWARD, {2, 0}).passes(TRG_BACKWARD, {2, 0}).saved_per_sample(1);
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    const bool training = s.sums() || s.pass() > 0;
    if (training && s.pass() == 0) {
      for (std::int64_t i = 0; i < x.count(); ++i) s.sums()[0] += static_cast<double>(x[i]);
      s.sums()[1] += static_cast<double>(x.count());
      return;
    }
    const T mean = training ? static_cast<T>(s.local_sums()[0] / s.local_sums()[1]) : s.state_in(0)[0];
    const std::int64_t row = x.count() / s.samples();
    for (std::int64_t n = 0; n < s.samples(); ++n) {
      T noise = 0;
      if (training) s.normal(n, 0, 1, &noise), s.saved()[n] = mean;
      for (std::int64_t i = n * row; i < (n + 1) * row; ++i) s.out(0)[i] = std::fabs(x[i] - mean) + noise / 8;
    }
  }
  template <class T>
  void update_state(const sdk::Slice<T>& s) const { s.state_out(0)[0] = static_cast<T>(0.9) * s.state_in(0)[0] + static_cast<T>(0.1 * s.local_sums()[0] / s.local_sums()[1]); }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto x = s.in(0);
    const std::int64_t row = x.count() / s.samples();
    const bool training = s.sums() || s.pass() > 0;
    const auto sign = [&](std::int64_t i) { return x[i] < (training ? s.saved()[i / row] : s.state_in(0)[0]) ? T(-1) : T(1); };
    if (training && s.pass() == 0) {
      for (std::int64_t i = 0; i < x.count(); ++i) s.sums()[0] += static_cast<double>(s.d_out(0)[i] * sign(i));
      s.sums()[1] += static_cast<double>(x.count());
      return;
    }
    const T of_mean = training ? static_cast<T>(s.local_sums()[0] / s.local_sums()[1]) : T(0);
    for (std::int64_t i = 0; s.d_in(0) && i < x.count(); ++i) s.d_in(0)[i] = s.d_out(0)[i] * sign(i) - of_mean;
  }
};

// y = [mean over the kept steps of x > 0], with a stand-in for its gradient.
struct MaskedStep {
  static sdk::LayerInfo info() {
    return {.name = "test.masked_step", .author = "Teranga", .summary = "For tests", .formula = "y = [mean over steps of x > 0]"};
  }
  explicit MaskedStep(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape& x = p.real_input(0).shape;
    if (x.rank() != 3) throw sdk::ShapeError("expects (samples, steps, channels), found " + x.text(), p.input(0).name);
    p.output({x[0], x[2]}, {.flags = TRG_SURROGATE});
  }
  // each(sample, step, channel, place in x, place in y)
  template <class T, class F>
  static void each_kept(const sdk::Slice<T>& s, F&& each) {
    const trg_tensor& x = s.native().inputs[0];
    const std::int64_t steps = x.shape[1], channels = x.shape[2];
    const bool by_step = s.native().input_masks[0].rank > 1;
    for (std::int64_t n = 0; n < s.samples(); ++n)
      for (std::int64_t t = 0; t < steps; ++t)
        if (!s.mask(0) || s.mask(0)[by_step ? n * steps + t : n])
          for (std::int64_t c = 0; c < channels; ++c) each((n * steps + t) * channels + c, n * channels + c);
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const auto y = s.out(0);
    for (std::int64_t i = 0; i < y.count(); ++i) y[i] = 0;
    each_kept(s, [&](std::int64_t from, std::int64_t to) { y[to] += s.in(0)[from]; });
    for (std::int64_t i = 0; i < y.count(); ++i) y[i] = y[i] > 0 ? T(1) : T(0);
  }
  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const auto dx = s.d_in(0);
    for (std::int64_t i = 0; i < dx.count(); ++i) dx[i] = 0;
    each_kept(s, [&](std::int64_t from, std::int64_t to) { dx[from] = s.d_out(0)[to]; });
  }
};

// What is wrong with the others: each is Scale with another body of one call.
#define WRONG(Struct, text)                                \
  struct Struct : Scale {                                  \
    using Scale::Scale;                                    \
    static sdk::LayerInfo info() { return named(text); }
#define CALL(name) template <class T> void name(const sdk::Slice<T>& s) const

WRONG(NothingFits, "test.nothing_fits")
  void plan(sdk::LayerPlan&) const { throw sdk::ShapeError("expects an input of 17 axes", "input"); }
};
WRONG(PlansMore, "test.plans_more")
  void plan(sdk::LayerPlan& p) const { Scale::plan(p); }
  CALL(forward) {
    if (s.in(0).last == 1) throw sdk::ShapeError("expects more than one channel");
    Scale::forward(s);
  }
};
WRONG(Overflows, "test.overflows")
  void plan(sdk::LayerPlan& p) const {
    const sdk::Shape& x = p.real_input(0).shape;
    p.output(x).parameter("factor", {x.last()}, sdk::constant(initial)).saved_per_sample(x.row());
    p.scratch(static_cast<std::int32_t>(x.count()) & 0x7fffffff);
  }
  CALL(forward) {
    const auto x = s.in(0);
    for (std::int64_t i = 0; i < x.count(); ++i) s.saved()[i] = x[i], s.out(0)[i] = x[i] * s.parameter(0)[i % x.last];
  }
};
WRONG(NamesTwice, "test.names_twice")
  void plan(sdk::LayerPlan& p) const { Scale::plan(p), p.parameter("factor", {1}, sdk::zeros()); }
};
struct Silent {  // a parameter that nobody trains
  static sdk::LayerInfo info() { return named("test.silent"); }
  explicit Silent(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.real_input(0).shape).parameter("factor", {1}, sdk::ones()); }
  CALL(forward) {
    for (std::int64_t i = 0; i < s.in(0).count(); ++i) s.out(0)[i] = s.in(0)[i];
  }
};
WRONG(Counts, "test.counts")
  mutable std::int64_t plans = 0;
  void plan(sdk::LayerPlan& p) const { Scale::plan(p), p.scratch(++plans); }
};
WRONG(GradientOfInput, "test.gradient_of_input")
  CALL(backward) {
    for (std::int64_t i = 0; i < s.d_in(0).count(); ++i) s.d_in(0)[i] = s.d_out(0)[i];
  }
};
WRONG(GradientOfParameter, "test.gradient_of_parameter")
  CALL(backward_params) {
    const auto dy = s.d_out(0);
    for (std::int64_t i = 0; s.d_parameter(0) && i < dy.count(); ++i) s.d_parameter(0)[i % dy.last] += T(0.99) * dy[i] * s.saved()[i];
  }
};
WRONG(AddsToInput, "test.adds_to_input")
  CALL(backward) {
    for (std::int64_t i = 0; i < s.d_in(0).count(); ++i) s.d_in(0)[i] += s.d_out(0)[i] * s.parameter(0)[i % s.d_in(0).last];
  }
};
WRONG(OverwritesParameter, "test.overwrites_parameter")
  CALL(backward_params) {
    if (!s.d_parameter(0)) return;
    for (std::int64_t i = 0; i < s.d_parameter(0).count(); ++i) s.d_parameter(0)[i] = 0;
    Scale::backward_params(s);
  }
};
WRONG(BySlice, "test.by_slice")
  CALL(forward) {
    Scale::forward(s);
    for (std::int64_t i = 0; i < s.out(0).count(); ++i) s.out(0)[i] += T(s.samples());
  }
};
WRONG(ByWorker, "test.by_worker")
  CALL(forward) {
    Scale::forward(s);
    for (std::int64_t i = 0; i < s.out(0).count(); ++i) s.out(0)[i] += T(s.worker());
  }
};
WRONG(WritesBehind, "test.writes_behind")
  CALL(forward) {
    Scale::forward(s);
    s.out(0).data[s.out(0).count()] = 0;
  }
};
WRONG(WritesBeforeSaved, "test.writes_before_saved")
  CALL(forward) {
    Scale::forward(s);
    s.saved()[-1] = 0;
  }
};
WRONG(WritesInput, "test.writes_input")
  CALL(forward) {
    Scale::forward(s);
    const_cast<T*>(s.in(0).data)[0] = 0;
  }
};
WRONG(ReadsScratch, "test.reads_scratch")
  CALL(forward) {
    const T before = s.scratch()[0];
    Scale::forward(s);
    s.out(0)[0] += before;
  }
};
WRONG(LeavesOutput, "test.leaves_output")
  CALL(forward) {
    const T before = s.out(0)[0];
    Scale::forward(s);
    s.out(0)[0] = before;
  }
};
WRONG(ReadsUndeclared, "test.reads_undeclared")
  CALL(backward_params) {
    const auto dy = s.d_out(0);
    for (std::int64_t i = 0; s.d_parameter(0) && i < dy.count(); ++i) s.d_parameter(0)[i % dy.last] += dy[i] * s.in(0)[i];
  }
};
WRONG(Infinite, "test.infinite")
  CALL(forward) {
    Scale::forward(s);
    s.out(0)[0] = T(1) / (s.parameter(0)[0] - s.parameter(0)[0]);
  }
};
WRONG(InfiniteAtZero, "test.infinite_at_zero")
  CALL(forward) {
    Scale::forward(s);
    for (std::int64_t i = 0; i < s.out(0).count(); ++i) s.out(0)[i] *= s.in(0)[i] / s.in(0)[i];
  }
};
WRONG(Asks, "test.asks")
  void plan(sdk::LayerPlan& p) const { Scale::plan(p), p.buffer(TRG_SCRATCH, std::int64_t{1} << 40, 0); }
};
WRONG(BeyondSums, "test.beyond_sums")
  void plan(sdk::LayerPlan& p) const { Scale::plan(p), p.passes(TRG_FORWARD, {1, 0}); }
  CALL(forward) {
    if (s.pass() == 0) s.sums()[1] += 1;
    else Scale::forward(s);
  }
};
WRONG(Spreads, "test.spreads")
  CALL(forward) {
    Scale::forward(s);
    T sum = 0;
    for (std::int64_t i = 0; i < s.in(0).count(); ++i) sum += s.in(0)[i];
    if (!(sum == sum)) s.out(0)[s.out(0).count() - 1] = sum;
  }
};
WRONG(Allocates, "test.allocates")
  CALL(forward) {
    const std::vector<T> copy(s.in(0).data, s.in(0).data + s.in(0).count());
    Scale::forward(s);
    s.out(0)[0] = copy[0] * s.parameter(0)[0];
  }
};
int calls_so_far = 0;
WRONG(KeepsStatic, "test.keeps_static")
  CALL(forward) {
    ++calls_so_far;
    Scale::forward(s);
  }
};
thread_local double last_input = 0;
WRONG(KeepsThreadLocal, "test.keeps_thread_local")
  CALL(forward) {
    last_input = static_cast<double>(s.in(0)[0]);
    Scale::forward(s);
  }
  CALL(backward) {
    Scale::backward(s);
    if (s.d_in(0)) s.d_in(0)[0] += T(last_input);
  }
};
WRONG(Hides, "test.hides")
  mutable double seen = 0;
  CALL(forward) {
    Scale::forward(s);
    s.out(0)[0] += T(seen);
    if (s.first_sample() == 0) seen = s.in(0)[0] > 0 ? 0.5 : 0.25;
  }
};
WRONG(Rand, "test.rand")
  CALL(forward) {
    Scale::forward(s);
    s.out(0)[0] += T(std::rand() % 100) / 100;
  }
};
WRONG(MaskInverted, "test.mask_inverted")
  CALL(forward) {
    Scale::forward(s);
    if (s.mask(0) && s.mask(0)[0]) s.out(0)[0] = 0;
  }
};
WRONG(OnlyDouble, "test.only_double")
  CALL(forward) {
    if (sizeof(T) == 4) throw sdk::Error(TRG_FAILED, "no f32");
    Scale::forward(s);
  }
};
WRONG(Coarse, "test.coarse")
  CALL(forward) {
    Scale::forward(s);
    for (std::int64_t i = 0; sizeof(T) == 4 && i < s.out(0).count(); ++i) s.out(0)[i] *= T(1.01);
  }
};

struct Wave {
  static sdk::Info info() { return {.name = "test.wave", .author = "Teranga", .summary = "For tests", .formula = "y = x + |x| / 2"}; }
  static constexpr std::int32_t needs = TRG_NEEDS_X;
  explicit Wave(const sdk::Options&) {}
  template <class T>
  void value(const sdk::Block<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.y[i] = b.x[i] + std::fabs(b.x[i]) / 2;
  }
  template <class T>
  void gradient(const sdk::GradientBlock<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.dx[i] = b.dy[i] * (b.x[i] > 0 ? T(1.5) : T(0.5));
  }
};
#define WRONG_WAVE(Struct, text)                                    \
  struct Struct : Wave {                                            \
    using Wave::Wave;                                               \
    static sdk::Info info() {                                       \
      sdk::Info facts = Wave::info();                               \
      facts.name = text;                                            \
      return facts;                                                 \
    }
WRONG_WAVE(WrongSlope, "test.wrong_slope")
  template <class T>
  void gradient(const sdk::GradientBlock<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.dx[i] = b.dy[i] * (b.x[i] > 0 ? T(1.5) : T(-0.5));
  }
};
WRONG_WAVE(NotInPlace, "test.not_in_place")
  template <class T>
  void value(const sdk::Block<T>& b) const {
    for (std::int64_t i = 0; i < b.count(); ++i) b.y[i] = b.x[i];
    for (std::int64_t i = 0; i < b.count(); ++i) b.y[i] += std::fabs(b.x[i]) / 2;
    for (std::int64_t i = 0; b.x == b.y && i < b.count(); ++i) b.y[i] += T(0.25);
  }
};
WRONG_WAVE(BeyondRows, "test.beyond_rows")
  template <class T>
  void value(const sdk::Block<T>& b) const {
    Wave::value(b);
    b.y[b.count()] = 0;
  }
};
WRONG_WAVE(AcrossRow, "test.across_row")
  template <class T>
  void value(const sdk::Block<T>& b) const {
    Wave::value(b);
    for (std::int64_t row = 0; b.length > 1 && row < b.rows; ++row) b.y[row * b.length + b.length - 1] = b.y[row * b.length];
  }
};

}  // namespace

TERANGA_PLUGIN(sdk::layer<Scale>(), sdk::layer<Centred>(), sdk::layer<MaskedStep>(), sdk::layer<NothingFits>(), sdk::layer<PlansMore>(), sdk::layer<Overflows>(), sdk::layer<NamesTwice>(), sdk::layer<Silent>(),
               sdk::layer<Counts>(), sdk::layer<GradientOfInput>(), sdk::layer<GradientOfParameter>(), sdk::layer<AddsToInput>(), sdk::layer<OverwritesParameter>(), sdk::layer<BySlice>(), sdk::layer<ByWorker>(),
               sdk::layer<WritesBehind>(), sdk::layer<WritesBeforeSaved>(), sdk::layer<WritesInput>(), sdk::layer<ReadsScratch>(), sdk::layer<LeavesOutput>(), sdk::layer<ReadsUndeclared>(), sdk::layer<Infinite>(),
               sdk::layer<Spreads>(), sdk::layer<Allocates>(), sdk::layer<KeepsStatic>(), sdk::layer<KeepsThreadLocal>(), sdk::layer<Hides>(), sdk::layer<Rand>(), sdk::layer<MaskInverted>(),
               sdk::layer<OnlyDouble>(), sdk::layer<Coarse>(), sdk::layer<InfiniteAtZero>(), sdk::layer<Asks>(), sdk::layer<BeyondSums>(), sdk::activation<Wave>(), sdk::activation<WrongSlope>(), sdk::activation<NotInPlace>(), sdk::activation<BeyondRows>(), sdk::activation<AcrossRow>())
