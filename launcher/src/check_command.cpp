// SPDX-License-Identifier: Apache-2.0
// teranga check: everything that can be known before a training, without training.
#include <teranga/train/class_weights.hpp>
#include <teranga/train/data_checks.hpp>
#include <teranga/train/updater.hpp>
#include <teranga/train/workbench.hpp>

#include <cstdio>
#include <map>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"
#include "print.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace {

struct Pair {
  const char* activations;  // that fit, each between blanks
  const char* advice;
};

// The pairs of output activation and loss whose gradients fit each other.
const std::map<std::string, Pair, std::less<>>& pairs() {
  static const std::map<std::string, Pair, std::less<>> all{
      {"binary_crossentropy", {" sigmoid hard_sigmoid ", "a sigmoid output, or from_logits = true behind a linear one"}},
      {"categorical_crossentropy", {" softmax ", "a softmax output, or from_logits = true behind a linear one"}},
      {"sparse_categorical_crossentropy", {" softmax ", "a softmax output, or from_logits = true behind a linear one"}},
      {"kl_divergence", {" softmax sigmoid ", "a softmax output"}},
      {"hinge", {" linear tanh ", "a linear or tanh output"}},
      {"squared_hinge", {" linear tanh ", "a linear or tanh output"}},
      {"perceptron", {" step linear ", "a step output"}},
      {"poisson", {" exponential softplus relu ", "an exponential or softplus output"}},
      {"mean_squared_error", {" linear relu ", "a linear output; for classes, softmax with a crossentropy"}},
      {"mean_absolute_error", {" linear relu ", "a linear output; for classes, softmax with a crossentropy"}},
      {"huber", {" linear relu ", "a linear output"}},
      {"log_cosh", {" linear relu ", "a linear output"}}};
  return all;
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

// The activation at the output. Empty where it cannot be told.
std::string output_activation(const recipe::Recipe& recipe, const recipe::LossRecipe& loss, const host::Registry& registry) {
  const recipe::LayerRecipe* layer = loss.output ? recipe.find_layer(*loss.output) : recipe.layers.empty() ? nullptr : &recipe.layers.back();
  if (!layer) return {};
  return last_activation(layer->type, layer->options, registry);
}

int warn_of_losses(const recipe::Recipe& recipe, const host::Registry& registry) {
  int warnings = 0;
  for (const recipe::LossRecipe& loss : recipe.losses) {
    const std::string type(recipe::short_type(loss.component.type));
    const auto fitting = pairs().find(type);
    const std::string activation = output_activation(recipe, loss, registry);
    if (fitting == pairs().end() || activation.empty()) continue;
    const Value* from_logits = find_option(loss.component.options, "from_logits");
    const bool logits = from_logits && from_logits->is<bool>() && from_logits->as<bool>();
    const bool fits = logits ? activation == "linear" : std::string(fitting->second.activations).find(" " + activation + " ") != std::string::npos;
    if (fits) continue;
    ++warnings;
    print_error("{}:{}: warning: the loss {}{} behind a {} output seldom learns well\nhint: {}\n", recipe.path, loss.position.line, type, logits ? " from logits" : "", activation,
               logits ? "a linear output, or from_logits = false" : fitting->second.advice);
  }
  return warnings;
}

int run_check(const Arguments& arguments) {
  const OpenedRecipe opened(arguments.operand(0), arguments.overrides());
  const std::unique_ptr<data::Source> source = opened.data_with_classes();
  Team team(1);
  train::Networks networks(opened.recipe, *source, opened.registry, team);
  train::check_monitors(opened.recipe, train::measured_by(networks, *source));
  train::check_row_states(opened.recipe, networks.store(), *source);
  for (const train::PhaseNetwork& phase : networks.phases())
    const train::Updater updater(phase.recipe.optimizer, opened.registry, networks.store(), phase.network->trained(), team);
  const model::Summary summary = networks.summary();
  int warnings = 0;
  for (const recipe::PhaseRecipe& phase : recipe::phases_of(opened.recipe)) warnings += warn_of_losses(recipe::unfold(opened.recipe, phase), opened.registry);
  std::vector<std::string> notes = train::class_weights(opened.recipe, *source, networks).notes;
  for (std::string& note : train::notes_on_steps(opened.recipe, *source)) notes.push_back(std::move(note));
  const bool all = arguments.has("data");
  for (std::string& note : train::check_data(opened.recipe, *source, networks, all ? train::Extent::all : train::Extent::nothing)) notes.push_back(std::move(note));
  for (const std::string& note : notes) ++warnings, print_error("{}: warning: {}\n", opened.recipe.path, note);
  for (const data::Part part : {data::Part::training, data::Part::validation, data::Part::test})
    if (all && source->has(part)) print_out("{} part: {} samples read\n", data::to_string(part), grouped(source->count(part)));
  print_out("{}: {}; {} layers, {} parameters, {} training samples, {} a rank\n", opened.recipe.path, warnings ? fmt::format("{} warning(s)", warnings) : "in order", summary.layers.size(),
             grouped(summary.parameters), grouped(source->count(data::Part::training)), bytes_text(summary.bytes_per_rank));
  return 0;
}

}  // namespace

Command check_command() {
  Command command;
  command.name = "check";
  command.summary = "find everything that is wrong with a recipe, without training";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Reads the recipe, opens its plugins and data, plans the network and its optimizer, and says all that is wrong in one go. Warns of a loss that does not fit the activation of the output. With --data it looks at all samples for NaN, ids beyond a table and targets that the loss cannot judge; a training looks at the first ones of each part alone.";
  command.options = {set_option(), {"data", "", "also read every sample, and say what layers and losses cannot take"}};
  command.examples = {"teranga check mlp-iris.toml", "teranga check lenet-fashion-mnist.toml --data"};
  command.run = run_check;
  return command;
}

}  // namespace teranga::launcher
