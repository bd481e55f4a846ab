// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/option_trials.hpp>

#include "trial_instance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

bool fits(const OptionSpec& spec, double number) {
  return !(number < spec.minimum || number > spec.maximum || (spec.minimum_open && number <= spec.minimum) || (spec.maximum_open && number >= spec.maximum));
}

class Trials {
 public:
  explicit Trials(const Subject& subject) : subject_(subject), schema_(host::to_schema(*subject.item)) {}

  const Schema& schema() const noexcept { return schema_; }

  std::optional<OptionTrial> defaults(std::string* missing) const {
    OptionTrial trial;
    for (const OptionSpec& spec : schema_) {
      const Value* const given = find_option(subject_.given, spec.name);
      std::optional<Value> value = given ? std::optional<Value>(*given) : spec.default_value.empty() ? std::nullopt : std::optional<Value>(default_of(spec, 0));
      if (!value && spec.required) {
        value = guess(spec, spec.kind, 0);
        if (!value) {
          if (missing) *missing = spec.name;
          return std::nullopt;
        }
        add_words(trial.words, spec.name, *value);
      } else if (given) {
        add_words(trial.words, spec.name, *given);
      }
      if (value) trial.options.push_back({spec.name, std::move(*value), {}});
    }
    return trial;
  }

  // Other values of one option.
  std::vector<Value> others(const OptionSpec& spec) const {
    std::vector<Value> values;
    const auto add = [&](Value value) { values.push_back(std::move(value)); };
    switch (spec.kind) {
      case OptionKind::boolean: add({true, {}}), add({false, {}}); break;
      case OptionKind::integer:
        for (const std::int64_t number : {2, 1, 5, 0, 7, 16})
          if (fits(spec, static_cast<double>(number))) add({number, {}});
        break;
      case OptionKind::real:
        for (const double number : {0.25, 0.0, 1.5, -0.5, 0.9})
          if (fits(spec, number)) add({number, {}});
        break;
      case OptionKind::text:
        for (const std::string& choice : spec.choices) add({choice, {}});
        break;
      case OptionKind::list:
        if (spec.item_kind != OptionKind::integer && spec.item_kind != OptionKind::real) break;
        for (const std::int64_t number : {2, 1, 3})
          if (fits(spec, static_cast<double>(number))) add(list_of(spec, spec.item_kind == OptionKind::real ? Value{static_cast<double>(number), {}} : Value{number, {}}));
        break;
      case OptionKind::component:
        for (const char* const type : types_of(spec.component_kind)) add(component(spec.component_kind, type, 0));
        break;
      case OptionKind::path: case OptionKind::table: break;
    }
    return values;
  }

  // Of a required option, more than one guess.
  std::vector<Value> candidates(const OptionSpec& spec) const {
    std::vector<Value> values;
    if (spec.kind != OptionKind::list) {
      if (auto value = guess(spec, spec.kind, 0)) values.push_back(std::move(*value));
      for (Value& other : others(spec)) values.push_back(std::move(other));
      return values;
    }
    const std::optional<Value> item = guess(spec, spec.item_kind, 0);
    if (!item) return values;
    const auto add = [&](Value::List list) {
      const auto length = static_cast<std::int64_t>(list.size());
      if (length >= spec.least_items && length <= spec.most_items) values.push_back({std::move(list), {}});
    };
    for (std::size_t length = 1; length <= 4; ++length) add(Value::List(length, *item));
    for (std::int64_t length = 1; length <= 4; ++length) {  // ascending ones
      Value::List list;
      for (std::int64_t i = 1; i <= length; ++i)
        if (fits(spec, static_cast<double>(i))) list.push_back(spec.item_kind == OptionKind::integer ? Value{i, {}} : spec.item_kind == OptionKind::real ? Value{static_cast<double>(i), {}} : *item);
      if (static_cast<std::int64_t>(list.size()) == length) add(std::move(list));
    }
    return values;
  }

  static void add_words(std::string& words, const std::string& name, const Value& value) { words += fmt::format("{}{} = {}", words.empty() ? "" : ", ", name, to_toml(value)); }

 private:
  static std::vector<const char*> types_of(std::string_view kind) {
    if (kind == "activation") return {"teranga.tanh", "teranga.sigmoid", "teranga.relu"};
    if (kind == "initializer") return {"teranga.glorot_uniform", "teranga.ones"};
    if (kind == "layer") return {"teranga.gru", "teranga.dense"};
    if (kind == "schedule") return {"teranga.constant"};
    return {};
  }

  // Complete as the host would hand it over; of a type that nobody offers, as it is.
  Value component(const std::string& kind, std::string type, int depth) const {
    if (type.find('.') == std::string::npos) type = fmt::format("teranga.{}", type);
    Value::Component made{type, {}};
    const bool plain = kind == "initializer" || kind == "regularizer" || depth > 3;  // those are only named to the host again
    if (const host::Item* const item = plain ? nullptr : subject_.registry().find(host::kind_of(kind), type))
      for (const OptionSpec& spec : item->schema) {
        std::optional<Value> value = spec.default_value.empty() ? std::nullopt : std::optional<Value>(default_of(spec, depth + 1));
        if (!value && spec.required) value = guess(spec, spec.kind, depth + 1);
        if (value) made.options.push_back({spec.name, std::move(*value), {}});
      }
    return {std::move(made), {}};
  }

  Value default_of(const OptionSpec& spec, int depth) const {
    if (spec.kind == OptionKind::component && spec.default_value.is<std::string>()) return component(spec.component_kind, spec.default_value.as<std::string>(), depth);
    return spec.default_value;
  }

  Value list_of(const OptionSpec& spec, const Value& item) const {
    const std::int64_t count = std::clamp<std::int64_t>(2, std::max<std::int64_t>(0, spec.least_items), std::max(spec.least_items, spec.most_items));
    return {Value::List(static_cast<std::size_t>(std::min<std::int64_t>(count, 64)), item), {}};
  }

  std::optional<Value> guess(const OptionSpec& spec, OptionKind kind, int depth) const {
    switch (kind) {
      case OptionKind::boolean: return Value{true, {}};
      case OptionKind::integer:
        for (const double number : {3.0, std::ceil(spec.minimum) + 1, std::floor(spec.maximum) - 1, std::ceil(spec.minimum), std::floor(spec.maximum)})
          if (std::isfinite(number) && fits(spec, number)) return Value{static_cast<std::int64_t>(number), {}};
        return std::nullopt;
      case OptionKind::real:
        for (const double number : {0.5, spec.minimum / 2 + spec.maximum / 2, spec.minimum + 1, spec.maximum - 1, spec.minimum, spec.maximum})
          if (std::isfinite(number) && fits(spec, number)) return Value{number, {}};
        return std::nullopt;
      case OptionKind::text: return spec.choices.empty() ? Value{std::string("x"), {}} : Value{spec.choices.front(), {}};
      case OptionKind::list: {
        const std::optional<Value> item = guess(spec, spec.item_kind, depth);
        return item ? std::optional<Value>(list_of(spec, *item)) : std::nullopt;
      }
      case OptionKind::component: {
        const std::vector<const char*> types = types_of(spec.component_kind);
        if (types.empty() || depth > 3) return std::nullopt;
        return component(spec.component_kind, types.front(), depth);
      }
      case OptionKind::table: return Value{Value::Component{}, {}};
      case OptionKind::path: return std::nullopt;
    }
    return std::nullopt;
  }

  const Subject& subject_;
  Schema schema_;
};

Value* value_in(Options& options, std::string_view name) {
  for (Option& option : options)
    if (option.name == name) return &option.value;
  return nullptr;
}

void put(const Schema& schema, OptionTrial& trial, const OptionSpec& spec, const Value& value) {
  if (Value* const place = value_in(trial.options, spec.name)) {
    *place = value;
  } else {  // in the order of the schema
    auto before = trial.options.begin();
    for (const OptionSpec& one : schema) {
      if (one.name == spec.name) break;
      if (before != trial.options.end() && before->name == one.name) ++before;
    }
    trial.options.insert(before, {spec.name, value, {}});
  }
  Trials::add_words(trial.words, spec.name, value);
}

// The ends of an option's range, and each choice.
std::vector<Value> ends_of(const OptionSpec& spec) {
  std::vector<Value> values;
  const auto number = [&](double least, bool open, double step) {
    if (!std::isfinite(least)) return;
    if (spec.kind == OptionKind::integer || spec.item_kind == OptionKind::integer) {
      double whole = step > 0 ? std::ceil(least) : std::floor(least);
      if (open && whole == least) whole += step;
      if (std::fabs(whole) > 1e15) return;
      values.push_back({static_cast<std::int64_t>(whole), {}});
    } else {
      values.push_back({open ? std::nextafter(static_cast<float>(least), static_cast<float>(step * std::numeric_limits<double>::infinity())) : least, {}});
    }
  };
  switch (spec.kind) {
    case OptionKind::boolean: values = {{true, {}}, {false, {}}}; break;
    case OptionKind::integer: case OptionKind::real:
      number(spec.minimum, spec.minimum_open, 1);
      number(spec.maximum, spec.maximum_open, -1);
      break;
    case OptionKind::text:
      for (const std::string& choice : spec.choices) values.push_back({choice, {}});
      break;
    case OptionKind::list: {
      if (spec.item_kind != OptionKind::integer && spec.item_kind != OptionKind::real) break;
      number(spec.minimum, spec.minimum_open, 1);
      number(spec.maximum, spec.maximum_open, -1);
      std::vector<Value> lists;
      for (const std::int64_t length : {spec.least_items, std::min<std::int64_t>(spec.most_items, 16)})
        for (const Value& one : values) lists.push_back({Value::List(static_cast<std::size_t>(std::clamp<std::int64_t>(length, 0, 16)), one), {}});
      return lists;
    }
    default: break;
  }
  return values;
}

// Equal for equal trials.
std::string key_of(const Options& options) { return to_toml({Value::Component{"", options}, {}}); }

}  // namespace

std::optional<OptionTrial> default_trial(const Subject& subject, std::string* missing) {
  const Trials trials(subject);
  std::optional<OptionTrial> first = trials.defaults(missing);
  std::vector<const OptionSpec*> guessed;
  for (const OptionSpec& spec : trials.schema())
    if (first && spec.required && spec.default_value.empty() && !find_option(subject.given, spec.name)) guessed.push_back(&spec);
  if (guessed.empty() || TrialInstance(subject, first->options)) return first;
  // Options that belong together, as two lists: what create accepts first.
  constexpr std::size_t most = 200;
  std::vector<std::vector<Value>> candidates;
  std::size_t combinations = 1;
  for (const OptionSpec* const spec : guessed) {
    candidates.push_back(trials.candidates(*spec));
    combinations = std::min(most, combinations * std::max<std::size_t>(1, candidates.back().size()));
  }
  for (std::size_t number = 0; number < combinations; ++number) {
    OptionTrial trial = *first;
    trial.words.clear();
    std::size_t rest = number;
    for (std::size_t i = 0; i < guessed.size(); ++i) {
      if (candidates[i].empty()) continue;
      put(trials.schema(), trial, *guessed[i], candidates[i][rest % candidates[i].size()]);
      rest /= candidates[i].size();
    }
    if (TrialInstance(subject, trial.options)) return trial;
  }
  return first;
}

std::vector<OptionTrial> option_trials(const Subject& subject) {
  const Trials trials(subject);
  const std::optional<OptionTrial> first = default_trial(subject);
  if (!first) return {};
  const std::size_t most = subject.level >= full ? 64 : 6, each = subject.level >= full ? 8 : 1;
  std::vector<OptionTrial> all{*first};
  std::set<std::string> known{key_of(first->options)};
  const auto add = [&](OptionTrial trial) {
    if (all.size() >= most || !known.insert(key_of(trial.options)).second) return false;
    all.push_back(std::move(trial));
    return true;
  };
  std::vector<std::vector<Value>> others;
  for (const OptionSpec& spec : trials.schema()) {
    others.push_back(find_option(subject.given, spec.name) ? std::vector<Value>{} : trials.others(spec));
    std::size_t added = 0;
    for (const Value& value : others.back()) {
      OptionTrial trial = *first;
      put(trials.schema(), trial, spec, value);
      if (added < each && add(std::move(trial))) ++added;
    }
  }
  // Combinations: in each, every option takes another step along its values.
  for (std::size_t round = 1; subject.level >= full && round <= 12; ++round) {
    OptionTrial trial = *first;
    for (std::size_t i = 0; i < others.size(); ++i)
      if (!others[i].empty() && (round + i) % 3 != 0) put(trials.schema(), trial, trials.schema()[i], others[i][(round * 7 + i * 3) % others[i].size()]);
    add(std::move(trial));
  }
  return all;
}

std::vector<OptionTrial> range_trials(const Subject& subject) {
  const std::optional<OptionTrial> first = default_trial(subject);
  if (!first) return {};
  const Trials trials(subject);
  std::vector<OptionTrial> all;
  for (const OptionSpec& spec : trials.schema()) {
    if (find_option(subject.given, spec.name)) continue;
    for (const Value& value : ends_of(spec)) {
      const bool grows = value.is<std::int64_t>() && value.as<std::int64_t>() > (spec.default_value.is<std::int64_t>() ? spec.default_value.as<std::int64_t>() : 16);
      if (subject.item->kind == TRG_DATASET && grows) continue;  // it would take the time and the memory of so many and so large samples
      OptionTrial trial{first->options, {}};
      put(trials.schema(), trial, spec, value);
      all.push_back(std::move(trial));
    }
    if (spec.nullable && find_option(first->options, spec.name)) {
      OptionTrial trial{{}, fmt::format("without {}", spec.name)};
      for (const Option& option : first->options)
        if (option.name != spec.name) trial.options.push_back(option);
      all.push_back(std::move(trial));
    }
  }
  return all;
}

}  // namespace teranga::conformance
