// SPDX-License-Identifier: Apache-2.0
// The sections of a recipe that say how a run goes: training, checkpoints and what it writes for those who watch it.
#include <fnmatch.h>

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "recipe_reader.hpp"
#include "sections.hpp"
#include "typed_options.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

// Whether a name is like a pattern in which * stands for any letters, and ? for one.
bool is_like(const std::string& name, const std::string& pattern) { return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0; }

// Read by hand, because no schema says what they may hold.
bool is_compound_of_training(std::string_view key) { return key == "metrics" || key == "class_weight" || key == "early_stopping" || key == "averaging" || key == "layer_rates"; }

}  // namespace

void RecipeReader::read_training(const Value* given, TrainingRecipe& training) {
  const Options* options = table_of(given, "[training]");
  if (options == nullptr) return;
  if (given != nullptr) training.position = given->position;
  Options plain;
  for (Option option : *options) {
    const bool may_be_auto = option.name == "slice" || option.name == "log_every_steps";
    if (may_be_auto && option.value.is<std::string>() && option.value.as<std::string>() == "auto") option.value.data = std::int64_t{0};
    if (!is_compound_of_training(option.name)) plain.push_back(std::move(option));
  }
  const Options own = checker_.check(plain, training_keys(), {"[training]", training.position});
  take(own, "epochs", training.epochs);
  take(own, "batch_size", training.batch_size);
  take(own, "accumulate", training.accumulate);
  take(own, "base_batch_size", training.base_batch_size);
  take(own, "shuffle", training.shuffle);
  take(own, "seed", training.seed);
  take(own, "steps_per_epoch", training.steps_per_epoch);
  take(own, "validation_freq", training.validation_freq);
  take(own, "log_every_steps", training.log_every_steps);
  take(own, "compare_ranks_every", training.compare_ranks_every);
  take(own, "on_divergence", training.on_divergence.action);
  take(own, "divergence_limit", training.on_divergence.most);
  take(own, "divergence_rate_factor", training.on_divergence.rate_factor);
  take(own, "slice", training.slice);
  take(own, "reproducible", training.reproducible);
  const auto place_of = [&](std::string_view key) {
    const Value* value = find_option(*options, key);
    return value ? value->position : training.position;
  };
  training.batch_size_position = place_of("batch_size");
  training.accumulate_position = place_of("accumulate");
  training.shuffle_position = place_of("shuffle");
  read_metrics(find_option(*options, "metrics"), training.metrics);
  read_class_weight(find_option(*options, "class_weight"), training);
  read_early_stopping(find_option(*options, "early_stopping"), training);
  read_averaging(find_option(*options, "averaging"), training);
  read_layer_rates(find_option(*options, "layer_rates"), training);
  training.on_divergence.position = place_of("on_divergence");
  if (const auto& averaging = training.averaging; training.on_divergence.action != "stop" && averaging && (averaging->every > 1 || averaging->outer))
    found_.add(training.on_divergence.position, fmt::format("on_divergence = \"{}\" needs updates that all processes make together, and with averaging each process makes updates alone", training.on_divergence.action),
               "leave out on_divergence, or averaging");
  if (const auto& averaging = training.averaging; training.reproducible && averaging && (averaging->every > 1 || averaging->outer || averaging->wire != "f32"))
    found_.add(averaging->position, "with averaging the result depends on the number of processes, and reproducible = true asks for the same result with any number", "leave out averaging, or reproducible");
}

std::int64_t rows_in_order(const TrainingRecipe& training) noexcept {
  constexpr std::int64_t slices = 16;  // of a batch: for up to 16 processes
  return !training.reproducible ? 0 : training.slice > 0 ? training.slice : (training.batch_size + slices - 1) / slices;
}

void RecipeReader::read_metrics(const Value* given, std::vector<MetricRecipe>& metrics) {
  if (given == nullptr) return;
  const Value::List items = given->is<Value::List>() ? given->as<Value::List>() : Value::List{*given};
  for (const Value& item : items) {
    MetricRecipe metric;
    Part part;
    // Keras finds out from loss and shapes which accuracy is meant; so there need be no plugin of that name.
    if (checker_.is_resolved_accuracy(item)) {
      part.component.type = "accuracy";
      part.owner = {"metric \"accuracy\"", item.position};
      if (item.is<Value::Component>()) {
        Options keys = item.as<Value::Component>().options;
        std::erase_if(keys, [](const Option& option) { return option.name == "type"; });
        part.own = checker_.check(keys, metric_keys(), part.owner);
      }
    } else {
      part = checker_.part("metric", item, metric_keys(), item.position);
    }
    take(part.own, "output", metric.output);
    refer(Reference::Kind::output, 0, part.own, "output");
    metric.component = std::move(part.component);
    metric.position = part.owner.position;
    metrics.push_back(std::move(metric));
  }
}

void RecipeReader::read_class_weight(const Value* given, TrainingRecipe& training) {
  if (given == nullptr) return;
  training.class_weight_position = given->position;
  if (given->is<std::string>()) {
    training.balanced_class_weight = given->as<std::string>() == "balanced";
    if (!training.balanced_class_weight)
      found_.add(given->position, fmt::format("\"class_weight\" of [training]: expected \"balanced\" or a table of factors, found text \"{}\"", given->as<std::string>()),
                 "class_weight = \"balanced\"");
    return;
  }
  const Options* options = table_of(given, "\"class_weight\" of [training]", "class_weight = \"balanced\"");
  if (options == nullptr) return;
  for (const Option& option : *options) {
    OptionSpec spec;
    spec.name = option.name;
    spec.minimum = 0;
    const Value weight = checker_.convert(spec, option.value, {"\"class_weight\" of [training]", given->position});
    if (weight.is<double>()) training.class_weight.push_back({option.name, weight.as<double>(), option.position});
  }
}

void RecipeReader::read_early_stopping(const Value* given, TrainingRecipe& training) {
  if (given == nullptr) return;
  const Options* options = table_of(given, "\"early_stopping\" of [training]", "early_stopping = { monitor = \"loss\", patience = 3 }, or monitor = \"val_loss\" where the data have a validation part");
  if (options == nullptr) return;
  const Options own = checker_.check(*options, early_stopping_keys(), {"\"early_stopping\" of [training]", given->position});
  EarlyStopping rule;
  take(own, "monitor", rule.monitor);
  take(own, "patience", rule.patience);
  take(own, "min_delta", rule.min_delta);
  take(own, "mode", rule.mode);
  take(own, "restore_best_weights", rule.restore_best_weights);
  take(own, "baseline", rule.baseline);
  take(own, "start_from_epoch", rule.start_from_epoch);
  rule.position = given->position;
  if (const Value* monitor = find_option(own, "monitor")) rule.monitor_position = monitor->position;
  training.early_stopping = std::move(rule);
}

void RecipeReader::read_averaging(const Value* given, TrainingRecipe& training) {
  if (given == nullptr) return;
  const Options* options = table_of(given, "\"averaging\" of [training]", "averaging = { every = 16 }");
  if (options == nullptr) return;
  Options plain = *options;
  std::erase_if(plain, [](const Option& option) { return option.name == "outer"; });
  const Options own = checker_.check(plain, averaging_keys(), {"\"averaging\" of [training]", given->position}, {"outer"});
  AveragingRecipe averaging;
  averaging.position = given->position;
  take(own, "every", averaging.every);
  take(own, "after_epoch", averaging.after_epoch);
  take(own, "wire", averaging.wire);
  take(own, "overlap", averaging.overlap);
  if (const Value* outer = find_option(*options, "outer")) {
    read_optimizer(outer, averaging.outer.emplace());
    if (averaging.outer->schedule)
      found_.add(averaging.outer->position, "the learning rate of the outer optimizer is a number, found a schedule", "learning_rate = 0.7");
  } else if (averaging.every == 1 && averaging.after_epoch > 0) {
    found_.add(find_option(*options, "after_epoch")->position, "\"after_epoch\" says when rounds of several updates begin, and a round is one update (every = 1)", "every = 16 beside after_epoch, or leave out after_epoch");
  }
  if (averaging.overlap && averaging.every == 1)
    found_.add(find_option(own, "overlap")->position, "\"overlap\" lets the changes of a round travel during the next one, and a round is one update (every = 1)", "every = 16 beside overlap, or leave out overlap");
  training.averaging = std::move(averaging);
}

bool LayerRate::fits(const std::string& layer) const { return is_like(layer, layers); }

bool InitialWeights::takes(const std::string& layer) const {
  const auto fits = [&](const std::string& pattern) { return is_like(layer, pattern); };
  return (include.empty() || std::ranges::any_of(include, fits)) && std::ranges::none_of(exclude, fits);
}

void RecipeReader::read_layer_rates(const Value* given, TrainingRecipe& training) {
  if (given == nullptr) return;
  for (const Value& item : given->is<Value::List>() ? given->as<Value::List>() : Value::List{*given}) {
    const Options* options = table_of(&item, "an entry of \"layer_rates\" of [training]", "layer_rates = [{ layers = \"*\", factor = 0.1 }]");
    if (options == nullptr) continue;
    const Options own = checker_.check(*options, layer_rate_keys(), {"\"layer_rates\" of [training]", item.position});
    LayerRate rate;
    take(own, "layers", rate.layers);
    take(own, "factor", rate.factor);
    take(own, "from_epoch", rate.from_epoch);
    take(own, "to_epoch", rate.to_epoch);
    rate.position = item.position;
    if (const Value* layers = find_option(own, "layers")) rate.position = layers->position;
    if (rate.to_epoch && *rate.to_epoch < rate.from_epoch)
      found_.add(find_option(own, "to_epoch")->position, fmt::format("\"to_epoch\" is {}, before \"from_epoch\", which is {}", *rate.to_epoch, rate.from_epoch), fmt::format("to_epoch = {}", rate.from_epoch));
    training.layer_rates.push_back(std::move(rate));
  }
}

void RecipeReader::apply_layer_rates(Recipe& recipe) {
  for (LayerRecipe& layer : recipe.layers) {
    // A layer whose weights never change needs no gradients.
    bool never = false;
    for (const LayerRate& rate : recipe.training.layer_rates)
      if (rate.fits(layer.name)) never = rate.factor == 0 && rate.from_epoch == 1 && !rate.to_epoch;
    if (never) layer.trainable = false;
  }
  for (const LayerRate& rate : recipe.training.layer_rates)
    if (!rate.layers.empty()) check_pattern(rate.layers, rate.position, "\"layer_rates\" of [training]", "layers", recipe);  // an empty name is told
}

// Tells a pattern that no layer is like; `key` is what the hint sets.
void RecipeReader::check_pattern(const std::string& pattern, const Position& position, std::string_view owner, std::string_view key, const Recipe& recipe) {
  std::vector<std::string> names;
  for (const LayerRecipe& layer : recipe.layers) names.push_back(layer.name);
  if (std::ranges::any_of(names, [&](const std::string& name) { return is_like(name, pattern); })) return;
  const auto nearest = nearest_name(pattern, names);
  found_.add(position, fmt::format("{}: no layer is called \"{}\"", owner, pattern), fmt::format("{} = \"{}\"", key, nearest.value_or(names.empty() ? "*" : names.front())));
}

void RecipeReader::read_initial_weights(const Value* given, Recipe& recipe) {
  if (given == nullptr) return;
  const Options* options = table_of(given, "[initial_weights]", "initial_weights = { from = \"runs/first\" }");
  if (options == nullptr) return;
  Options plain = *options;
  std::erase_if(plain, [](const Option& option) { return option.name == "rename"; });
  const Options own = checker_.check(plain, initial_weights_keys(), {"[initial_weights]", given->position}, {"rename"});
  InitialWeights weights;
  weights.position = given->position;
  take(own, "from", weights.from);
  weights.include = take_texts(own, "include");
  weights.exclude = take_texts(own, "exclude");
  take(own, "partial", weights.partial);
  const auto check = [&](const char* key, const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) check_pattern(pattern, find_option(own, key)->position, fmt::format("\"{}\" of [initial_weights]", key), key, recipe);
  };
  check("include", weights.include);
  check("exclude", weights.exclude);
  read_renaming(find_option(*options, "rename"), recipe, weights);
  recipe.initial_weights = std::move(weights);
}

void RecipeReader::read_renaming(const Value* given, const Recipe& recipe, InitialWeights& weights) {
  if (given == nullptr) return;
  const Options* names = table_of(given, "\"rename\" of [initial_weights]", "rename = { name_there = \"name_here\" }");
  if (names == nullptr) return;
  for (const Option& name : *names) {
    if (!name.value.is<std::string>()) {
      found_.add(name.value.position, fmt::format("\"{}\" in \"rename\" of [initial_weights]: expected the name of a layer, found {}", name.name, found_text(name.value)), fmt::format("{} = \"{}\"", name.name, recipe.layers.empty() ? "*" : recipe.layers.front().name));
      continue;
    }
    const std::string& here = name.value.as<std::string>();
    if (recipe.find_layer(here.substr(0, here.find('/'))) == nullptr) check_pattern(here, name.value.position, "\"rename\" of [initial_weights]", name.name, recipe);
    if (std::ranges::any_of(weights.rename, [&](const auto& other) { return other.second == here; }))
      found_.add(name.value.position, fmt::format("\"rename\" of [initial_weights]: two layers would be called \"{}\"", here), "leave out one of them");
    weights.rename.emplace_back(name.name, here);
  }
}

void RecipeReader::read_keep_best(const Value* given, CheckpointRecipe& checkpoint) {
  if (given == nullptr) return;
  const Options* options = table_of(given, "\"keep_best\" of [checkpoint]", "keep_best = { monitor = \"loss\" }, or monitor = \"val_loss\" where the data have a validation part");
  if (options == nullptr) return;
  const Options own = checker_.check(*options, keep_best_keys(), {"\"keep_best\" of [checkpoint]", given->position});
  KeepBest rule;
  rule.monitor_position = given->position;
  take(own, "monitor", rule.monitor);
  take(own, "mode", rule.mode);
  take(own, "count", rule.count);
  if (const Value* monitor = find_option(own, "monitor")) rule.monitor_position = monitor->position;
  checkpoint.keep_best = std::move(rule);
}

void RecipeReader::read_checkpoint(const Value* given, CheckpointRecipe& checkpoint) {
  const Options* options = table_of(given, "[checkpoint]");
  if (options == nullptr) return;
  if (given != nullptr) checkpoint.position = given->position;
  Options plain = *options;
  std::erase_if(plain, [](const Option& option) { return option.name == "keep_best"; });
  const Options own = checker_.check(plain, checkpoint_keys(), {"[checkpoint]", checkpoint.position}, {"keep_best"});
  take(own, "every_steps", checkpoint.every_steps);
  take(own, "every_epochs", checkpoint.every_epochs);
  take(own, "every_seconds", checkpoint.every_seconds);
  take(own, "keep", checkpoint.keep);
  read_keep_best(find_option(*options, "keep_best"), checkpoint);
}

void RecipeReader::read_log(const Value* given, LogRecipe& log) {
  const Options* options = table_of(given, "[log]", "[log] with report, tensorboard or prometheus below it");
  if (options == nullptr) return;
  Options plain;
  for (Option option : *options) {
    const bool switched = option.name == "prometheus" && option.value.is<bool>();
    if (switched && !option.value.as<bool>()) continue;
    if (switched) option.value.data = std::string("metrics.prom");
    plain.push_back(std::move(option));
  }
  const Options own = checker_.check(plain, log_keys(), {"[log]", given == nullptr ? Position{} : given->position});
  take(own, "report", log.report);
  take(own, "tensorboard", log.tensorboard);
  take(own, "prometheus", log.prometheus);
  if (const Value* file = find_option(own, "prometheus"); file != nullptr && file->is<std::string>() && !log.prometheus.ends_with(".prom"))
    found_.add(file->position, fmt::format("\"prometheus\" of [log]: node_exporter reads files whose names end with .prom, found {}", to_toml(*file)), "prometheus = \"metrics.prom\"");
}

void RecipeReader::read_observers(const Value* given, std::vector<ObserverRecipe>& observers) {
  if (given == nullptr) return;
  for (const Value& item : given->is<Value::List>() ? given->as<Value::List>() : Value::List{*given}) {
    Part part = checker_.part("observer", item, {}, item.position);
    observers.push_back({std::move(part.component), part.owner.position});
  }
}

}  // namespace teranga::recipe
