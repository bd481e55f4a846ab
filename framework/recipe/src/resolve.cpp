// SPDX-License-Identifier: Apache-2.0
// Writes a recipe as TOML text with everything said that was implied.
#include <teranga/recipe/recipe.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "sections.hpp"
#include "variables.hpp"

namespace teranga::recipe {
namespace {

// "$name" in a text means itself: all variables are filled in.
void escape(Value& value) {
  if (auto* text = std::get_if<std::string>(&value.data)) *text = escaped(*text);
  if (auto* list = std::get_if<Value::List>(&value.data)) std::for_each(list->begin(), list->end(), escape);
  if (auto* table = std::get_if<Value::Component>(&value.data))
    for (Option& option : table->options) escape(option.value);
}

// One section: `key = value` lines under a header.
class Section {
 public:
  Section(std::string& out, std::string_view header) : out_(out) {
    if (!header.empty()) out_ += fmt::format("\n{}\n", header);
  }

  Section& line(std::string_view key, Value value) {
    escape(value);
    Value::Component table{{}, {{std::string(key), std::move(value), {}}}};
    const std::string text = to_toml(Value{std::move(table), {}});  // "{ key = value }": the key is quoted where need be
    out_ += text.substr(2, text.size() - 4) + "\n";
    return *this;
  }
  template <class T>
  Section& line(std::string_view key, const T& value) {
    return line(key, Value{value, {}});
  }
  template <class T>
  Section& line(std::string_view key, const std::optional<T>& value) {
    return value ? line(key, *value) : *this;
  }
  Section& options(const Options& options) {
    for (const Option& option : options)
      if (!option.value.empty()) line(option.name, option.value);
    return *this;
  }
  Section& component(const Value::Component& component) { return line("type", component.type).options(component.options); }

 private:
  std::string& out_;
};

Value texts(const std::vector<std::string>& items) {
  Value::List list;
  for (const std::string& item : items) list.push_back({item, {}});
  return {std::move(list), {}};
}

Value constraint_value(const WeightConstraint& constraint) {
  if (constraint.type == "non_neg") return {constraint.type, {}};
  Value::Component table{constraint.type, {}};
  if (constraint.type != "unit_norm") table.options.push_back({"max_value", Value{constraint.max_value, {}}, {}});
  if (constraint.type == "min_max_norm") {
    table.options.push_back({"min_value", Value{constraint.min_value, {}}, {}});
    table.options.push_back({"rate", Value{constraint.rate, {}}, {}});
  }
  Value::List axis;
  for (const std::int64_t one : constraint.axis) axis.push_back({one, {}});
  table.options.push_back({"axis", Value{std::move(axis), {}}, {}});
  return {std::move(table), {}};
}

void write_layer(std::string& out, const LayerRecipe& layer) {
  Section section(out, "[[layer]]");
  section.line("type", layer.type).line("name", layer.name);
  if (!layer.inputs.empty()) section.line("input", texts(layer.inputs));
  if (!layer.network.empty()) section.line("network", layer.network);
  section.line("trainable", layer.trainable).line("weights_of", layer.weights_of).options(layer.options);
  for (const WeightConstraint& constraint : layer.constraints) section.line(constraint.parameter + "_constraint", constraint_value(constraint));
}

void write_optimizer(std::string& out, std::string_view header, const OptimizerRecipe& optimizer) {
  Section section(out, header);
  section.line("type", optimizer.component.type);
  if (optimizer.schedule) {
    section.line("learning_rate", *optimizer.schedule);
  } else {
    section.line("learning_rate", optimizer.learning_rate);
  }
  section.line("weight_decay", optimizer.weight_decay)
      .line("clipnorm", optimizer.clipnorm)
      .line("clipvalue", optimizer.clipvalue)
      .line("global_clipnorm", optimizer.global_clipnorm)
      .line("clip_weights", optimizer.clip_weights)
      .line("warmup_steps", optimizer.warmup_steps)
      .line("warmup_from", optimizer.warmup_from);
  if (optimizer.use_ema) section.line("use_ema", true).line("ema_momentum", optimizer.ema_momentum).line("ema_overwrite_frequency", optimizer.ema_overwrite_frequency);
  for (const Option& option : optimizer.component.options)
    if (find_option(optimizer_keys(), option.name) == nullptr) section.line(option.name, option.value);
}

Value metric_value(const MetricRecipe& metric) {
  Value::Component component = metric.component;
  if (metric.output) component.options.push_back({"output", {*metric.output, {}}, {}});
  if (component.options.empty()) return {component.type, {}};
  return {std::move(component), {}};
}

Value metrics_value(const std::vector<MetricRecipe>& metrics) {
  Value::List list;
  for (const MetricRecipe& metric : metrics) list.push_back(metric_value(metric));
  return {std::move(list), {}};
}

void write_loss(std::string& out, std::string_view header, const LossRecipe& loss) {
  Section(out, header).component(loss.component).line("output", loss.output).line("target", loss.target).line("target", loss.constant).line("weight", loss.weight);
}

void write_phase(std::string& out, const PhaseRecipe& phase) {
  Section(out, "[[phase]]")
      .line("name", phase.name)
      .line("train", texts(phase.train))
      .line("steps", phase.steps)
      .line("every", phase.every)
      .line("from_epoch", phase.from_epoch)
      .line("to_epoch", phase.to_epoch)
      .line("metrics", metrics_value(phase.metrics));
  for (const CallRecipe& call : phase.calls) {
    Section section(out, "[[phase.call]]");
    section.line("network", call.network).line("name", call.name);
    if (!call.inputs.empty()) section.line("input", texts(call.inputs));
  }
  for (const LossRecipe& loss : phase.losses) write_loss(out, "[[phase.loss]]", loss);
  write_optimizer(out, "[phase.optimizer]", phase.optimizer);
}

Value layer_rates_value(const std::vector<LayerRate>& rates) {
  Value::List list;
  for (const LayerRate& rate : rates) {
    Value::Component table;
    table.options = {{"layers", Value{rate.layers, {}}, {}}, {"factor", Value{rate.factor, {}}, {}}, {"from_epoch", Value{rate.from_epoch, {}}, {}}};
    if (rate.to_epoch) table.options.push_back({"to_epoch", Value{*rate.to_epoch, {}}, {}});
    list.push_back({std::move(table), {}});
  }
  return {std::move(list), {}};
}

Value keep_best_value(const KeepBest& rule) {
  Value::Component table;
  table.options = {{"monitor", Value{rule.monitor, {}}, {}}, {"mode", Value{rule.mode, {}}, {}}, {"count", Value{rule.count, {}}, {}}};
  return {std::move(table), {}};
}

Value early_stopping_value(const EarlyStopping& rule) {
  Value::Component table;
  auto add = [&](const char* key, auto value) { table.options.push_back({key, Value{value, {}}, {}}); };
  add("monitor", rule.monitor);
  add("patience", rule.patience);
  add("min_delta", rule.min_delta);
  add("mode", rule.mode);
  add("restore_best_weights", rule.restore_best_weights);
  if (rule.baseline) add("baseline", *rule.baseline);
  add("start_from_epoch", rule.start_from_epoch);
  return {std::move(table), {}};
}

void write_training(std::string& out, const TrainingRecipe& training) {
  Section section(out, "[training]");
  section.line("epochs", training.epochs)
      .line("batch_size", training.batch_size)
      .line("accumulate", training.accumulate)
      .line("base_batch_size", training.base_batch_size)
      .line("shuffle", training.shuffle)
      .line("seed", training.seed)
      .line("steps_per_epoch", training.steps_per_epoch)
      .line("validation_freq", training.validation_freq)
      .line("log_every_steps", training.log_every_steps)
      .line("compare_ranks_every", training.compare_ranks_every)
      .line("on_divergence", training.on_divergence.action)
      .line("divergence_limit", training.on_divergence.most)
      .line("divergence_rate_factor", training.on_divergence.rate_factor)
      .line("slice", training.slice)
      .line("reproducible", training.reproducible);
  section.line("metrics", metrics_value(training.metrics));
  if (training.balanced_class_weight) section.line("class_weight", std::string("balanced"));
  if (!training.class_weight.empty()) {
    Value::Component table;
    for (const ClassWeight& entry : training.class_weight) table.options.push_back({entry.label, {entry.weight, {}}, {}});
    section.line("class_weight", Value{std::move(table), {}});
  }
  if (training.early_stopping) section.line("early_stopping", early_stopping_value(*training.early_stopping));
  if (!training.layer_rates.empty()) section.line("layer_rates", layer_rates_value(training.layer_rates));
  if (!training.averaging) return;
  Section(out, "[training.averaging]").line("every", training.averaging->every).line("after_epoch", training.averaging->after_epoch).line("wire", training.averaging->wire).line("overlap", training.averaging->overlap);
  if (training.averaging->outer) write_optimizer(out, "[training.averaging.outer]", *training.averaging->outer);
}

void write_initial_weights(std::string& out, const InitialWeights& weights) {
  Section section(out, "[initial_weights]");
  if (!weights.from.empty()) section.line("from", weights.from);
  if (!weights.include.empty()) section.line("include", texts(weights.include));
  if (!weights.exclude.empty()) section.line("exclude", texts(weights.exclude));
  Value::Component names;
  for (const auto& [there, here] : weights.rename) names.options.push_back({there, {here, {}}, {}});
  if (!names.options.empty()) section.line("rename", Value{std::move(names), {}});
  section.line("partial", weights.partial);
}

}  // namespace

std::string resolve(const Recipe& recipe) {
  std::string out;
  Section root(out, "");
  root.line("schema", recipe.schema).line("name", recipe.name);
  if (!recipe.plugins.empty()) root.line("plugins", texts(recipe.plugins));
  if (recipe.data) {
    Section data(out, "[data]");
    data.component(recipe.data->component).line("validation_split", recipe.data->validation_split).line("limit", recipe.data->limit);
    if (recipe.data->folds > 0) data.line("fold", fmt::format("{}/{}", recipe.data->fold, recipe.data->folds));
  }
  for (const LayerRecipe& layer : recipe.layers) write_layer(out, layer);
  for (const LossRecipe& loss : recipe.losses) write_loss(out, recipe.losses.size() == 1 ? "[loss]" : "[[loss]]", loss);
  for (const PhaseRecipe& phase : recipe.phases) write_phase(out, phase);
  if (recipe.phases.empty()) write_optimizer(out, "[optimizer]", recipe.optimizer);
  write_training(out, recipe.training);
  if (recipe.initial_weights) write_initial_weights(out, *recipe.initial_weights);
  Section checkpoint(out, "[checkpoint]");
  checkpoint
      .line("every_steps", recipe.checkpoint.every_steps)
      .line("every_epochs", recipe.checkpoint.every_epochs)
      .line("every_seconds", recipe.checkpoint.every_seconds)
      .line("keep", recipe.checkpoint.keep);
  if (recipe.checkpoint.keep_best) checkpoint.line("keep_best", keep_best_value(*recipe.checkpoint.keep_best));
  for (const ObserverRecipe& observer : recipe.observers) Section(out, "[[observer]]").component(observer.component);
  Section log(out, "[log]");
  log.line("report", recipe.log.report).line("tensorboard", recipe.log.tensorboard);
  if (!recipe.log.prometheus.empty()) log.line("prometheus", recipe.log.prometheus);
  return out;
}

}  // namespace teranga::recipe
