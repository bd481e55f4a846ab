// SPDX-License-Identifier: Apache-2.0
// Whether a batch gives the same however it is cut, on however many threads, and in both compute types.
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <chrono>
#include <cmath>

namespace teranga::conformance::layer {
namespace {

double largest_of(const std::vector<Array>& all) {
  double most = 0;
  for (const Array& a : all)
    for (const double v : a.values)
      if (std::isfinite(v)) most = std::max(most, std::fabs(v));
  return most;
}

// Bounds that grow with the largest number of a tensor, as sums in another order differ by rounding of their terms; what is next to nothing beside the other tensors is rounding too.
std::vector<std::string> rough_differences(const Result& found, const Result& expected, double part) {
  std::vector<std::string> texts;
  const auto compare = [&](const std::vector<Array>& a, const std::vector<Array>& b, double floor, const char* noun, const std::vector<Declared>* facts) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      for (const std::string& text : differences(a[i], b[i], {part, part * std::max(largest_of({b[i]}), 1e-3 * floor)}))
        texts.push_back((facts ? fmt::format("{} \"{}\": ", noun, (*facts)[i].name) : fmt::format("{} {}: ", noun, i)) + text);
  };
  const double gradients = std::max(largest_of(expected.d_inputs), largest_of(expected.d_parameters));
  compare(found.outputs, expected.outputs, largest_of(expected.outputs), "output", &expected.output_ports);
  compare(found.output_masks, expected.output_masks, 0, "mask of output", &expected.output_ports);
  compare(found.d_inputs, expected.d_inputs, gradients, "gradient of input", nullptr);
  compare(found.d_parameters, expected.d_parameters, gradients, "gradient of parameter", &expected.parameter_facts);
  compare(found.states, expected.states, largest_of(expected.states), "state", &expected.state_facts);
  return texts;
}

double part_of(std::int32_t type) { return type == TRG_F64 ? 1e-9 : 2e-4; }

constexpr const char* slice_mend = "Compute each sample from its own row alone; what needs the whole batch is a pass with sums (planner->passes).";

}  // namespace

void slices_equal(const Subject& subject, Findings& findings) {
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    for (const std::int32_t mode : {TRG_TRAINING, TRG_INFERENCE}) {
      LayerCase layer = trial.layer;
      layer.mode = mode;
      const RunSettings settings{.type = trial.type};
      const Result whole = run(layer, settings);
      const std::int64_t n = layer.samples();
      for (const std::vector<std::int64_t>& cut : {std::vector<std::int64_t>{n - 1, 1}, {1, 2, n - 3}}) {
        layer.slices = cut;
        if (const auto texts = rough_differences(run(layer, settings), whole, part_of(trial.type)); !texts.empty())
          return findings.error(fmt::format("slices of {} samples give something else than the whole batch: {}", fmt::join(cut, " + "), texts[0]), trial.words + (mode == TRG_INFERENCE ? ", inference" : ""), slice_mend);
      }
      layer.slices.clear();
      for (const std::int32_t granularity : {TRG_RANGE, TRG_BATCH}) {
        bool offered = false;
        for (const auto& [which, bits] : whole.offered) offered = offered || (bits & granularity);
        if (!offered) continue;
        layer.granularity = granularity;
        if (const auto texts = rough_differences(run(layer, settings), whole, part_of(trial.type)); !texts.empty())
          return findings.error(fmt::format("{} give something else than slices: {}", granularity == TRG_RANGE ? "ranges" : "calls of the whole batch", texts[0]), trial.words,
                                "Let each granularity that plan offers compute the same.");
      }
      layer.granularity = TRG_SLICE;
      layer.in_place = true;
      if (const auto texts = rough_differences(run(layer, settings), whole, part_of(trial.type)); !texts.empty())
        return findings.error(fmt::format("it gives something else where its output takes over the memory of its input: {}", texts[0]), trial.words,
                              "Read each element before it is overwritten, or do not offer shares_with.");
    }
    LayerCase frozen = trial.layer;
    const Result whole = run(frozen, {.type = trial.type});
    frozen.frozen_parameters = true;
    const Result without = run(frozen, {.type = trial.type});
    for (std::size_t i = 0; i < whole.d_inputs.size(); ++i)
      if (!differences(without.d_inputs[i], whole.d_inputs[i], {part_of(trial.type), part_of(trial.type)}).empty())
        return findings.error(fmt::format("the gradient of input {} is another one where gradients of parameters are not wanted", i), trial.words, "Let null data of d_parameters change nothing but that.");
  });
}

void threads_bits(const Subject& subject, Findings& findings) {
  using Clock = std::chrono::steady_clock;
  over_trials(subject, findings, [&](const LayerTrial& small) {
    const LayerTrial trial = with_samples(small, 32);
    LayerCase layer = trial.layer;
    layer.slices.assign(16, 2);
    const Result one = run(layer, {.type = trial.type, .threads = 1});
    const auto compare = [&](const LayerCase& with, int threads, const Result& expected, const char* what) {
      const std::string text = first_other_bits(run(with, {.type = trial.type, .guard = Guard::strips, .threads = threads}), expected);
      if (text.empty()) return true;
      findings.error(fmt::format("{} threads give other bits than one, with the same {}: {}", threads, what, text), trial.words,
                     "Keep everything that changes in the buffers that a call is given; layer, plan and statics are shared by all threads and may only be read.");
      return false;
    };
    const auto end = Clock::now() + std::chrono::milliseconds(subject.level >= full ? 150 : 60);
    do
      for (const int threads : {2, 3, 8})
        if (!compare(layer, threads, one, "slices")) return;
    while (Clock::now() < end);
    layer.slices.clear();
    for (const std::int32_t granularity : {TRG_RANGE, TRG_BATCH}) {
      bool offered = false;
      for (const auto& [which, bits] : one.offered) offered = offered || (bits & granularity);
      if (!offered) continue;
      layer.granularity = granularity;
      const Result serial = run(layer, {.type = trial.type, .threads = 1});
      for (const int threads : {2, 3, 8})
        if (!compare(layer, threads, serial, granularity == TRG_RANGE ? "ranges" : "batch")) return;
    }
  });
}

void types_f32(const Subject& subject, Findings& findings) {
  bool only_f32 = false;
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    Result narrow;
    try {
      narrow = run(trial.layer, {.type = TRG_F32});
    } catch (const Failure& failure) {
      return findings.error(fmt::format("{} fails in f32, in which networks are trained: {}", failure.call, failure.text), trial.words, "Write each call for float as well as for double: a template over the compute type does both.");
    }
    if (trial.type == TRG_F32) only_f32 = true;
    else if (const auto texts = rough_differences(narrow, run(trial.layer, {.type = TRG_F64}), 2e-3); !texts.empty())
      findings.error(fmt::format("f32 gives something else than f64: {}", texts[0]), trial.words, "Use one formula for both types, and constants of the compute type.");
  });
  if (only_f32) findings.note("it offers no f64: gradients are compared with differences in f32, which finds small errors less well", {}, "Offer f64 too: it is used by the gradient checker alone.");
}

}  // namespace teranga::conformance::layer
