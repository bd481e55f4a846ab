// SPDX-License-Identifier: Apache-2.0
// The keys that say what is trained: data, layers, losses, phases.
#include "sections.hpp"

#include "key_builder.hpp"

namespace teranga::recipe {
const Schema& root_keys() {
  static const Schema keys = {
      integer_key("schema", "The version of the recipe format.").by_default(std::int64_t{1}).at_least(1).up_to(1).as_in({"1"}),
      text_key("name", "The name of the run. The run folder is runs/<name> unless --run names another one.").without("the file name without .toml").as_in({R"("lenet")"}),
      list_key("plugins", "Plugin files to open in addition to those on the search path, relative to the recipe's folder.").of(OptionKind::path).without().as_in({R"(["acme/swish.so"])", R"("acme/swish.so")"}),
      list_key("include", "Other recipe files, whose tables are added to this recipe. A relative path begins at the folder of this file. If several files define the same key, this file has priority over the included files, and a later file of the list has priority over an earlier one. Tables are joined key by key, unless their types differ. Lists, such as all [[layer]] tables, are replaced as a whole.").of(OptionKind::path).without("no other files").as_in({R"("common.toml")", R"(["data.toml", "blocks.toml"])"}),
      table_key("variables", R"(Values with names. "$NAME" stands for the value, "$NAME * 2" for a value that is computed.)").without("no variables").as_in({"{ units = 64 }"}),
      table_key("block", "Layers that are used several times, one [block.NAME] table for each block.").without("no blocks").as_in({R"({ wide = { parameters = { units = 64 }, layer = [{ type = "dense", units = "$units" }] } })"}),
      table_key("data", "The data set.").without("required").as_in({R"({ type = "csv", train = "table.csv" })"}),
      tables_key("layer", "The layers of the network in order, one [[layer]] table for each.").without("required").as_in({R"([{ type = "dense", units = 3 }])"}),
      table_key("loss", "The quantity that training makes small. If there are several [[loss]] tables, training makes their weighted sum small.").or_also("list of tables, or a type alone").without("required without phases").as_in({R"({ type = "mean_squared_error" })", R"("mean_squared_error")", R"([{ type = "mean_squared_error" }])"}),
      table_key("optimizer", "The rule by which weights follow their gradients.").or_also("a type alone").without("required").as_in({R"({ type = "sgd", learning_rate = 0.1 })", R"("sgd")"}),
      table_key("training", "How long to train, and in which batches.").without("the defaults of its keys").as_in({"{ epochs = 10, batch_size = 64 }"}),
      table_key("initial_weights", "The weights of another training with which this training begins, and the layers that take them.").without("random weights").as_in({R"({ from = "runs/first", exclude = ["hidden"] })"}),
      table_key("checkpoint", "When to write checkpoints, and how many to keep.").without("the defaults of its keys").as_in({"{ every_epochs = 5 }"}),
      table_key("log", "Which files the run writes for people and programs that watch it.").without("the defaults of its keys").as_in({"{ tensorboard = true }"}),
      tables_key("observer", "Plugins that are told of the steps and epochs of the training, one [[observer]] table for each. They change no number of the training, and may end it.").without("no observers").as_in({R"([{ type = "stop_at", monitor = "loss", value = 0.1 }])"}),
      tables_key("phase", "For several networks: the kinds of update, in the order of their turns, one [[phase]] table for each.").without("one network, trained by [loss] and [optimizer]").as_in({R"([{ name = "fit", train = ["net"], loss = { type = "mean_squared_error" } }])"}),
  };
  return keys;
}

const Schema& data_keys() {
  static const Schema keys = {
      real_key("validation_split", "The share of the training samples that becomes the validation part. These are the last samples.").by_default(0.0).at_least(0).below(1).as_in({"0.1"}),
      text_key("fold", "Cross-validation: \"2/5\" divides the training samples into 5 folds, and the second one is the validation part. Each fold has its share of every class. The samples of a class go into the folds in turn: neighbouring samples of a series of measurements are in different folds.").without("no folds").as_in({R"("2/5")"}),
      integer_key("limit", "The number of training samples that are used. These are the first samples.").at_least(1).without("all samples").as_in({"1000"}),
  };
  return keys;
}

const Schema& layer_keys() {
  static const Schema keys = {
      text_key("name", "A unique name: letters, digits, _ and -. Other layers, --set and checkpoints use it.").without("the type, with a number if several layers have this type").as_in({R"("hidden")"}),
      list_key("input", R"(The layers whose outputs are the inputs of this layer, in order. If a layer has several outputs, "layer.output" names one of them.)").of(OptionKind::text).without("the layer before it").as_in({R"(["hidden"])", R"("hidden")"}),
      text_key("network", "The network to which the layer belongs. In a recipe with phases, every layer needs this key.").by_default("").as_in({R"("net")"}),
      flag_key("trainable", "If false, the training does not change the weights of the layer.").by_default(true).as_in({"false"}),
      regularizer_key("activity_regularizer", "A penalty on the outputs of the layer. It is summed over the outputs of a sample, averaged over the samples of the batch, and added to the loss. It is the same as a [[loss]] of the type activity_penalty. \"l1\", \"l2\" and \"l1_l2\" without a table mean factors of 0.01.").without("no penalty").as_in({"{ l1 = 0.001 }", R"("l2")"}),
      text_key("weights_of", "An earlier layer with weights of the same shapes. This layer uses the weights of that layer, and has none of its own.").without().as_in({R"("hidden")"}),
  };
  return keys;
}

const Schema& block_keys() {
  static const Schema keys = {
      table_key("parameters", R"(The parameters that a use of the block may set, with their default values. "$NAME" in the layers stands for the value of the parameter NAME.)").without("no parameters").as_in({"{ filters = 16, strides = 1 }"}),
      list_key("required", "Further parameters, which have no default values. Each use of the block must set them.").of(OptionKind::text).without("none").as_in({R"(["units"])", R"("units")"}),
      list_key("inputs", "The names of the inputs of the block, in order. The layers of the block use these names in their key input.").of(OptionKind::text).of_at_least(1).by_default("input").as_in({R"(["x", "memory"])", R"("x")"}),
      text_key("output", R"(The layer whose output is the output of the block. If the layer has several outputs, "layer.output" names one of them.)").without("the last layer").as_in({R"("sum")"}),
      tables_key("layer", "The layers of the block in order, one [[block.NAME.layer]] table for each.").without("required").as_in({R"([{ type = "dense", units = 3, name = "sum" }])"}),
  };
  return keys;
}

const Schema& repeat_keys() {
  static const Schema keys = {
      integer_key("repeat", "The number of repetitions of the block. Each repetition takes the output of the previous one as its first input.").by_default(std::int64_t{1}).at_least(1).up_to(10000).as_in({"3"}),
  };
  return keys;
}

const Schema& use_keys() {
  static const Schema keys = [] {
    Schema all = layer_keys();
    all.insert(all.end(), repeat_keys().begin(), repeat_keys().end());
    return all;
  }();
  return keys;
}

const Schema& loss_keys() {
  static const Schema keys = {
      text_key("output", R"(The layer whose output is judged. If the layer has several outputs, "layer.output" names one of them. In a phase, the name of a call stands in place of the layer ("call", or "call/layer" for a layer within the call).)").without("the last layer, or the last call").as_in({R"("out")"}),
      text_key("target", "The target of the data that the output is compared with.").or_also("a number that stands for the whole target").without("the targets in order").as_in({R"("y")", "1", "0.5"}),
      real_key("weight", "The factor of this loss in the sum of all losses.").by_default(1.0).as_in({"0.5"}),
  };
  return keys;
}

const Schema& metric_keys() {
  static const Schema keys = {
      text_key("output", R"(The layer whose output is judged. If the layer has several outputs, "layer.output" names one of them. In a phase, the name of a call stands in place of the layer ("call", or "call/layer" for a layer within the call).)").without("the output of the first loss").as_in({R"("out")"}),
  };
  return keys;
}

const Schema& regularizer_keys() {
  static const Schema keys = {
      real_key("l1", "The factor of the sum of absolute weights.").by_default(0.0).at_least(0).as_in({"0.001"}),
      real_key("l2", "The factor of the sum of squared weights.").by_default(0.0).at_least(0).as_in({"0.01"}),
  };
  return keys;
}

const Schema& constraint_keys() {
  static const Schema keys = [] {
    OptionSpec type = text_key("type", "max_norm: a norm above max_value becomes max_value. min_max_norm: a norm moves into the range from min_value to max_value. unit_norm: every norm becomes 1. non_neg: negative weights become 0.").one_of({"max_norm", "min_max_norm", "unit_norm", "non_neg"}).as_in({R"("max_norm")"});
    type.required = true;
    return Schema{
        std::move(type),
        real_key("max_value", "The largest norm, for max_norm and min_max_norm.").at_least(0).without("2 for max_norm, 1 for min_max_norm").as_in({"3.0"}),
        real_key("min_value", "The smallest norm, for min_max_norm.").by_default(0.0).at_least(0).as_in({"0.0"}),
        real_key("rate", "The share of the distance to the range by which a norm moves at an update, for min_max_norm. With 1, it moves the whole distance.").by_default(1.0).at_least(0).up_to(1).as_in({"1.0"}),
        list_key("axis", "The axes over which a norm is computed, counted from 0. With 0 for the kernel of dense, or [0, 1, 2] for that of conv2d, each unit or filter has one norm. non_neg has no axis.").of(OptionKind::integer).of_at_least(1).without("0").as_in({"0", "[0]"}),
    };
  }();
  return keys;
}

const Schema& phase_keys() {
  static const Schema keys = {
      text_key("name", "A unique name. Its numbers in log and metrics begin with it: <name>_loss.").without("required").as_in({R"("fit")"}),
      list_key("train", "The networks that it trains. All others stay as they are in this phase.").of(OptionKind::text).without("required").as_in({R"(["net"])", R"("net")"}),
      tables_key("call", "The networks that run, in order, one [[phase.call]] table for each.").without("the network, where it trains just one").as_in({R"([{ network = "net" }])"}),
      table_key("loss", "The quantity that this phase makes small, as [loss].").or_also("list of tables, or a type alone").without("required").as_in({R"({ type = "mean_squared_error" })", R"("mean_squared_error")"}),
      list_key("metrics", "What is measured in addition to the loss, as in [training].").of_components("metric").without("no metrics").as_in({R"(["mean_absolute_error"])"}),
      table_key("optimizer", "The optimizer of this phase, as [optimizer].").or_also("a type alone").without("the recipe's [optimizer]").as_in({R"({ type = "sgd", learning_rate = 0.1 })"}),
      integer_key("steps", "Updates in a row on the same batch.").by_default(std::int64_t{1}).at_least(1).as_in({"5"}),
      integer_key("every", "The phase takes its turn at every so many batches.").by_default(std::int64_t{1}).at_least(1).as_in({"2"}),
      integer_key("from_epoch", "The first epoch of the phase, counted from 1.").by_default(std::int64_t{1}).at_least(1).as_in({"3"}),
      integer_key("to_epoch", "The last epoch of the phase.").at_least(1).without("the last epoch of the training").as_in({"10"}),
  };
  return keys;
}

const Schema& call_keys() {
  static const Schema keys = {
      text_key("network", "The network to run.").without("required").as_in({R"("net")"}),
      text_key("name", "A unique name in its phase.").without("the network's name").as_in({R"("of_real")"}),
      list_key("input", R"(What enters the inputs of the network, in order: earlier calls ("call", "call/layer").)").of(OptionKind::text).without("what its own input layers say").as_in({R"(["before"])", R"("before")"}),
  };
  return keys;
}

std::optional<std::string> section_of_key(std::string_view key, std::string_view owner) {
  if (find_option(training_keys(), key) != nullptr) return "[training]";
  if (find_option(optimizer_keys(), key) != nullptr) return owner == "[[phase]]" ? "[phase.optimizer]" : "[optimizer]";
  if (find_option(checkpoint_keys(), key) != nullptr) return "[checkpoint]";
  if (find_option(log_keys(), key) != nullptr) return "[log]";
  if (find_option(data_keys(), key) != nullptr) return "[data]";
  return std::nullopt;
}

}  // namespace teranga::recipe
