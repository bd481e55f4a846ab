// SPDX-License-Identifier: Apache-2.0
#include "layer/trials.hpp"

#include <teranga/conformance/option_trials.hpp>
#include <teranga/core/value.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace teranga::conformance {
namespace {

constexpr std::int64_t trial_samples = 4;
constexpr std::size_t most_refusals = 4;

bool all_finite(const std::vector<Array>& arrays) {
  return std::ranges::all_of(arrays, [](const Array& a) { return std::ranges::all_of(a.values, [](double v) { return std::isfinite(v); }); });
}


// One try with everything decided.
class Search {
 public:
  Search(const Subject& subject, LayerTrials& found) : subject_(subject), found_(found) {}

  // The layer with these options and inputs, in f64 where it offers that.
  bool accept(const OptionTrial& options, const InputLayout& layout) {
    ++tried;
    LayerTrial trial;
    trial.options = std::make_shared<const host::OptionTree>(options.options);
    trial.layer.calls = &subject_.calls<trg_layer_calls>();
    trial.layer.options = trial.options->native();
    trial.layer.name = subject_.item->name ? subject_.item->name : "";
    const bool has_whole = std::ranges::any_of(layout.ports, &InputLayout::Port::whole);
    trial.words = options.words.empty() ? words_of(layout) : options.words + ", " + words_of(layout);
    Call::set_place(trial.words);
    bool runs = false;
    for (const std::int64_t end : {2, 1}) {
      for (const bool positive : {false, true}) {
        trial.layer.inputs = draw_inputs(layout, 11, positive, end);
        for (const std::int32_t type : {TRG_F64, TRG_F32}) {
          const int made = outcome(trial.layer, type);
          if (made == refused) continue;
          runs = true, trial.type = type, trial.finite = made == finite;
          break;
        }
        if (!runs || trial.finite) break;
        trial.positive = true;
      }
      if (runs || !has_whole) break;
    }
    if (!runs) return false;
    if (!trial.finite) trial.positive = false;
    if (const int unused = unused_input(trial); unused >= 0) {
      found_.ignored.push_back(fmt::format("{}: input {}", trial.words, unused));
      return false;
    }
    if (trial.positive) trial.words += ", all above 0";
    if (trial.type == TRG_F32) trial.words += ", f32";
    found_.all.push_back(std::move(trial));
    return true;
  }

  int tried = 0;

 private:
  enum Outcome { refused, not_finite, finite };
  Outcome outcome(const LayerCase& layer, std::int32_t type) {
    try {
      LayerRun one(layer, {.type = type});
      one.forward();
      return all_finite(one.result().outputs) ? finite : not_finite;
    } catch (const Failure& failure) {
      found_.nonsense = found_.nonsense || failure.call == declares_nonsense;
      const std::string text = words_of(failure);
      if (found_.refusals.size() < most_refusals && std::ranges::find(found_.refusals, text) == found_.refusals.end()) found_.refusals.push_back(text);
    } catch (const Breach&) {
      return finite;  // it was accepted; memory/bounds has the rest
    }
    return refused;
  }

  // An input, of several, that changes nothing; -1: all do.
  static int unused_input(const LayerTrial& trial) {
    const std::size_t count = trial.layer.inputs.size();
    try {
      const std::vector<Array> outputs = count > 1 ? outputs_of(trial.layer, trial.type) : std::vector<Array>{};
      for (std::size_t i = 1; i < count; ++i) {
        LayerCase moved = trial.layer;
        for (double& v : moved.inputs[i].values) v = moved.inputs[i].type < 0 ? v * 0.5 + 0.3 : 1 - v;
        bool same = true;
        const std::vector<Array> now = outputs_of(moved, trial.type);
        for (std::size_t o = 0; o < outputs.size(); ++o) same = same && first_other_bits(now[o], outputs[o]).empty();
        if (same) return static_cast<int>(i);
      }
    } catch (const Failure&) {
    } catch (const Breach&) {
    }
    return -1;
  }
  static std::vector<Array> outputs_of(const LayerCase& layer, std::int32_t type) {
    LayerRun one(layer, {.type = type});
    one.forward();
    return one.result().outputs;
  }

  const Subject& subject_;
  LayerTrials& found_;
};

Value list_of(const std::vector<std::int64_t>& numbers) {
  Value::List items;
  for (const std::int64_t n : numbers) items.push_back(Value{n, {}});
  return Value{std::move(items), {}};
}

bool in_range(const OptionSpec& spec, double x) {
  return (spec.minimum_open ? x > spec.minimum : x >= spec.minimum) && (spec.maximum_open ? x < spec.maximum : x <= spec.maximum);
}

// Small values that a required option may take.
std::vector<Value> candidates(const OptionSpec& spec) {
  std::vector<Value> all;
  switch (spec.kind) {
    case OptionKind::boolean: return {Value{false, {}}, Value{true, {}}};
    case OptionKind::integer:
      for (const std::int64_t n : {2, 3, 1, 4, 6, 5, 8})
        if (in_range(spec, static_cast<double>(n))) all.push_back(Value{n, {}});
      return all;
    case OptionKind::real:
      for (const double x : {0.5, 1.0, 0.1, 2.0})
        if (in_range(spec, x)) all.push_back(Value{x, {}});
      return all;
    case OptionKind::text:
      for (const std::string& choice : spec.choices) all.push_back(Value{choice, {}});
      return all;
    case OptionKind::list:
      if (spec.item_kind == OptionKind::integer)
        for (const std::vector<std::int64_t>& numbers : std::vector<std::vector<std::int64_t>>{{-1}, {1}, {2}, {3}, {6}, {30}, {2, 3}, {2, 2}, {1, 1}, {2, 1}, {1, 2}, {3, 10}, {2, 1, 3}, {1, 2, 3}, {1, 1, 1}, {2, 2, 2}}) {
          const auto size = static_cast<std::int64_t>(numbers.size());
          if (size >= spec.least_items && size <= spec.most_items && std::ranges::all_of(numbers, [&](std::int64_t n) { return in_range(spec, static_cast<double>(n)); })) all.push_back(list_of(numbers));
        }
      if (spec.item_kind == OptionKind::real)
        for (std::size_t n = 1; n <= 6; ++n)
          if (static_cast<std::int64_t>(n) >= spec.least_items && static_cast<std::int64_t>(n) <= spec.most_items) all.push_back(Value{Value::List(n, Value{0.5, {}}), {}});
      return all;
    default: return all;
  }
}

// Trials in which required options have other values than the default trial guessed.
std::vector<OptionTrial> other_guesses(const Subject& subject, const OptionTrial& first) {
  std::vector<OptionTrial> all{first};
  constexpr std::size_t most = 200;
  for (const OptionSpec& spec : host::to_schema(*subject.item)) {
    if (!spec.required || find_option(subject.given, spec.name)) continue;
    const std::vector<Value> values = candidates(spec);
    std::vector<OptionTrial> grown;
    for (const OptionTrial& trial : all)
      for (const Value& value : values) {
        if (grown.size() == most) break;
        OptionTrial& next = grown.emplace_back(trial);
        std::erase_if(next.options, [&](const Option& o) { return o.name == spec.name; });
        next.options.push_back({spec.name, value, {}});
        next.words = (&trial == &all.front() && trial.words == first.words ? std::string() : trial.words + ", ") + spec.name + " = " + to_toml(value);
      }
    if (!grown.empty()) all = std::move(grown);
  }
  return all;
}

bool borrows(const trg_item& item) {
  for (const OptionSpec& spec : host::to_schema(item))
    if (spec.kind == OptionKind::component && spec.component_kind != "initializer" && spec.component_kind != "regularizer") return true;
  return false;
}

// The first trial with such an input once more, with a mask. Each sample has a kept step; every other one begins with a step that is not.
void add_masked(LayerTrials& found, bool (*wanted)(const std::vector<std::int64_t>&)) {
  const auto first = std::ranges::find_if(found.all, [&](const LayerTrial& t) { return t.layer.masks.empty() && t.layer.inputs[0].type < 0 && wanted(t.layer.inputs[0].shape); });
  if (first == found.all.end()) return;
  LayerTrial masked = *first;
  const std::int64_t samples = masked.layer.inputs[0].shape[0], steps = masked.layer.inputs[0].shape[1];
  Array mask = random_whole({samples, steps}, 5, 2, TRG_U8);
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    const bool begins_late = sample % 2 == 1 && steps > 1;
    mask.values[static_cast<std::size_t>(sample * steps)] = begins_late ? 0 : 1;
    if (begins_late) mask.values[static_cast<std::size_t>((sample + 1) * steps - 1)] = 1;
  }
  masked.layer.masks = {std::move(mask)};
  masked.words += ", with a mask";
  found.all.push_back(std::move(masked));
}

LayerTrial with_shapes(const LayerTrial& trial, const std::vector<std::vector<std::int64_t>>& shapes, const std::string& words) {
  LayerTrial other = trial;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    Array& in = other.layer.inputs[i];
    if (in.shape == shapes[i]) continue;
    const double most = in.values.empty() ? 1 : *std::ranges::max_element(in.values);
    in = in.type >= 0 ? random_whole(shapes[i], 31 + i, static_cast<std::int64_t>(most) + 1, in.type) : random_array(shapes[i], 31 + i, trial.positive ? 0.1 : -1, 1);
  }
  for (std::size_t i = 0; i < other.layer.masks.size(); ++i) {
    Array& mask = other.layer.masks[i];
    if (mask.shape.empty()) continue;
    std::vector<std::int64_t> shape(shapes[i].begin(), shapes[i].begin() + static_cast<std::ptrdiff_t>(mask.shape.size()));
    if (shape != mask.shape) mask = random_whole(shape, 57 + i, 2, TRG_U8);
  }
  other.words = trial.words + words;
  return other;
}

}  // namespace

std::string words_of(const Failure& failure) {
  std::string text = failure.call.empty() ? failure.text : failure.call + ": " + failure.text;
  if (!failure.where.empty()) text += " (" + failure.where + ")";
  return text;
}

std::string words_of(const InputLayout& layout) {
  std::string text = layout.ports.size() == 1 ? "input " : "inputs ";
  for (std::size_t i = 0; i < layout.ports.size(); ++i) text += (i ? " and " : "") + words_of_shape(layout.ports[i].shape) + (layout.ports[i].whole ? " i32" : "");
  return text;
}

std::vector<InputLayout> input_layouts(int level) {
  constexpr std::int64_t n = trial_samples;
  std::vector<InputLayout> all = {
      {{{{n, 5, 6}}}}, {{{{n, 6}}}}, {{{{n, 6, 6, 4}}}}, {{{{n, 5}, true}}}, {{{{n, 3, 4, 4, 2}}}},
      {{{{n, 6}}, {{n, 6}}}}, {{{{n, 5, 6}}, {{n, 5, 6}}}}, {{{{n, 5, 6}}, {{n, 3, 6}}}}, {{{{n, 5, 6}}, {{n, 6}}}}, {{{{n, 5, 3}}, {{n, 5}, true}}},
      {{{{n, 6}}, {{n, 6}}, {{n, 6}}}}, {{{{n, 5, 6}}, {{n, 5, 6}}, {{n, 5, 6}}}},
      {{{{n, 5, 3}}}}, {{{{n, 3}}}}, {{{{n, 4}}}}, {{{{n, 2}}}}, {{{{n, 1}}}}, {{{{n, 5, 1}}}}, {{{{n, 6, 6, 3}}}}, {{{{n, 6, 6, 1}}}}, {{{{n}}}}, {{{{n}, true}}}, {{{{n, 5, 6}, true}}}};
  if (level >= full) {
    const std::vector<InputLayout> more = {
        {{{{n, 6, 6, 4}}, {{n, 6, 6, 4}}}}, {{{{n, 5, 6}}, {{n, 2}}}}, {{{{n, 5, 6}}, {{n, 3}}}}, {{{{n, 5, 6}}, {{n, 3}}, {{n, 3}}}}, {{{{n, 5, 6}}, {{n, 2}}, {{n, 2}}}},
        {{{{n, 5}, true}, {{n, 5}, true}}}, {{{{n, 6}}, {{n, 3}}}}, {{{{n, 5, 3}}, {{n, 5, 5}}}}, {{{{n, 17}}}}, {{{{n, 2, 8}}}}, {{{{n, 3, 3, 3, 3, 2}}}}};
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<Array> draw_inputs(const InputLayout& layout, std::uint64_t seed, bool positive, std::int64_t end_of_whole) {
  std::vector<Array> inputs;
  for (const InputLayout::Port& port : layout.ports) {
    ++seed;
    inputs.push_back(port.whole ? random_whole(port.shape, seed, end_of_whole, TRG_I32) : random_array(port.shape, seed, positive ? 0.1 : -1, 1));
  }
  return inputs;
}

Lending::Lending(const Subject& subject) {
  if (borrows(*subject.item)) lent_ = std::make_unique<host::LendActivations>(subject.registry());
}

LayerTrials find_layer_trials(const Subject& subject) {
  LayerTrials found;
  if (subject.calls<trg_layer_calls>().expand) return found;
  std::optional<OptionTrial> defaults = default_trial(subject, &found.missing);
  if (!defaults) return found;
  const std::vector<InputLayout> layouts = input_layouts(subject.level);
  const std::size_t most_layouts = subject.level >= full ? 8 : 3;
  Search search(subject, found);
  std::vector<InputLayout> accepted;
  const auto try_layouts = [&](const OptionTrial& options) {
    std::set<std::pair<std::size_t, std::size_t>> kinds;  // number of inputs and rank: one each
    for (const InputLayout& layout : layouts)
      if (accepted.size() < most_layouts && !(layout.ports[0].shape.size() == 1 && !accepted.empty()) && !kinds.contains({layout.ports.size(), layout.ports[0].shape.size()}) && search.accept(options, layout)) {
        accepted.push_back(layout);
        kinds.insert({layout.ports.size(), layout.ports[0].shape.size()});
      }
  };
  try_layouts(*defaults);
  if (accepted.empty())
    for (const OptionTrial& guess : other_guesses(subject, *defaults)) {
      try_layouts(guess);
      if (accepted.empty()) continue;
      defaults = guess;
      break;
    }
  found.tried = fmt::format("{} trials with {} of inputs, such as {}, {} and {}", search.tried, layouts.size() == 1 ? "one layout" : fmt::format("{} layouts", layouts.size()), words_of(layouts[0]), words_of(layouts[3]),
                            words_of(layouts[7]));
  if (accepted.empty()) return found;
  const std::vector<OptionTrial> others = option_trials(subject);
  for (std::size_t i = 1; i < others.size(); ++i) {
    OptionTrial trial = others[i];
    if (defaults->words != others[0].words)  // a guess for required options
      for (const Option& guessed : defaults->options)
        if (const Value* first = find_option(others[0].options, guessed.name); const Value* now = find_option(trial.options, guessed.name))
          if (first && to_toml(*first) == to_toml(*now)) std::ranges::find(trial.options, guessed.name, &Option::name)->value = guessed.value;
    std::size_t taken = 0;
    const std::size_t wanted = subject.level >= full ? 2 : 1;
    for (const InputLayout& layout : accepted)
      if (taken < wanted && search.accept(trial, layout)) ++taken;
    for (const InputLayout& layout : layouts)
      if (taken == 0 && search.accept(trial, layout)) ++taken;
  }
  add_masked(found, [](const std::vector<std::int64_t>& shape) { return shape.size() == 3; });
  add_masked(found, [](const std::vector<std::int64_t>& shape) { return shape.size() > 3; });  // a step is more than the last axis
  return found;
}

bool nothing_to_try(const LayerTrials& trials, const Subject& subject, Findings& findings) {
  if (subject.calls<trg_layer_calls>().expand) findings.not_applicable("it is made of other layers, which are checked where they are from");
  else if (!trials.missing.empty()) findings.not_applicable(fmt::format("needs --set {}=...", trials.missing));
  else if (trials.all.empty()) findings.not_applicable("no input was found that it accepts: plan/shapes says what was tried");
  else return false;
  return true;
}

LayerTrial with_samples(const LayerTrial& trial, std::int64_t samples) {
  std::vector<std::vector<std::int64_t>> shapes;
  for (const Array& in : trial.layer.inputs) {
    shapes.push_back(in.shape);
    shapes.back()[0] = samples;
  }
  return with_shapes(trial, shapes, fmt::format(", {} samples", samples));
}

LayerTrial with_axis(const LayerTrial& trial, std::size_t axis, std::int64_t extent) {
  const std::int64_t former = trial.layer.inputs[0].shape.at(axis);
  std::vector<std::vector<std::int64_t>> shapes;
  for (const Array& in : trial.layer.inputs) {
    shapes.push_back(in.shape);
    if (axis < in.shape.size() && in.shape[axis] == former) shapes.back()[axis] = extent;
  }
  return with_shapes(trial, shapes, fmt::format(", axis {} of {}", axis, extent));
}

std::vector<LayerTrial> shape_variants(const LayerTrial& trial) {
  std::vector<LayerTrial> all = {with_samples(trial, 1), with_samples(trial, 3)};
  for (std::size_t axis = 1; axis < trial.layer.inputs[0].shape.size(); ++axis)
    for (const std::int64_t extent : {1, 7, 13}) all.push_back(with_axis(trial, axis, extent));
  return all;
}

}  // namespace teranga::conformance
