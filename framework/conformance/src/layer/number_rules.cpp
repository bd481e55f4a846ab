// SPDX-License-Identifier: Apache-2.0
// Numbers that are not finite, and random numbers.
#include "interposer.hpp"
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace teranga::conformance::layer {
namespace {

bool finite_numbers(const std::vector<Array>& arrays) {
  return std::ranges::all_of(arrays, [](const Array& a) { return std::ranges::all_of(a.values, [](double v) { return std::isfinite(v); }); });
}

// Rows from `first` on, as they are in `expected`; the first that is not, in words.
std::string other_rows(const std::vector<Array>& found, const std::vector<Array>& expected, std::int64_t first, const char* noun) {
  for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
    if (found[i].values.empty() || found[i].shape.empty()) continue;
    const std::size_t row = found[i].values.size() / static_cast<std::size_t>(found[i].shape[0]);
    for (std::size_t k = row * static_cast<std::size_t>(first); k < found[i].values.size(); ++k)
      if (std::fabs(found[i].values[k] - expected[i].values[k]) > 1e-5 * std::fabs(expected[i].values[k]) + 1e-6 || std::isnan(found[i].values[k]) != std::isnan(expected[i].values[k]))
        return fmt::format("{} {}, sample {}: {} in place of {}", noun, i, k / row, found[i].values[k], expected[i].values[k]);
  }
  return {};
}

// Whether sample 0, of which all numbers are NaN, has outputs without any.
bool hides_nan(const Result& spoilt) {
  bool any = false;
  for (std::size_t o = 0; o < spoilt.outputs.size(); ++o) {
    const Array& out = spoilt.outputs[o];
    if ((spoilt.output_ports[o].flags & (TRG_NO_GRADIENT | TRG_SURROGATE)) || out.values.empty() || out.shape.empty() || out.type == TRG_I32 || out.type == TRG_I64 || out.type == TRG_U8) continue;
    any = true;
    if (std::any_of(out.values.begin(), out.values.begin() + static_cast<std::ptrdiff_t>(out.values.size() / static_cast<std::size_t>(out.shape[0])), [](double v) { return std::isnan(v); })) return false;
  }
  return any;
}

// "states that are not finite", where the mask skips all steps of all samples; empty: all is finite, or the layer refuses the mask.
std::string not_finite_without_steps(const LayerTrial& trial) {
  const std::vector<std::int64_t>& shape = trial.layer.inputs[0].shape;
  if (shape.size() < 2) return {};
  LayerCase layer = trial.layer;
  layer.masks = {filled({shape.begin(), shape.begin() + (shape.size() > 2 ? 2 : 1)}, 0)};
  layer.masks[0].type = TRG_U8;
  try {
    const Result result = run(layer, {.type = trial.type});
    for (const auto& [arrays, noun] : {std::pair{&result.outputs, "outputs"}, {&result.states, "states"}, {&result.d_inputs, "gradients of inputs"}, {&result.d_parameters, "gradients of parameters"}})
      if (!finite_numbers(*arrays)) {
        // What nobody writes holds the byte of the fill.
        const Result other = run(layer, {.type = trial.type, .fill = 0x3f});
        const bool written = !finite_numbers(std::string_view(noun) == "outputs" ? other.outputs : std::string_view(noun) == "states" ? other.states : std::string_view(noun) == "gradients of inputs" ? other.d_inputs : other.d_parameters);
        return fmt::format("{} that are not {}", noun, written ? "finite" : "written");
      }
  } catch (const Failure&) {
  }
  return {};
}

}  // namespace

void numbers_finite(const Subject& subject, Findings& findings) {
  bool kept_positive = false;
  std::string hidden;  // the trial in which NaN came in and did not come out
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    if (!trial.finite)
      return findings.error("finite inputs between -1 and 1 give numbers that are not finite", "forward, " + trial.words, "Bound what is divided by and what a logarithm or a root is taken of.");
    kept_positive = kept_positive || trial.positive;
    const Result plain = run(trial.layer, {.type = trial.type});
    for (const auto& [arrays, noun] : {std::pair{&plain.d_inputs, "inputs"}, {&plain.d_parameters, "parameters"}, {&plain.states, "states"}})
      if (!finite_numbers(*arrays)) return findings.error(fmt::format("finite inputs give {} that are not finite", std::string(noun) == "states" ? "states" : fmt::format("gradients of {}", noun)), "backward, " + trial.words, "Bound what is divided by.");

    for (const std::size_t stride : {1, 3}) {
      if (trial.positive) break;
      LayerCase zeros = trial.layer;
      for (Array& in : zeros.inputs)
        for (std::size_t i = 0; in.type < 0 && i < in.values.size(); i += stride) in.values[i] = 0;
      const Result still = run(zeros, {.type = trial.type});
      if (!finite_numbers(still.outputs) || !finite_numbers(still.d_inputs) || !finite_numbers(still.d_parameters))
        return findings.error(fmt::format("inputs of 0 give {} that are not finite", finite_numbers(still.outputs) ? "gradients" : "numbers"), "forward, " + trial.words, "Bound what is divided by: many layers give zeros to the next.");
    }

    if (const std::string noun = not_finite_without_steps(trial); !noun.empty())
      return findings.error(fmt::format("a batch of which the mask skips every step gives {}", noun), "forward and update_state, " + trial.words,
                            "Look whether a sum or a count is 0 before it divides, and write all that a call makes: without a kept step, outputs and gradients of 0, and states as they were.");

    for (const std::int32_t mode : {TRG_TRAINING, TRG_INFERENCE}) {
      LayerCase layer = trial.layer;
      layer.mode = mode;
      LivingLayer living(*layer.calls, layer.options);
      const LayerPlan plan(living.calls, living.handle, layer, {trial.type, layer.samples(), TRG_SLICE, 1});
      if (plan.calls[TRG_FORWARD].summed() || plan.calls[TRG_BACKWARD].summed()) continue;  // its samples know of each other
      const Result clean = run(layer, {.type = trial.type});
      bool any = false;
      for (Array& in : layer.inputs)
        if (in.type < 0 && !in.shape.empty()) {
          any = true;
          for (std::size_t k = 0; k < in.values.size() / static_cast<std::size_t>(in.shape[0]); ++k) in.values[k] = std::numeric_limits<double>::quiet_NaN();
        }
      if (!any) continue;
      const Result spoilt = run(layer, {.type = trial.type});
      if (layer.masks.empty() && hidden.empty() && hides_nan(spoilt)) hidden = trial.words + (mode == TRG_INFERENCE ? ", inference" : "");
      std::string text = other_rows(spoilt.outputs, clean.outputs, 1, "output");
      if (text.empty()) text = other_rows(spoilt.d_inputs, clean.d_inputs, 1, "gradient of input");
      if (!text.empty())
        return findings.error(fmt::format("NaN in sample 0 changes other samples: {}", text), trial.words + (mode == TRG_INFERENCE ? ", inference" : ""),
                              "Compute each sample from its own row alone; what needs the whole batch is a pass with sums (planner->passes).");
    }
    if (subject.level < full) return;
    LayerCase large = trial.layer;
    for (Array& in : large.inputs)
      if (in.type < 0)
        for (double& v : in.values) v *= 200;
    const Result far = run(large, {.type = TRG_F32});
    for (const Array& out : far.outputs)
      if (std::ranges::any_of(out.values, [](double v) { return std::isnan(v); }))
        return findings.warning("inputs between -200 and 200 give NaN in f32", "forward, " + trial.words, "Subtract the largest number before exp, or bound its argument.");
  });
  if (!hidden.empty() && findings.errors() == 0)
    findings.warning("a sample of NaN gives outputs without any NaN: a training that has gone wrong would look right", hidden, "Let NaN pass: std::max(a, b) gives a where b is NaN, and std::fmax leaves NaN out.");
  if (kept_positive && findings.errors() == 0) findings.note("inputs below 0 give numbers that are not finite: it is tried with inputs above 0", {}, "Say in `formula` or `summary` which inputs it takes.");
}

void random_source(const Subject& subject, Findings& findings) {
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    const RunSettings settings{.type = trial.type};
    for (const std::int32_t mode : {TRG_TRAINING, TRG_INFERENCE}) {
      LayerCase layer = trial.layer;
      layer.mode = mode;
      const Asked before = asked_by_the_plugin();
      const Result first = run(layer, settings);
      const Asked after = asked_by_the_plugin();
      const std::string where = trial.words + (mode == TRG_INFERENCE ? ", inference" : "");
      if (after.random > before.random)
        return findings.error(fmt::format("its calls draw random numbers from {}", after.source), where, "Take random numbers from the host (uniform, normal) with the key and the row keys of the call: the same training then gives the same weights.");
      if (std::string text = first_other_bits(run(layer, settings), first); !text.empty())
        return findings.error(fmt::format("the same inputs and the same key of random numbers give other bits: {}", text), where,
                              "Take random numbers from the host only (uniform, normal) with the key and the row keys of the call, and initialise all variables.");
      if (after.clocks > before.clocks)
        findings.warning(fmt::format("its calls look at the clock ({})", after.clock), where, "Leave it out: no result may depend on the time.");
      layer.random_key = 4711;
      if (first_other_bits(run(layer, settings), first).empty()) continue;
      for (const Declared& port : first.output_ports)
        if (port.flags & TRG_REPEATABLE)
          return findings.error(fmt::format("output \"{}\" is declared with TRG_REPEATABLE, but depends on the key of random numbers", port.name), where, "Leave TRG_REPEATABLE out where random numbers are drawn.");
      layer.random_key = trial.layer.random_key;
      layer.first_row_key += 50;
      if (first_other_bits(run(layer, settings), first).empty())
        findings.warning("its random numbers depend on the key of the call, but not on the row keys of the samples: all samples of a batch draw the same", where, "Draw with trg_stream{call->random_key, call->row_keys[sample]}.");
    }
  });
}

}  // namespace teranga::conformance::layer
