// SPDX-License-Identifier: Apache-2.0
#include <teranga/recipe/reference.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "key_builder.hpp"
#include "sections.hpp"

namespace teranga::recipe {
namespace {

// The key that every part made by a plugin has, before its others.
Schema with_type(const char* doc, const char* example, const Schema& keys) {
  OptionSpec type = text_key("type", doc).as_in({example});
  type.required = true;
  Schema all{type};
  all.insert(all.end(), keys.begin(), keys.end());
  return all;
}

// Options of plugins whose made-up value would work and yet mislead.
constexpr std::pair<std::string_view, std::string_view> better_examples[] = {{"image_size", "[28, 28]"}, {"value_range", "[0, 1]"}, {"cutmix", "1.0"}, {"mixup", "0.2"}, {"random_crop", "[24, 24]"}, {"center_crop", "[24, 24]"}, {"ten_crop", "[24, 24]"}, {"random_contrast", "0.2"}, {"random_rotation", "0.1"},
                                                                             {"random_zoom", "0.2"}, {"random_translation", "0.1"}, {"random_brightness", "0.2"}, {"random_shear", "0.1"}, {"random_lighting", "0.1"}, {"num_words", "10000"}, {"source_words", "10000"}, {"target_words", "10000"}, {"buckets", "[8, 16, 32]"},
                                                                             {"classes", "10"}, {"initial_learning_rate", "0.001"}, {"decay_rate", "0.9"}, {"decay_steps", "1000"}};

// Of widths and extents, the commonest required options, small ones.
std::string made_up_number(const OptionSpec& spec, OptionKind kind) {
  const bool list = spec.kind == OptionKind::list;
  if (kind == OptionKind::integer) return fmt::format("{}", static_cast<std::int64_t>(std::clamp(list ? 3.0 : 16.0, spec.minimum, spec.maximum)));
  const double low = std::isfinite(spec.minimum) ? spec.minimum : 0.0;
  return to_toml({std::isfinite(spec.maximum) ? (low + spec.maximum) / 2 : low + 1, {}});
}

std::string made_up(const OptionSpec& spec, OptionKind kind) {
  switch (kind) {
    case OptionKind::boolean:
      return "true";
    case OptionKind::integer:
    case OptionKind::real:
      return made_up_number(spec, kind);
    case OptionKind::text:
    case OptionKind::path:
      return spec.choices.empty() ? "" : to_toml({spec.choices.back(), {}});
    case OptionKind::list: {
      const std::string item = spec.item_kind == OptionKind::list ? "" : made_up(spec, spec.item_kind);
      if (item.empty()) return {};
      if (spec.scalar_expands) return item;
      std::string list = item;
      for (std::int64_t i = 1; i < std::min<std::int64_t>(spec.least_items, 8); ++i) list += ", " + item;
      return "[" + list + "]";
    }
    case OptionKind::component:
    case OptionKind::table:
      return {};
  }
  return {};
}

}  // namespace

std::string example_value(const OptionSpec& spec) {
  if (!spec.examples.empty()) return spec.examples.front();
  if (!spec.default_value.empty()) return to_toml(spec.default_value);
  for (const auto& [name, example] : better_examples)
    if (spec.name == name) return std::string(example);
  return made_up(spec, spec.kind);
}

const std::vector<ReferenceTable>& reference_tables() {
  static const std::vector<ReferenceTable> tables{
      {"", "Top of the file", "Keys before the first table, and the tables themselves.", "", root_keys()},
      {"variables", "[variables]", R"(Values with names. A name has letters, digits and "_". The text "$NAME" stands for the value, with its type. A text such as "$NAME * 2" is computed: it has one +, -, * or / between names and numbers. "$$NAME" stands for the text "$NAME".)", "", {}},
      {"block", "[block.NAME]", R"(Layers that are used several times: [[layer]] with type = "block:NAME" stands for all of them.)", "", block_keys()},
      {"use", "[[layer]] with type = \"block:NAME\"", "One use of a block. It has the keys of all layers and the parameters of the block; weights_of names an earlier use of the same block.", "", repeat_keys()},
      {"data", "[data]", "The data set. The options of its type stand beside these keys. Relative paths begin at the folder of the recipe.", "dataset", with_type("The type of the data set.", R"("csv")", data_keys())},
      {"layer", "[[layer]]", "One layer of the network. The options of its type stand beside these keys.", "layer", with_type("The type of the layer.", R"("dense")", layer_keys())},
      {"regularizer", "kernel_regularizer = { ... }", R"(The penalty on the weights of a layer. Every option of the type regularizer has these keys. "l1", "l2" and "l1_l2" without a table mean factors of 0.01.)", "", regularizer_keys()},
      {"constraint", "kernel_constraint = { ... }", R"(A condition on the weights of a layer, as in keras.constraints. After every update, the weights are changed so that they satisfy it. The option NAME_constraint is for the parameter NAME of the layer: kernel, bias, recurrent_kernel, gamma, embeddings and so on. A type without a table uses the default values.)", "", constraint_keys()},
      {"loss", "[loss], [[loss]] or [[phase.loss]]", "One loss. The options of its type stand beside these keys.", "loss", with_type("The type of the loss.", R"("mean_squared_error")", loss_keys())},
      {"optimizer", "[optimizer] or [phase.optimizer]", "The optimizer. The options of its type stand beside these keys. If a type has an option of the same name, the default and the range of this option are used.", "optimizer",
       with_type("The type of the optimizer.", R"("sgd")", optimizer_keys())},
      {"training", "[training]", "How long to train, and in which batches.", "", training_keys()},
      {"training.metrics", "metrics = [{ ... }]", "One metric of [training] or [[phase]] that has options. The options of its type stand beside these keys.", "metric", with_type("The type of the metric.", R"("mean_absolute_error")", metric_keys())},
      {"training.early_stopping", "early_stopping = { ... }", "When the training stops before its last epoch. It works like keras.callbacks.EarlyStopping.", "", early_stopping_keys()},
      {"training.layer_rates", "layer_rates = [{ ... }]", "The learning rate of some layers. If several entries apply to a layer in an epoch, the last one counts.", "", layer_rate_keys()},
      {"checkpoint.keep_best", "keep_best = { ... }", "The checkpoints of the best epochs that are kept in addition to the newest ones. It works like keras.callbacks.ModelCheckpoint with save_best_only.", "", keep_best_keys()},
      {"training.averaging", "[training.averaging]", "How often the processes average. By default, they average their gradients at every update. They can also average the changes of their weights at the end of a round, in which each process makes several updates alone. This is local SGD. With outer, it is DiLoCo (arXiv 2311.08105). With after_epoch, it is post-local SGD (arXiv 1808.07217).", "", averaging_keys()},
      {"initial_weights", "[initial_weights]", "The weights with which a training begins. They come from another training, or from a Keras model.", "", initial_weights_keys()},
      {"checkpoint", "[checkpoint]", "When checkpoints are written. A run also writes one when it ends.", "", checkpoint_keys()},
      {"log", "[log]", "Files that a run writes for people and programs that watch it, in addition to log.txt and the metrics. They do not change the training. If one of them cannot be written, the training continues.", "", log_keys()},
      {"observer", "[[observer]]", "A plugin that is told of the steps and epochs of the training. The options of its type stand beside these keys. Observers run in process 0 only, so that files and messages come once. They change no number of the training. An observer may end the training: the last checkpoint is then written, and the exit code is 0, as with early stopping. A training that continues from a checkpoint makes its observers anew, so they remember only what they have written to files.", "observer", with_type("The type of the observer.", R"("stop_at")", {})},
      {"phase", "[[phase]]", "One kind of update in a recipe of several networks.", "", phase_keys()},
      {"phase.call", "[[phase.call]]", "One use of a network in a phase, with its own weights wherever it is called.", "", call_keys()},
  };
  return tables;
}

}  // namespace teranga::recipe
