// SPDX-License-Identifier: Apache-2.0
// What a correct recipe turns into.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

Recipe read(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse(text, "nets/lenet.toml", overrides, FakeCatalogue());
}

const char* const lenet = R"(schema = 1
[data]
type = "idx"
train = ["a.gz", "b.gz"]
test = "t.gz"
validation_split = 0.1
limit = 500
[[layer]]
type = "conv2d"
name = "first"
filters = 20
kernel_size = 5
activation = "relu"
kernel_initializer = { type = "he_normal", seed = 3 }
kernel_regularizer = "l2"
[[layer]]
type = "conv2d"
filters = 50
kernel_size = [3, 5]
strides = 2
padding = "same"
use_bias = false
activation = { type = "relu", negative_slope = 1 }
kernel_regularizer = { l1 = 1e-4 }
[[layer]]
type = "teranga.conv2d"
filters = 50
kernel_size = 1
trainable = false
[[layer]]
type = "add"
input = ["conv2d", "conv2d_1.output"]
[[layer]]
type = "dense"
units = 10
activation = "softmax"
[loss]
type = "sparse_categorical_crossentropy"
[optimizer]
type = "adamw"
learning_rate = { type = "cosine", decay_steps = 100 }
warmup_steps = 10
global_clipnorm = 1
[training]
epochs = 5
batch_size = 128
seed = 7
slice = "auto"
metrics = ["accuracy", "mean_absolute_error", { type = "top_k", k = 3, output = "dense" }]
class_weight = { 0 = 1, "Iris setosa" = 2.5 }
steps_per_epoch = 30
early_stopping = { patience = 3, restore_best_weights = true, baseline = 0.5 }
accumulate = 3
compare_ranks_every = 50
on_divergence = "stop"
divergence_limit = 3
divergence_rate_factor = 0.25
[training.averaging]
every = 16
after_epoch = 2
outer = { type = "sgd", learning_rate = 0.7, momentum = 0.9, clipnorm = 2 }
[checkpoint]
every_steps = 200
[[observer]]
type = "stop_at"
value = 1
[[observer]]
type = "teranga.stop_at"
monitor = "loss"
value = 0.5
[log]
report = false
tensorboard = true
prometheus = true
)";

template <class T>
T option(const Options& options, const char* name) {
  const Value* value = find_option(options, name);
  BOOST_REQUIRE_MESSAGE(value != nullptr, name);
  BOOST_REQUIRE_MESSAGE(value->is<T>(), name);
  return value->as<T>();
}

bool same(const Options& a, const Options& b);

// Equal but for positions; numbers by bits, as text that keeps them.
bool same(const Value& a, const Value& b) { return to_toml(a) == to_toml(b) && a.data.index() == b.data.index(); }

bool same(const Options& a, const Options& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].name != b[i].name || !same(a[i].value, b[i].value)) return false;
  return true;
}

bool same(const Value::Component& a, const Value::Component& b) { return a.type == b.type && same(a.options, b.options); }

void check_same(const LayerRecipe& a, const LayerRecipe& b) {
  BOOST_TEST(a.type == b.type);
  BOOST_TEST(a.name == b.name);
  BOOST_TEST(a.inputs == b.inputs, boost::test_tools::per_element());
  BOOST_TEST(a.network == b.network);
  BOOST_TEST(a.trainable == b.trainable);
  BOOST_TEST((a.weights_of == b.weights_of));
  BOOST_TEST(same(a.options, b.options));
}

void check_same(const OptimizerRecipe& a, const OptimizerRecipe& b) {
  BOOST_TEST(same(a.component, b.component));
  BOOST_TEST(a.learning_rate == b.learning_rate);
  BOOST_TEST(a.schedule.has_value() == b.schedule.has_value());
  if (a.schedule && b.schedule) BOOST_TEST(same(*a.schedule, *b.schedule));
  BOOST_TEST((a.weight_decay == b.weight_decay));
  BOOST_TEST((a.clipnorm == b.clipnorm));
  BOOST_TEST((a.clipvalue == b.clipvalue));
  BOOST_TEST((a.global_clipnorm == b.global_clipnorm));
  BOOST_TEST(a.warmup_steps == b.warmup_steps);
  BOOST_TEST(a.warmup_from == b.warmup_from);
}

void check_same(const TrainingRecipe& a, const TrainingRecipe& b) {
  BOOST_TEST(a.epochs == b.epochs);
  BOOST_TEST(a.batch_size == b.batch_size);
  BOOST_TEST(a.shuffle == b.shuffle);
  BOOST_TEST(a.seed == b.seed);
  BOOST_REQUIRE(a.metrics.size() == b.metrics.size());
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    BOOST_TEST(same(a.metrics[i].component, b.metrics[i].component));
    BOOST_TEST((a.metrics[i].output == b.metrics[i].output));
  }
  BOOST_REQUIRE(a.class_weight.size() == b.class_weight.size());
  for (std::size_t i = 0; i < a.class_weight.size(); ++i) {
    BOOST_TEST(a.class_weight[i].label == b.class_weight[i].label);
    BOOST_TEST(a.class_weight[i].weight == b.class_weight[i].weight);
  }
  BOOST_TEST((a.steps_per_epoch == b.steps_per_epoch));
  BOOST_TEST(a.log_every_steps == b.log_every_steps);
  BOOST_TEST(a.slice == b.slice);
  BOOST_TEST(a.accumulate == b.accumulate);
  BOOST_TEST(a.compare_ranks_every == b.compare_ranks_every);
  BOOST_TEST(a.on_divergence.action == b.on_divergence.action);
  BOOST_TEST(a.on_divergence.most == b.on_divergence.most);
  BOOST_TEST(a.on_divergence.rate_factor == b.on_divergence.rate_factor);
  BOOST_REQUIRE(a.averaging.has_value() == b.averaging.has_value());
  if (a.averaging) {
    BOOST_TEST(a.averaging->every == b.averaging->every);
    BOOST_TEST(a.averaging->after_epoch == b.averaging->after_epoch);
    BOOST_REQUIRE(a.averaging->outer.has_value() == b.averaging->outer.has_value());
    if (a.averaging->outer) check_same(*a.averaging->outer, *b.averaging->outer);
  }
  BOOST_REQUIRE(a.early_stopping.has_value() == b.early_stopping.has_value());
  if (!a.early_stopping) return;
  BOOST_TEST(a.early_stopping->monitor == b.early_stopping->monitor);
  BOOST_TEST(a.early_stopping->patience == b.early_stopping->patience);
  BOOST_TEST(a.early_stopping->min_delta == b.early_stopping->min_delta);
  BOOST_TEST(a.early_stopping->mode == b.early_stopping->mode);
  BOOST_TEST(a.early_stopping->restore_best_weights == b.early_stopping->restore_best_weights);
  BOOST_TEST((a.early_stopping->baseline == b.early_stopping->baseline));
  BOOST_TEST(a.early_stopping->start_from_epoch == b.early_stopping->start_from_epoch);
}

void check_same(const Recipe& a, const Recipe& b) {
  BOOST_TEST(a.name == b.name);
  BOOST_TEST(a.schema == b.schema);
  BOOST_TEST(a.plugins == b.plugins, boost::test_tools::per_element());
  BOOST_REQUIRE(a.data.has_value() == b.data.has_value());
  if (a.data) {
    BOOST_TEST(same(a.data->component, b.data->component));
    BOOST_TEST(a.data->validation_split == b.data->validation_split);
    BOOST_TEST((a.data->limit == b.data->limit));
  }
  BOOST_REQUIRE(a.layers.size() == b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) check_same(a.layers[i], b.layers[i]);
  BOOST_REQUIRE(a.losses.size() == b.losses.size());
  for (std::size_t i = 0; i < a.losses.size(); ++i) {
    BOOST_TEST(same(a.losses[i].component, b.losses[i].component));
    BOOST_TEST((a.losses[i].output == b.losses[i].output));
    BOOST_TEST((a.losses[i].target == b.losses[i].target));
    BOOST_TEST(a.losses[i].weight == b.losses[i].weight);
  }
  check_same(a.optimizer, b.optimizer);
  check_same(a.training, b.training);
  BOOST_TEST(a.checkpoint.every_steps == b.checkpoint.every_steps);
  BOOST_TEST(a.checkpoint.every_epochs == b.checkpoint.every_epochs);
  BOOST_TEST(a.checkpoint.every_seconds == b.checkpoint.every_seconds);
  BOOST_TEST(a.checkpoint.keep == b.checkpoint.keep);
  BOOST_TEST(a.observers.size() == b.observers.size());
  for (std::size_t i = 0; i < std::min(a.observers.size(), b.observers.size()); ++i) BOOST_TEST(same(a.observers[i].component, b.observers[i].component));
  BOOST_TEST(a.log.report == b.log.report);
  BOOST_TEST(a.log.tensorboard == b.log.tensorboard);
  BOOST_TEST(a.log.prometheus == b.log.prometheus);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_recipe_is_typed_and_every_default_is_filled_in) {
  const Recipe recipe = read(lenet);
  BOOST_TEST(recipe.name == "lenet");
  BOOST_TEST(recipe.folder == "nets");
  BOOST_TEST(recipe.require_data().component.type == "teranga.idx");
  BOOST_TEST(recipe.data->validation_split == 0.1);
  BOOST_TEST(recipe.data->limit.value() == 500);
  BOOST_TEST(option<Value::List>(recipe.data->component.options, "test").size() == 1u);
  BOOST_TEST(option<bool>(recipe.data->component.options, "normalize"));

  BOOST_REQUIRE(recipe.layers.size() == 5u);
  const LayerRecipe& first = recipe.layers[0];
  BOOST_TEST(first.type == "teranga.conv2d");
  BOOST_TEST(first.position.line == 9u);
  BOOST_TEST(option<std::int64_t>(first.options, "filters") == 20);
  BOOST_TEST(to_toml(*find_option(first.options, "kernel_size")) == "[5, 5]");
  BOOST_TEST(to_toml(*find_option(first.options, "strides")) == "[1, 1]");
  BOOST_TEST(to_toml(*find_option(first.options, "activation")) == "{ type = \"teranga.relu\", negative_slope = 0.0 }");
  BOOST_TEST(to_toml(*find_option(first.options, "kernel_initializer")) == "{ type = \"teranga.he_normal\", seed = 3 }");
  BOOST_TEST(to_toml(*find_option(first.options, "kernel_regularizer")) == "{ l1 = 0.0, l2 = 0.01 }");
  const LayerRecipe& second = recipe.layers[1];
  BOOST_TEST(to_toml(*find_option(second.options, "kernel_size")) == "[3, 5]");
  BOOST_TEST(to_toml(*find_option(second.options, "activation")) == "{ type = \"teranga.relu\", negative_slope = 1.0 }");
  BOOST_TEST(to_toml(*find_option(second.options, "kernel_regularizer")) == "{ l1 = 0.0001, l2 = 0.0 }");
  BOOST_TEST(to_toml(*find_option(second.options, "kernel_initializer")) == "{ type = \"teranga.glorot_uniform\" }");
  BOOST_TEST(!recipe.layers[2].trainable);
  BOOST_TEST((find_option(recipe.layers[2].options, "activation") == nullptr));
  BOOST_TEST(recipe.layers[3].inputs == (std::vector<std::string>{"conv2d", "conv2d_1.output"}), boost::test_tools::per_element());

  BOOST_TEST(recipe.losses.at(0).weight == 1.0);
  BOOST_TEST(option<bool>(recipe.losses[0].component.options, "from_logits") == false);
  BOOST_TEST(recipe.training.epochs == 5);
  BOOST_TEST(recipe.training.metrics.size() == 3u);
  BOOST_TEST(recipe.training.metrics[0].component.type == "accuracy");
  BOOST_TEST(recipe.training.metrics[2].output.value() == "dense");
  BOOST_TEST(recipe.training.early_stopping->monitor == "val_loss");
  BOOST_TEST(recipe.training.early_stopping->patience == 3);
  BOOST_TEST(recipe.checkpoint.every_steps == 200);
  BOOST_TEST(recipe.checkpoint.keep == 2);
  BOOST_REQUIRE(recipe.observers.size() == 2u);
  BOOST_TEST(recipe.observers[0].component.type == "teranga.stop_at");
  BOOST_TEST(option<std::string>(recipe.observers[0].component.options, "monitor") == "val_loss");
  BOOST_TEST(option<double>(recipe.observers[0].component.options, "value") == 1.0);
  BOOST_TEST(option<std::string>(recipe.observers[1].component.options, "monitor") == "loss");
  BOOST_TEST(!recipe.log.report);
  BOOST_TEST(recipe.log.tensorboard);
  BOOST_TEST(recipe.log.prometheus == "metrics.prom");
}

BOOST_AUTO_TEST_CASE(generated_names_follow_keras_and_evade_given_ones) {
  const Recipe recipe = read(std::string(small_recipe) + R"([[layer]]
type = "dropout"
[[layer]]
type = "dense"
units = 1
[[layer]]
type = "dense"
name = "dense_1"
units = 1
[[layer]]
type = "teranga.dense"
units = 1
[[layer]]
type = "dropout"
)");
  std::vector<std::string> names;
  for (const LayerRecipe& layer : recipe.layers) names.push_back(layer.name);
  const std::vector<std::string> expected = {"first", "dropout", "dense", "dense_1", "dense_2", "dropout_1"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(common_optimizer_keys_take_defaults_of_the_plugin) {
  const OptimizerRecipe scheduled = read(lenet).optimizer;
  BOOST_TEST(scheduled.weight_decay.value() == 0.004);
  BOOST_TEST(scheduled.schedule->type == "teranga.cosine");
  BOOST_TEST(option<double>(scheduled.schedule->options, "initial_learning_rate") == 0.1);
  BOOST_TEST(scheduled.warmup_steps == 10);
  BOOST_TEST(scheduled.global_clipnorm.value() == 1.0);
  BOOST_TEST(option<double>(scheduled.component.options, "learning_rate") == 0.001);
  BOOST_TEST(option<double>(scheduled.component.options, "weight_decay") == 0.004);
  BOOST_TEST(option<double>(scheduled.component.options, "beta_1") == 0.9);

  const OptimizerRecipe plain = read(small_recipe).optimizer;
  BOOST_TEST(plain.learning_rate == 0.01);
  BOOST_TEST(!plain.schedule.has_value());
  BOOST_TEST(!plain.weight_decay.has_value());
  const OptimizerRecipe faster = read(small_recipe, {"optimizer.learning_rate=1", "optimizer.weight_decay=0.5"}).optimizer;
  BOOST_TEST(faster.learning_rate == 1.0);
  BOOST_TEST(faster.weight_decay.value() == 0.5);
  BOOST_TEST(option<double>(faster.component.options, "learning_rate") == 1.0);
}

BOOST_AUTO_TEST_CASE(a_choice_called_true_or_false_may_be_written_without_quotes) {
  const auto switched = [](const std::string& value) {
    return option<std::string>(read("loss = \"mean_squared_error\"\noptimizer = \"sgd\"\n[[layer]]\ntype = \"wordy\"\nswitched = " + value + "\n").layers.at(0).options, "switched");
  };
  for (const char* written : {"true", "\"true\""}) BOOST_TEST(switched(written) == "true");
  BOOST_TEST(switched("false") == "false");
  BOOST_TEST(switched("\"auto\"") == "auto");
}

BOOST_AUTO_TEST_CASE(sections_may_be_absent_or_given_by_a_name_alone) {
  const Recipe recipe = read("loss = \"mean_squared_error\"\noptimizer = \"sgd\"\n[[layer]]\ntype = \"add\"\n");
  BOOST_TEST(recipe.losses.at(0).component.type == "teranga.mean_squared_error");
  BOOST_TEST(recipe.training.batch_size == 32);
  BOOST_TEST(recipe.checkpoint.every_steps == 0);
  BOOST_TEST(recipe.checkpoint.every_epochs == 0);
  BOOST_TEST(recipe.checkpoint.every_seconds == 60.0);
  BOOST_TEST(recipe.log.report);
  BOOST_TEST(!recipe.log.tensorboard);
  BOOST_TEST(recipe.log.prometheus == "");
  BOOST_TEST(recipe.observers.empty());
  BOOST_TEST(!recipe.data.has_value());
  BOOST_CHECK_EXCEPTION(recipe.require_data(), Error, [](const Error& e) {
    return e.code() == ExitCode::usage && std::string(e.what()).find("nets/lenet.toml: error: the recipe has no data set") == 0;
  });
}

BOOST_AUTO_TEST_CASE(several_losses_keep_their_outputs_targets_and_weights) {
  const Recipe recipe = read(R"(optimizer = "sgd"
[[layer]]
type = "dense"
name = "a"
units = 1
network = "all"
[[layer]]
type = "dense"
name = "b"
units = 1
weights_of = "a"
network = "all"
[[loss]]
type = "mean_squared_error"
output = "a"
weight = 2
[[loss]]
type = "mean_squared_error"
output = "b"
target = "y"
)");
  BOOST_REQUIRE(recipe.losses.size() == 2u);
  BOOST_TEST(recipe.losses[0].weight == 2.0);
  BOOST_TEST(recipe.losses[1].output.value() == "b");
  BOOST_TEST(recipe.losses[1].target.value() == "y");
  BOOST_TEST(recipe.find_layer("b")->weights_of.value() == "a");
  BOOST_TEST(recipe.find_layer("b")->network == "all");
  BOOST_TEST((recipe.find_layer("c") == nullptr));
  check_same(recipe, parse(resolve(recipe), "nets/lenet.toml", {}, FakeCatalogue()));
}

BOOST_AUTO_TEST_CASE(a_resolved_recipe_reads_back_as_the_same_recipe) {
  for (const std::string& text :
       {std::string(lenet), std::string(small_recipe), "name = \"x\"\nplugins = \"p.so\"\n" + std::string(small_recipe)}) {
    const Recipe recipe = read(text, {"training.seed=123456789012", "optimizer.warmup_from=0.1"});
    const std::string resolved = resolve(recipe);
    const Recipe again = parse(resolved, "elsewhere/recipe.toml", {}, FakeCatalogue());
    check_same(recipe, again);
    BOOST_TEST(resolve(again) == resolved);
  }
}

BOOST_AUTO_TEST_CASE(a_wrapped_layer_is_checked_like_any_other) {
  const Recipe recipe = read(std::string(small_recipe) + "[[layer]]\ntype = \"wrapper\"\nlayer = { type = \"dense\", units = 3 }\n");
  const auto inner = option<Value::Component>(recipe.layers[1].options, "layer");
  BOOST_TEST(inner.type == "teranga.dense");
  BOOST_TEST(option<std::int64_t>(inner.options, "units") == 3);
  BOOST_TEST(option<bool>(inner.options, "use_bias"));
}

BOOST_AUTO_TEST_CASE(a_free_table_passes_as_it_is) {
  const Recipe recipe =
      read(std::string(small_recipe) + "[[layer]]\ntype = \"tabular\"\n[layer.columns]\na = { type = \"x\", n = 1 }\nb.c = [true]\n");
  BOOST_TEST(to_toml(*find_option(recipe.layers[1].options, "columns")) == "{ a = { type = \"x\", n = 1 }, b = { c = [true] } }");
  check_same(recipe, parse(resolve(recipe), "lenet.toml", {}, FakeCatalogue()));
}

}  // namespace teranga::recipe
