// SPDX-License-Identifier: Apache-2.0
#include "keras_recipe.hpp"

#include <teranga/core/printable.hpp>

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::exchange {
namespace {

std::string quoted(const std::string& text) { return to_toml({text, {}}); }

std::string list_of(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(quoted(text));
  return items.size() == 1 ? items[0] : fmt::format("[{}]", fmt::join(items, ", "));
}

void add_lines(std::string& out, const Options& options) {
  for (const Option& option : options) out += fmt::format("{} = {}\n", option.name, to_toml(option.value));
}

// A target of class numbers, of how many classes; nothing for real numbers.
std::optional<std::int64_t> classes_of(const KerasLoss& loss, const Shape& output) {
  if (loss.part.type == "sparse_categorical_crossentropy") return output.empty() ? 1 : output.back();
  if (loss.part.type == "hinge" || loss.part.type == "squared_hinge" || loss.part.type == "binary_crossentropy") return 2;
  return std::nullopt;
}

Shape target_shape(const KerasLoss& loss, const Shape& output) {
  Shape out = output;
  if (loss.part.type == "sparse_categorical_crossentropy" && !out.empty()) out.pop_back();
  return out;
}

const Shape& shape_of(const RecipePlan& plan, const KerasLoss& loss) {
  static const Shape none;
  return loss.output < plan.shapes.size() ? plan.shapes[loss.output] : none;
}

std::string target_name(const RecipePlan& plan, const KerasLoss& loss) {
  if (plan.training.losses.size() == 1) return "y";
  std::string name = plan.outputs[loss.output].layer;
  std::replace(name.begin(), name.end(), '.', '_');
  return "y_" + name;
}

std::string head_of(const RecipePlan& plan) {
  std::string out = fmt::format("# What the Keras model {} is in Teranga{}.\n", printable_line(plan.model), plan.version.empty() ? "" : fmt::format(" (saved by Keras {})", printable_line(plan.version)));
  for (const std::string& note : plan.training.notes) out += fmt::format("# {}\n", note);
  return out + "schema = 1\n\n[data]\n";
}

std::string arrays_of(const RecipePlan& plan) {
  std::vector<std::string> pairs;
  for (const model::Field& field : fields_of(plan)) pairs.push_back(fmt::format("{0}={0}", field.name));
  return fmt::format("numpy.savez(\"{}\", {})", plan.example, fmt::join(pairs, ", "));
}

std::string random_data(const RecipePlan& plan) {
  const RecipeInput& input = plan.inputs[0];
  const KerasLoss& loss = plan.training.losses[0];
  const Shape& output = shape_of(plan, loss);
  const std::optional<std::int64_t> classes = classes_of(loss, output);
  std::string out = "# Random numbers stand here, so that every command works at once. Put your data in their place, such as arrays in a file:\n";
  out += fmt::format("# in Python, {}; then, in place of the lines of this table,\n", arrays_of(plan));
  out += fmt::format("#   type = \"npz\"\n#   train = \"{}\"\n", plan.example);
  if (input.ids > 0) out += "#   features_are = \"ids\"\n";
  out += "#   validation_split = 0.1\n";
  out += "type = \"random\"\nsamples = 256\n";
  out += fmt::format("shape = [{}]{}\n", fmt::join(input.shape, ", "), input.open ? "  # Keras leaves the length open: any will do" : "");
  if (input.ids > 0) out += fmt::format("values = \"ids\"\nids = {}\n", input.ids);
  out += classes ? fmt::format("target = \"classes\"\nclasses = {}\n", *classes) : std::string("target = \"uniform\"\n");
  const Shape target = target_shape(loss, output);
  if (!target.empty()) out += fmt::format("target_shape = [{}]\n", fmt::join(target, ", "));
  return out;
}

std::string array_data(const RecipePlan& plan) {
  std::vector<std::string> features, targets;
  for (const model::Field& field : fields_of(plan)) (field.role == model::Role::feature ? features : targets).push_back(quoted(field.name));
  std::string out = fmt::format("# The arrays of your samples. In Python: {}\n", arrays_of(plan));
  out += fmt::format("type = \"arrays\"\ntrain = \"{}\"\nfeatures = [{}]\ntargets = [{}]\n", plan.example, fmt::join(features, ", "), fmt::join(targets, ", "));
  std::vector<std::string> ids;
  for (const RecipeInput& input : plan.inputs)
    if (input.ids > 0) ids.push_back(quoted(input.field));
  if (!ids.empty()) out += fmt::format("ids = [{}]\n", fmt::join(ids, ", "));
  return out;
}

std::string inputs_of(const RecipePlan& plan) {
  std::string out;
  for (const RecipeInput& input : plan.inputs) {
    out += fmt::format("\n[[layer]]\ntype = \"input\"\nname = {}\n", quoted(input.layer));
    if (!input.open) out += fmt::format("shape = [{}]\n", fmt::join(input.shape, ", "));
    if (plan.inputs.size() > 1) out += fmt::format("field = {}\n", quoted(input.field));
  }
  return out;
}

std::string layer_text(const RecipeLayer& layer) {
  std::string out = "\n[[layer]]\n";
  if (!layer.comment.empty()) out += fmt::format("# {}\n", layer.comment);
  out += fmt::format("type = {}\nname = {}\n", quoted(layer.part.type), quoted(layer.name));
  if (!layer.inputs.empty()) out += fmt::format("input = {}\n", list_of(layer.inputs));
  if (!layer.weights_of.empty()) out += fmt::format("weights_of = {}\n", quoted(layer.weights_of));
  if (!layer.trainable) out += "trainable = false\n";
  Options options = layer.part.options;
  if (!layer.weights_of.empty()) std::erase_if(options, [](const Option& option) { return option.name.ends_with("_constraint"); });  // the layer of the weights has them
  add_lines(out, options);
  return out;
}

std::string loss_text(const RecipePlan& plan, const KerasLoss& loss) {
  const bool several = plan.training.losses.size() > 1;
  std::string out = several ? "\n[[loss]]\n" : "\n[loss]\n";
  out += fmt::format("type = {}\n", quoted(loss.part.type));
  const std::string& output = plan.outputs[loss.output].layer;
  if (several || plan.layers.empty() || plan.layers.back().name != output) out += fmt::format("output = {}\n", quoted(output));
  if (several) out += fmt::format("target = {}\n", quoted(target_name(plan, loss)));
  if (loss.weight != 1) out += fmt::format("weight = {}\n", to_toml({loss.weight, {}}));
  add_lines(out, loss.part.options);
  return out;
}

std::string training_text(const RecipePlan& plan) {
  std::string out = fmt::format("\n[optimizer]\ntype = {}\n", quoted(plan.training.optimizer.type));
  add_lines(out, plan.training.optimizer.options);
  out += "\n[training]\nepochs = 5\nbatch_size = 32\n";
  std::vector<std::string> metrics;
  for (const KerasMetric& metric : plan.training.metrics) {
    KerasPart part = metric.part;
    if (metric.output != plan.training.losses[0].output) part.options.push_back({"output", {plan.outputs[metric.output].layer, {}}, {}});
    metrics.push_back(to_toml(value_of(part)));
  }
  if (!metrics.empty()) out += fmt::format("metrics = [{}]\n", fmt::join(metrics, ", "));
  return out;
}

}  // namespace

std::vector<model::Field> fields_of(const RecipePlan& plan) {
  std::vector<model::Field> out;
  for (const RecipeInput& input : plan.inputs) {
    model::Field field;
    field.name = input.field;
    field.type = input.ids > 0 ? ElementType::i32 : ElementType::f32;
    field.shape = input.shape;
    field.classes = input.ids;
    out.push_back(std::move(field));
  }
  for (const KerasLoss& loss : plan.training.losses) {
    model::Field field;
    field.name = target_name(plan, loss);
    field.role = model::Role::target;
    const Shape& output = shape_of(plan, loss);
    const std::optional<std::int64_t> classes = classes_of(loss, output);
    field.type = classes ? ElementType::i32 : ElementType::f32;
    field.classes = classes.value_or(0);
    field.shape = target_shape(loss, output);
    out.push_back(std::move(field));
  }
  return out;
}

bool has_random_data(const RecipePlan& plan) { return plan.inputs.size() == 1 && plan.training.losses.size() == 1; }

std::string text_of(const RecipePlan& plan) {
  std::string out = head_of(plan) + (has_random_data(plan) ? random_data(plan) : array_data(plan)) + inputs_of(plan);
  for (const RecipeLayer& layer : plan.layers) out += layer_text(layer);
  for (const KerasLoss& loss : plan.training.losses) out += loss_text(plan, loss);
  return out + training_text(plan);
}

}  // namespace teranga::exchange
