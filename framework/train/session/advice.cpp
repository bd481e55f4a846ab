// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/advice.hpp>

#include <algorithm>
#include <map>
#include <optional>

#include <teranga/model/decision.hpp>

#include <fmt/format.h>

namespace teranga::train {
namespace {

struct Fit {
  std::vector<std::string_view> activations;  // that go with the loss, the usual one first
  bool takes_logits = false;                  // it has the option from_logits
};

// The activations of the output that go with each loss.
const std::map<std::string_view, Fit>& fits() {
  static const std::map<std::string_view, Fit> all{
      {"binary_crossentropy", {{"sigmoid", "hard_sigmoid"}, true}},
      {"categorical_crossentropy", {{"softmax"}, true}},
      {"sparse_categorical_crossentropy", {{"softmax"}, true}},
      {"kl_divergence", {{"softmax", "sigmoid"}}},
      {"hinge", {{"linear", "tanh"}}},
      {"squared_hinge", {{"linear", "tanh"}}},
      {"perceptron", {{"step", "linear"}}},
      {"poisson", {{"exponential", "softplus", "relu"}}},
      {"mean_squared_error", {{"linear", "relu"}}},
      {"mean_absolute_error", {{"linear", "relu"}}},
      {"huber", {{"linear", "relu"}}},
      {"log_cosh", {{"linear", "relu"}}}};
  return all;
}

// Losses of quantities: how far off, not right or wrong.
bool takes_quantities(std::string_view loss) { return loss.starts_with("mean_") || loss == "huber" || loss == "log_cosh"; }

// What to type where the output is one of classes, and the loss is another; empty where that is not known.
const char* loss_of_classes(std::string_view loss, std::string_view activation, bool one_unit, bool one_hot) {
  const bool of_classes = loss == "sparse_categorical_crossentropy" || loss == "categorical_crossentropy", of_yes_and_no = loss == "binary_crossentropy" || loss == "hinge" || loss == "squared_hinge";
  if (activation == "sigmoid" && one_unit && (of_classes || takes_quantities(loss))) return "type = \"binary_crossentropy\"";
  if (activation == "softmax" && !one_unit && of_yes_and_no) return "type = \"categorical_crossentropy\"";  // whose targets have the shape of the output, too
  if (activation == "softmax" && takes_quantities(loss)) return one_hot ? "type = \"categorical_crossentropy\"" : "type = \"sparse_categorical_crossentropy\"";
  return "";
}

// The activation that a layer ends with: by option, as a layer, or by what it wraps; "linear" where there is none.
std::string last_activation(std::string_view layer, const Options& options, const host::Registry& registry) {
  const std::string type(recipe::short_type(layer));
  if (registry.find(host::Kind::activation, type)) return type;
  if (const Value* activation = find_option(options, "activation"); activation && activation->is<Value::Component>()) return std::string(recipe::short_type(activation->as<Value::Component>().type));
  if (const Value* inner = find_option(options, "layer"); type == "time_distributed" && inner && inner->is<Value::Component>())
    return last_activation(inner->as<Value::Component>().type, inner->as<Value::Component>().options, registry);
  return "linear";
}

// The layer that makes the values of the output: those that only give them another shape are passed over.
const recipe::LayerRecipe* output_layer(const recipe::Recipe& recipe, const std::optional<std::string>& name) {
  if (recipe.layers.empty()) return nullptr;
  const recipe::LayerRecipe* layer = name ? recipe.find_layer(*name) : &recipe.layers.back();
  while (layer) {
    const std::string_view type = recipe::short_type(layer->type);
    if (type != "reshape" && type != "flatten" && type != "permute") break;
    if (layer->inputs.size() == 1) layer = recipe.find_layer(layer->inputs[0]);
    else layer = layer == recipe.layers.data() ? nullptr : layer - 1;
  }
  return layer;
}

bool has_one_unit(const recipe::LayerRecipe& layer) {
  const Value* units = find_option(layer.options, "units");
  return units && units->is<std::int64_t>() && units->as<std::int64_t>() == 1;
}

bool is_true(const Options& options, std::string_view name) {
  const Value* value = find_option(options, name);
  return value && value->is<bool>() && value->as<bool>();
}

bool is_recurrent(std::string_view layer, const Options& options) {
  const std::string_view type = recipe::short_type(layer);
  const Value* inner = type == "bidirectional" ? find_option(options, "layer") : nullptr;
  if (inner && inner->is<Value::Component>()) return is_recurrent(inner->as<Value::Component>().type, inner->as<Value::Component>().options);
  return type == "lstm" || type == "gru" || type == "simple_rnn";
}

class Adviser {
 public:
  Adviser(const recipe::Recipe& recipe, const host::Registry& registry) : recipe_(recipe), registry_(registry) {}

  std::vector<Advice> take() {
    for (const recipe::LossRecipe& loss : recipe_.losses) check(loss);
    for (const recipe::MetricRecipe& metric : recipe_.training.metrics) check(metric);
    check_twice();
    if (pads_behind()) check_masks();
    return std::move(found_);
  }

 private:
  void check(const recipe::LossRecipe& loss) {
    const std::string type(recipe::short_type(loss.component.type));
    const recipe::LayerRecipe* layer = output_layer(recipe_, loss.output);
    const auto fit = fits().find(type);
    if (!layer || fit == fits().end()) return;
    const std::string activation = last_activation(layer->type, layer->options, registry_);
    const std::string usual(fit->second.activations.front());
    // Where data tell the target, its check says so and more.
    if (activation == "softmax" && has_one_unit(*layer) && (takes_quantities(type) || loss.constant))
      return add(loss.position, fmt::format("the softmax of the one unit of the layer \"{}\" is always 1", layer->name), fmt::format("activation = \"{}\"", takes_quantities(type) ? "linear" : "sigmoid"));
    const bool reconstructs = takes_quantities(type) && loss.target && (activation == "sigmoid" || activation == "tanh");  // an autoencoder, whose target is bounded too
    if (reconstructs) return;
    if (is_true(loss.component.options, "from_logits")) {
      if (activation != "linear") add(loss.position, fmt::format("the loss {} with from_logits = true expects an output without activation, found {}", type, activation), "from_logits = false");
    } else if (std::ranges::find(fit->second.activations, activation) == fit->second.activations.end()) {
      const std::string message = fmt::format("the loss {} behind a {} output seldom learns well", type, activation);
      std::string ways;
      if (const char* other = loss.target ? "" : loss_of_classes(type, activation, has_one_unit(*layer), recipe_.data && is_true(recipe_.data->component.options, "one_hot")); *other)
        ways = fmt::format("{} in the loss for {}", other, has_one_unit(*layer) ? "a target of yes or no" : "a target of classes");
      const bool by_loss = !ways.empty();
      if (const std::string by_layer = ending(*layer, loss, usual); !by_layer.empty()) ways += (by_loss ? ", or " : "") + by_layer + (!by_loss ? "" : takes_quantities(type) ? " for a quantity" : activation == "softmax" ? " where several classes may be true of a sample" : "");
      if (fit->second.takes_logits && activation == "linear") ways += (ways.empty() ? "" : ", or ") + std::string("from_logits = true in the loss");
      add(loss.position, message, ways);
    }
  }

  // Whether the data set fills up shorter samples at their end.
  bool pads_behind() const {
    if (!recipe_.data) return false;
    const Value::Component& data = recipe_.data->component;
    const host::Item* item = registry_.find(host::Kind::dataset, data.type);
    for (const char* name : {"padding", "source_padding"}) {
      const Value* padding = find_option(data.options, name);
      if (const OptionSpec* spec = item ? find_option(item->schema, name) : nullptr; !padding && spec) padding = &spec->default_value;
      if (padding && padding->is<std::string>()) return padding->as<std::string>() == "post";
    }
    return false;
  }

  // The layer that a layer takes, where it is one.
  const recipe::LayerRecipe* layer_before(const recipe::LayerRecipe& layer) const {
    if (layer.inputs.size() == 1) return recipe_.find_layer(layer.inputs[0]);
    return layer.inputs.empty() && &layer != recipe_.layers.data() ? &layer - 1 : nullptr;
  }

  // Recurrent layers that take padding behind a text as steps of it.
  void check_masks() {
    std::vector<const recipe::LayerRecipe*> told;
    for (const recipe::LayerRecipe& layer : recipe_.layers) {
      if (!is_recurrent(layer.type, layer.options)) continue;
      const recipe::LayerRecipe* before = layer_before(layer);
      while (before && (recipe::short_type(before->type) == "dropout" || is_recurrent(before->type, before->options))) before = layer_before(*before);
      if (!before || recipe::short_type(before->type) != "embedding" || is_true(before->options, "mask_zero") || std::ranges::find(told, before) != told.end()) continue;
      told.push_back(before);
      add(before->position, fmt::format("the data fill up shorter samples at their end, and the layer \"{}\" takes these steps as words", layer.name), fmt::format("mask_zero = true in the layer \"{}\"", before->copy_of.empty() ? before->name : before->copy_of));
    }
  }

  void check(const recipe::MetricRecipe& metric) {
    const std::string_view type = recipe::short_type(metric.component.type);
    if (type == "precision" || type == "recall" || type == "auc") return check_cut(metric, type);
    if (type != "accuracy" && type != "acc" && type != "binary_accuracy") return;
    for (const recipe::LossRecipe& loss : recipe_.losses) {
      if (metric.output != loss.output) continue;
      const recipe::LayerRecipe* layer = output_layer(recipe_, loss.output);
      const std::string_view judged_by = recipe::short_type(loss.component.type);
      if (!layer || !takes_quantities(judged_by) || !has_one_unit(*layer) || last_activation(layer->type, layer->options, registry_) != "linear") continue;
      add(metric.position, fmt::format("{} counts right classes, and the loss {} judges quantities", type, judged_by), "metrics = [\"mean_absolute_error\"]");
      return;
    }
  }

  // The same metric of the same output.
  void check_twice() {
    const std::vector<recipe::MetricRecipe>& all = recipe_.training.metrics;
    for (std::size_t i = 1; i < all.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (all[i].output == all[j].output && to_toml(Value{all[i].component, {}}) == to_toml(Value{all[j].component, {}}))
          return add(all[i].position, fmt::format("the metric \"{}\" stands twice", recipe::short_type(all[i].component.type)), "leave one of them out");
  }

  // Each number of such a metric is a probability by itself, which logits of a softmax are not.
  void check_cut(const recipe::MetricRecipe& metric, std::string_view type) {
    for (const recipe::LossRecipe& loss : recipe_.losses) {
      const recipe::LayerRecipe* layer = metric.output == loss.output ? output_layer(recipe_, loss.output) : nullptr;
      if (!layer || !model::judges_logits(loss) || model::judges_yes_and_no(loss)) continue;
      const std::string by_layer = ending(*layer, loss, "softmax");
      add(metric.position, fmt::format("{} expects probabilities, and the output is logits by from_logits = true of the loss {}", type, recipe::short_type(loss.component.type)),
          by_layer.empty() ? "" : fmt::format("from_logits = false in the loss, and {}", by_layer));
      return;
    }
  }

  // What to type for an output that ends with this activation; empty where that is more than a line.
  std::string ending(const recipe::LayerRecipe& layer, const recipe::LossRecipe& loss, const std::string& activation) const {
    const std::string &name = layer.copy_of.empty() ? layer.name : layer.copy_of, type(recipe::short_type(layer.type));
    if (registry_.find(host::Kind::activation, type)) return fmt::format("type = \"{}\" in the layer \"{}\"", activation, name);
    const host::Item* item = registry_.find(host::Kind::layer, type);
    const bool within = item && find_option(item->schema, "activation");  // as in a recurrent layer, whose output is another
    if (!within || activation == "linear") return fmt::format("activation = \"{}\" in the layer \"{}\"", activation, name);
    return !loss.output && &layer == &recipe_.layers.back() ? fmt::format("a layer of type \"{}\" after the layer \"{}\"", activation, name) : "";
  }

  void add(const Position& position, std::string message, std::string hint) { found_.push_back({position, std::move(message), std::move(hint)}); }

  const recipe::Recipe& recipe_;
  const host::Registry& registry_;
  std::vector<Advice> found_;
};

}  // namespace

std::vector<Advice> advice_on(const recipe::Recipe& recipe, const host::Registry& registry) {
  std::vector<Advice> all;
  if (recipe.training.epochs == 0) all.push_back({recipe.training.position, "epochs = 0: nothing is trained", "epochs = 10"});
  for (const recipe::PhaseRecipe& phase : recipe::phases_of(recipe))
    for (Advice& advice : Adviser(recipe::unfold(recipe, phase), registry).take()) all.push_back(std::move(advice));
  return all;
}

std::string advice_text(const Advice& advice) {
  const std::string hint = advice.hint.empty() ? "" : fmt::format("hint: {}\n", advice.hint);
  return fmt::format("{}:{}: warning: {}\n{}", advice.position.file, advice.position.line, advice.message, hint);
}

}  // namespace teranga::train
