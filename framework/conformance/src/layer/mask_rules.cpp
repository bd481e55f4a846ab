// SPDX-License-Identifier: Apache-2.0
// Masks: what a layer does with the steps that they skip.
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <algorithm>
#include <optional>

namespace teranga::conformance::layer {
namespace {

// The first steps, along axis 1, of an array; as it is where another axis is shorter too.
Array first_steps(const Array& all, const std::vector<std::int64_t>& shape) {
  if (all.shape == shape || all.shape.size() != shape.size() || shape.size() < 2 || all.values.empty()) return all;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    if (axis != 1 && all.shape[axis] != shape[axis]) return all;
  Array out = all;
  out.shape = shape;
  out.values.clear();
  const std::int64_t row = static_cast<std::int64_t>(all.values.size()) / all.shape[0], kept = row / all.shape[1] * shape[1];
  for (std::int64_t sample = 0; sample < all.shape[0]; ++sample) out.values.insert(out.values.end(), all.values.begin() + sample * row, all.values.begin() + sample * row + kept);
  return out;
}

// One trial with a mask of some steps, and the same with other values in the steps that the mask skips.
class MaskedTrial {
 public:
  MaskedTrial(const LayerTrial& trial, Findings& findings) : trial_(trial), findings_(findings), shape_(trial.layer.inputs[0].shape), mask_shape_(shape_.begin(), shape_.begin() + (shape_.size() >= 3 ? 2 : 1)) {
    LayerCase layer = trial.layer;
    layer.masks.clear();
    without_ = run(layer, settings());
    layer.masks = {filled(mask_shape_, 1)};
    layer.masks[0].type = TRG_U8;
    ones_ = run(layer, settings());
    mask_ = random_whole(mask_shape_, 5, 2, TRG_U8);
    mask_.values[0] = 0, mask_.values[1] = 1;
    layer.masks = {mask_};
    masked_ = run(layer, settings());
    const std::size_t width = layer.inputs[0].values.size() / mask_.values.size();
    for (std::size_t s = 0; s < mask_.values.size(); ++s) {
      if (mask_.values[s] != 0) continue;
      ++skipped_;
      for (std::size_t k = 0; k < width; ++k) layer.inputs[0].values[s * width + k] = trial.positive ? 0.7 : -0.3;
    }
    moved_ = run(layer, settings());
    heeded_ = !masked_.outputs.empty() && !differences(masked_.outputs[0], without_.outputs[0], {1e-6, 1e-7}).empty();
  }

  // Whether something is wrong.
  bool look() { return !ones_keep_all() || !bytes_are_right() || !passes_to_its_shape() || outputs_change() || states_change() || cut_steps_count(); }

  // Output 0 has the steps of the one input, (samples, steps, channels), but no mask. Of pictures, a mask of rows is no use; of several inputs, all may need a mask.
  bool ends_on_the_way() const {
    const auto makes = [](const Declared& port) { return (port.flags & TRG_MASK_PRODUCED) != 0; };
    return shape_.size() == 3 && masked_.input_flags.size() == 1 && !masked_.outputs.empty() && masked_.outputs[0].shape.size() == 3 && has_its_steps(0) && !passes() && !std::ranges::any_of(masked_.output_ports, makes);
  }

 private:
  RunSettings settings() const { return {.type = trial_.type}; }

  bool ones_keep_all() {
    for (std::size_t o = 0; o < without_.outputs.size(); ++o)
      if (const auto texts = differences(ones_.outputs[o], without_.outputs[o], {1e-4, 1e-5}); !texts.empty()) {
        findings_.error(fmt::format("a mask that keeps everything changes output {}: {}", o, texts[0]), trial_.words, "A mask byte of 1 keeps a step, and 0 skips it.");
        return false;
      }
    return true;
  }

  bool bytes_are_right() {
    for (std::size_t o = 0; o < masked_.output_masks.size(); ++o)
      for (const double byte : masked_.output_masks[o].values)
        if (byte != 0 && byte != 1) {
          findings_.error(fmt::format("the mask of output {} holds {}, expected 0 or 1", o, byte), trial_.words, "Write every byte of the mask that the plan declares with TRG_MASK_PRODUCED.");
          return false;
        }
    return true;
  }

  bool has_its_steps(std::size_t output) const {
    const std::vector<std::int64_t>& out = masked_.outputs[output].shape;
    return out.size() >= mask_shape_.size() && std::equal(mask_shape_.begin(), mask_shape_.end(), out.begin());
  }

  bool passes() const { return !masked_.input_flags.empty() && (masked_.input_flags[0] & TRG_MASK_PASSES); }

  bool passes_to_its_shape() {
    if (!passes() || masked_.outputs.empty() || has_its_steps(0)) return true;
    findings_.error(fmt::format("the mask of input 0 passes to an output of the shape {}, but has the shape {}", words_of_shape(masked_.outputs[0].shape), words_of_shape(mask_shape_)), trial_.words,
                    "Set TRG_MASK_PASSES only where the output has the leading axes of the input; else make a mask (TRG_MASK_PRODUCED) or let it end.");
    return false;
  }

  // A layer that neither heeds the mask nor passes it on knows of no masks.
  bool outputs_change() {
    if (mask_shape_.size() < 2 || masked_.outputs.empty()) return false;
    LivingLayer living(*trial_.layer.calls, trial_.layer.options);
    const bool summed = LayerPlan(living.calls, living.handle, trial_.layer, {trial_.type, trial_.layer.samples(), TRG_SLICE, 1}).calls[TRG_FORWARD].summed();
    const Array &now = moved_.outputs[0], &before = masked_.outputs[0];
    const bool sequence = before.shape.size() >= 2 && before.shape[1] == shape_[1];
    if (!heeded_ && !(summed && sequence && passes())) return false;
    const std::size_t places = sequence ? mask_.values.size() : static_cast<std::size_t>(shape_[0]), row = before.values.size() / places;
    std::int64_t changed = 0;
    for (std::size_t p = 0; p < places; ++p)
      changed += !std::equal(before.values.begin() + static_cast<std::ptrdiff_t>(p * row), before.values.begin() + static_cast<std::ptrdiff_t>((p + 1) * row), now.values.begin() + static_cast<std::ptrdiff_t>(p * row));
    if (changed <= (sequence ? skipped_ : 0)) return false;
    const std::string mend = "Leave out steps whose mask byte is 0 altogether.";
    if (heeded_) findings_.error(fmt::format("it heeds the mask, but {} of {} places of output 0 change with the {} steps that are masked", changed, places, skipped_), trial_.words, mend);
    else findings_.warning(fmt::format("its sums count the {} steps that the mask skips: {} of {} places of output 0 change with them", skipped_, changed, places), trial_.words, mend);
    return true;
  }

  bool states_change() {
    if (!heeded_ && !passes()) return false;
    for (std::size_t s = 0; s < masked_.states.size(); ++s) {
      if (differences(moved_.states[s], masked_.states[s], {1e-9, 1e-12}).empty()) continue;
      const std::string text = fmt::format("state \"{}\" changes with the values of the {} steps that the mask skips", masked_.state_facts[s].name, skipped_), mend = "Leave out steps whose mask byte is 0, of sums and counts too.";
      if (heeded_) findings_.error(text, trial_.words, mend);
      else findings_.warning(text, trial_.words, mend);
      return true;
    }
    return false;
  }

  // Steps at the end that the mask skips, and steps that are not there, must give the same.
  bool cut_steps_count() {
    const std::int64_t steps = mask_shape_.size() >= 2 ? mask_shape_[1] : 0, kept = steps - 2;
    if (!heeded_ || kept < 1 || trial_.layer.inputs.size() > 1) return false;
    const LayerTrial cut = with_axis(trial_, 1, kept);
    LayerCase longer = trial_.layer, shorter = trial_.layer;
    longer.masks = {filled(mask_shape_, 1)};
    longer.masks[0].type = TRG_U8;
    shorter.masks.clear();
    for (std::size_t i = 0; i < shorter.inputs.size(); ++i) shorter.inputs[i] = first_steps(trial_.layer.inputs[i], cut.layer.inputs[i].shape);
    for (std::size_t s = 0; s < longer.masks[0].values.size(); ++s) longer.masks[0].values[s] = static_cast<std::int64_t>(s) % steps < kept ? 1 : 0;
    LayerCase other_key = shorter;
    other_key.random_key += 1;
    Result masked, alone;
    try {
      masked = run(longer, settings()), alone = run(shorter, settings());
      if (!first_other_bits(run(other_key, settings()), alone).empty()) return false;  // it draws for each element
    } catch (const Failure&) {
      return false;  // so few steps are too few
    }
    for (std::size_t p = 0; p < alone.parameters.size(); ++p)
      if (alone.parameters[p].shape != masked.parameters[p].shape) return false;
    const std::string mend = "Count only the steps that the mask keeps: divide by their number, not by the number of all steps.";
    for (std::size_t s = 0; s < alone.states.size(); ++s)
      if (alone.states[s].shape == masked.states[s].shape)
        if (const auto texts = differences(masked.states[s], alone.states[s], {1e-4, 1e-6}); !texts.empty())
          return findings_.warning(fmt::format("{} steps, of which the mask keeps {}, give another state \"{}\" than these {} steps alone: {}", steps, kept, alone.state_facts[s].name, kept, texts[0]), trial_.words, mend), true;
    for (std::size_t o = 0; o < alone.outputs.size(); ++o) {
      const Array found = first_steps(masked.outputs[o], alone.outputs[o].shape);
      if (const auto texts = differences(found, alone.outputs[o], {1e-4, 1e-6}); found.shape == alone.outputs[o].shape && !texts.empty())
        return findings_.warning(fmt::format("{} steps, of which the mask keeps {}, give another output {} than these {} steps alone: {}", steps, kept, o, kept, texts[0]), trial_.words, mend), true;
    }
    return false;
  }

  const LayerTrial& trial_;
  Findings& findings_;
  const std::vector<std::int64_t>& shape_;
  std::vector<std::int64_t> mask_shape_;
  Array mask_;
  Result without_, ones_, masked_, moved_;
  std::int64_t skipped_ = 0;
  bool heeded_ = false;
};

}  // namespace

void masks_used(const Subject& subject, Findings& findings) {
  bool any = false, told = false;
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    if (trial.layer.inputs[0].shape.size() < 2 || trial.layer.inputs[0].type >= 0) return;
    any = true;
    if (told) return;
    LayerCase plain = trial.layer;
    plain.masks.clear();
    run(plain, {.type = trial.type});  // what it touches without a mask is named by other rules
    std::optional<MaskedTrial> masked;
    try {
      masked.emplace(trial, findings);
    } catch (const Breach& breach) {
      return findings.error(breach.what(), fmt::format("{}, with a mask of the first {}", trial.words, trial.layer.inputs[0].shape.size() >= 3 ? "two axes" : "axis"),
                            "A mask has the leading axes of its input, and may have fewer of them than the input has steps: take its own count.");
    }
    told = masked->look() || masked->ends_on_the_way();
    if (!masked->ends_on_the_way() || findings.errors() > 0) return;
    findings.note("the mask of input 0 ends here, and output 0 has the same steps: later layers and the loss count the steps that the mask skips", trial.words,
                  "Set TRG_MASK_PASSES of the input, if a step of the output belongs to the same step of the input.");
  });
  if (!any && findings.inapplicable().empty()) findings.not_applicable("none of its inputs has steps to mask");
}

}  // namespace teranga::conformance::layer
