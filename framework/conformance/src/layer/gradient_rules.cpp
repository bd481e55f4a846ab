// SPDX-License-Identifier: Apache-2.0
// Gradients against differences, and how they are written.
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace teranga::conformance::layer {
namespace {

// The objective as one element of the layer's inputs or parameters moves.
class Differences {
 public:
  using Move = void (LayerRun::*)(std::size_t, std::int64_t, double);
  Differences(LayerRun& run, const std::vector<Array>& weights, std::int32_t type) : run_(run), weights_(weights), type_(type) {
    at_ = value();
    const Result result = run.result();
    for (std::size_t o = 0; o < weights.size(); ++o)
      for (std::size_t i = 0; i < weights[o].values.size(); ++i) size_ += std::fabs(weights[o].values[i] * result.outputs[o].values[i]);
  }

  struct Judgement {
    bool right = false;
    double central = 0;
  };
  // Whether `gradient` is the slope there. Central differences of several steps, and where the function has a kink, any number between the slopes at both sides.
  Judgement judge(Move move, std::size_t tensor, std::int64_t element, double kept, double gradient, double scale) const {
    const bool wide = type_ == TRG_F32;
    Judgement judgement;
    double nearest = std::numeric_limits<double>::infinity();
    for (const double step : wide ? std::array{1e-2, 3e-3, 3e-2, 1e-3} : std::array{1e-5, 1e-6, 1e-4, 1e-7}) {
      const double up = wide ? static_cast<double>(static_cast<float>(kept + step)) : kept + step, down = wide ? static_cast<double>(static_cast<float>(kept - step)) : kept - step;
      const double above = moved(move, tensor, element, up), below = moved(move, tensor, element, down);
      (run_.*move)(tensor, element, kept);
      const double right = (above - at_) / (up - kept), left = (at_ - below) / (kept - down), central = (above - below) / (up - down);
      const double noise = 8 * (wide ? 6e-8 : 1.2e-16) * size_ / step;
      const double tolerance = noise + (wide ? 1e-2 : 1e-5) * std::max(std::fabs(central), wide ? 0.1 * scale : 0) + (wide ? 1e-3 : 1e-7) * scale + 1e-9;
      if (std::fabs(gradient - central) < nearest) nearest = std::fabs(gradient - central), judgement.central = central;
      judgement.right = std::fabs(gradient - central) <= tolerance;
      const bool kink = std::fabs(right - left) > 20 * tolerance;
      judgement.right = judgement.right || (kink && gradient >= std::min(left, right) - 20 * tolerance && gradient <= std::max(left, right) + 20 * tolerance);
      if (judgement.right) return judgement;
    }
    return judgement;
  }

 private:
  double value() const {
    run_.forward();
    return run_.objective(weights_);
  }
  double moved(Move move, std::size_t tensor, std::int64_t element, double to) const {
    (run_.*move)(tensor, element, to);
    return value();
  }

  LayerRun& run_;
  const std::vector<Array>& weights_;
  std::int32_t type_;
  double at_ = 0, size_ = 0;
};

double largest(const std::vector<Array>& all) {
  double most = 0;
  for (const Array& a : all)
    for (const double v : a.values)
      if (std::isfinite(v)) most = std::max(most, std::fabs(v));
  return most;
}


// `element` of input 0; -1: of a parameter.
std::string mend_of_gradient(const LayerCase& layer, std::int64_t element, double found, double expected) {
  if (std::isnan(found)) return "Write every element, and declare what backward and backward_params read: TRG_READ_IN_BACKWARD of inputs and outputs, and saved memory. The rules memory/undeclared and memory/undefined tell which.";
  if (std::fabs(found - expected) < 1e-5 * std::fabs(expected)) return "Only the last digits differ: compute in the type of the call (T), not in float.";
  if (element >= 0 && !layer.masks.empty() && !layer.masks[0].values.empty() && expected == 0) {
    const auto width = static_cast<std::int64_t>(layer.inputs[0].values.size() / layer.masks[0].values.size());
    const auto step = static_cast<std::size_t>(element / width);
    if (step < layer.masks[0].values.size() && layer.masks[0].values[step] == 0) return "The element belongs to a step that the mask skips: its gradient is 0.";
  }
  return "Derive the formula again. If the gradient is a stand-in on purpose, declare the output with TRG_SURROGATE.";
}

// Gradients of one kind of tensor against differences, a bounded number of elements of each.
void compare_gradients(const LayerTrial& trial, const Subject& subject, Findings& findings, bool of_parameters) {
  LayerCase layer = trial.layer;
  std::vector<Array> gradients, values;
  std::vector<std::string> names;
  std::vector<Array> weights;
  try {
    const Result result = run(layer, {.type = trial.type});
    for (const Declared& port : result.output_ports)
      if (port.flags & TRG_SURROGATE) return;
    gradients = of_parameters ? result.d_parameters : result.d_inputs;
    values = of_parameters ? result.parameters : layer.inputs;
    weights = result.d_outputs;
    for (const Declared& p : result.parameter_facts) names.push_back(p.name);
  } catch (const Failure& failure) {
    const bool own = failure.call == (of_parameters ? "backward_params" : "backward");
    if (own) findings.error(fmt::format("{} fails: {}", failure.call, failure.text), trial.words, "Let plan refuse what the layer cannot do.");
    return;
  }
  if (std::ranges::all_of(gradients, [](const Array& a) { return a.values.empty(); })) return;
  LayerRun moved(layer, {.type = trial.type, .guard = Guard::strips});  // the run above has shown that it touches nothing else
  moved.forward();
  const Differences differences(moved, weights, trial.type);
  const std::size_t most = subject.level >= full ? 120 : 40;
  const double scale = largest(gradients);
  for (std::size_t t = 0; t < gradients.size(); ++t) {
    const std::vector<double>& found = gradients[t].values;
    const std::size_t stride = std::max<std::size_t>(1, found.size() / most);
    std::size_t wrong = 0, tried = 0, first = 0;
    double expected = 0;
    for (std::size_t i = 0; i < found.size(); i += stride) {
      const auto move = of_parameters ? &LayerRun::set_parameter : &LayerRun::set_input;
      const auto judgement = differences.judge(move, t, static_cast<std::int64_t>(i), values[t].values[i], found[i], scale);
      ++tried;
      if (!judgement.right && wrong++ == 0) first = i, expected = judgement.central;
    }
    if (wrong == 0) continue;
    const std::string name = of_parameters ? fmt::format("parameter \"{}\"", t < names.size() ? names[t] : "") : fmt::format("input {}", t);
    findings.error(fmt::format("the gradient of {} is {:.8g}, differences of forward give {:.8g}; {} of {} elements are wrong", name, found[first], expected, wrong, tried),
                   fmt::format("{}, {}, element {}, {}", of_parameters ? "backward_params" : "backward", trial.words, first, name_of_type(trial.type)),
                   mend_of_gradient(trial.layer, of_parameters || t > 0 ? -1 : static_cast<std::int64_t>(first), found[first], expected));
  }
}

void check_gradients_of(const Subject& subject, Findings& findings, bool of_parameters) {
  bool any = false, surrogate = false;
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    LivingLayer living(*trial.layer.calls, trial.layer.options);
    const LayerPlan plan(living.calls, living.handle, trial.layer, {trial.type, trial.layer.samples(), TRG_SLICE, 1});
    surrogate = surrogate || std::ranges::any_of(plan.outputs, [](const PlannedPort& p) { return (p.flags & TRG_SURROGATE) != 0; });
    if (of_parameters ? !living.calls.backward_params : !living.calls.backward) return;
    any = true;
    for (int point = 0; point < (subject.level >= full ? 2 : 1) && findings.errors() < 3; ++point) {
      LayerTrial at = trial;
      for (std::size_t i = 0; point > 0 && i < at.layer.inputs.size(); ++i)
        if (at.layer.inputs[i].type < 0) at.layer.inputs[i] = random_array(at.layer.inputs[i].shape, 300 + i, trial.positive ? 0.3 : -2.5, 2.5);
      compare_gradients(at, subject, findings, of_parameters);
    }
  });
  if (!any && findings.inapplicable().empty()) findings.not_applicable(of_parameters ? "it has no backward_params" : "it has no backward");
  else if (surrogate && findings.errors() == 0) findings.note("its gradient is declared to be a stand-in: it is not compared with differences");
}

}  // namespace

void gradient_inputs(const Subject& subject, Findings& findings) { check_gradients_of(subject, findings, false); }
void gradient_parameters(const Subject& subject, Findings& findings) { check_gradients_of(subject, findings, true); }

void gradient_overwrites(const Subject& subject, Findings& findings) {
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    if (!trial.layer.calls->backward) return;
    const RunSettings plain{.type = trial.type};
    const Result first = run(trial.layer, plain), second = run(trial.layer, {.type = trial.type, .fills = {{Role::d_input, 0x3f}}});
    for (std::size_t i = 0; i < first.d_inputs.size(); ++i)
      if (std::string text = first_other_bits(second.d_inputs[i], first.d_inputs[i]); !text.empty())
        return findings.error(fmt::format("the gradient of input {} depends on what its memory held before: {}", i, text), "backward, " + trial.words, "Write every element of d_input (=), do not add to it (+=).");

    LayerCase silent = trial.layer;
    silent.d_outputs.assign(first.d_outputs.size(), Array{});
    const Result zero = run(silent, plain);
    for (std::size_t i = 0; i < zero.d_inputs.size(); ++i)
      if (!zero.d_inputs[i].values.empty() && !std::ranges::all_of(zero.d_inputs[i].values, [](double v) { return v == 0; }))
        return findings.error(fmt::format("the gradient of input {} is not zero where d_outputs have null data, which means zero", i), "backward, " + trial.words, "Write zeros where the data of d_output is null.");

    for (std::size_t i = 0; i < first.d_inputs.size() && first.d_inputs.size() > 1; ++i) {
      if (first.d_inputs[i].values.empty()) continue;
      LayerCase fewer = trial.layer;
      fewer.no_gradient = {static_cast<int>(i)};
      const Result rest = run(fewer, plain);
      for (std::size_t k = 0; k < first.d_inputs.size(); ++k)
        if (k != i && !differences(rest.d_inputs[k], first.d_inputs[k], {1e-5, 1e-6}).empty())
          return findings.error(fmt::format("the gradient of input {} is another one where that of input {} is not wanted", k, i), "backward, " + trial.words, "Let null data of a d_input change nothing but that.");
    }
  });
}

void gradient_adds(const Subject& subject, Findings& findings) {
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    if (!trial.layer.calls->backward_params) return;
    const Result zero = run(trial.layer, {.type = trial.type});
    const Result half = run(trial.layer, {.type = trial.type, .first_gradient = 0.5});
    const double scale = std::max(1.0, largest(zero.d_parameters)), part = trial.type == TRG_F64 ? 1e-10 : 1e-5;
    for (std::size_t i = 0; i < zero.d_parameters.size(); ++i) {
      Array expected = zero.d_parameters[i];
      for (double& v : expected.values) v += 0.5;
      const auto texts = differences(half.d_parameters[i], expected, {part, part * scale});
      if (texts.empty()) continue;
      return findings.error(fmt::format("the gradient of parameter \"{}\" is not added to what is there (0.5): {}", zero.parameter_facts[i].name, texts[0]), "backward_params, " + trial.words,
                            "Add to d_parameter (+=): slices of a batch share it. Only where the call says fresh it is overwritten.");
    }
    if (!(zero.offered.at(TRG_BACKWARD_PARAMS) & TRG_RANGE) || !(zero.offered.at(TRG_BACKWARD_PARAMS) & TRG_FRESH)) return;
    LayerCase ranges = trial.layer;
    ranges.granularity = TRG_RANGE;
    const Result fresh = run(ranges, {.type = trial.type});
    for (std::size_t i = 0; i < zero.d_parameters.size(); ++i)
      if (const auto texts = differences(fresh.d_parameters[i], zero.d_parameters[i], {part * 10, part * 10 * scale}); !texts.empty())
        return findings.error(fmt::format("where the call says fresh, the gradient of parameter \"{}\" is not overwritten: {}", zero.parameter_facts[i].name, texts[0]), "backward_params by ranges, " + trial.words,
                              "Write every element where the call says fresh, or do not offer TRG_FRESH.");
  });
}

}  // namespace teranga::conformance::layer
