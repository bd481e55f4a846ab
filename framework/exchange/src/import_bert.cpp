// SPDX-License-Identifier: Apache-2.0
#include <teranga/exchange/import_bert.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/first_checkpoint.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bert_model.hpp"

namespace teranga::exchange {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t usual_steps = 128;

struct Target {
  std::string layer, name;
  std::int64_t classes;
  bool each_step;
};

std::vector<Target> targets_of(const BertConfig& config, const BertHeads& heads) {
  std::vector<Target> out;
  if (heads.masked) out.push_back({"masked", "masked", config.words, true});
  if (heads.next) out.push_back({"next", "next", 2, false});
  if (heads.classes > 0) out.push_back({"classifier", "y", heads.classes, false});
  return out;
}

std::vector<model::Field> fields_of(const BertConfig& config, const std::vector<Target>& targets, const Shape& encoded, std::int64_t steps) {
  std::vector<model::Field> out;
  for (const auto& [name, ids] : {std::pair{"x", config.words}, {"segments", config.segments}}) {
    model::Field field;
    field.name = name, field.type = ElementType::i32, field.shape = {steps}, field.classes = ids;
    out.push_back(std::move(field));
  }
  for (const Target& target : targets) {
    model::Field field;
    field.name = target.name, field.role = model::Role::target, field.type = ElementType::i32, field.classes = target.classes;
    if (target.each_step) field.shape = {steps};
    out.push_back(std::move(field));
  }
  if (!targets.empty()) return out;
  model::Field field;
  field.name = "y", field.role = model::Role::target, field.shape = encoded;
  out.push_back(std::move(field));
  return out;
}

std::string text_of(const std::string& model, const std::string& example, const BertModel& bert, const std::vector<Target>& targets, std::int64_t steps) {
  std::vector<std::string> names;
  for (const Target& target : targets) names.push_back(fmt::format("\"{}\"", target.name));
  if (names.empty()) names.emplace_back("\"y\"");
  std::string out = fmt::format("# What the BERT model {} of HuggingFace's transformers is in Teranga. A step whose id is 0 ([PAD]) is padding.\n", printable_line(model));
  out += "# To train on texts, put a data set of type \"text\" (split = \"word_piece\", standardize = \"bert\", vocabulary = \"vocab.txt\", padding = \"post\", truncating = \"post\", segments = true) here.\n";
  out += fmt::format("schema = 1\n\n[data]\ntype = \"arrays\"\ntrain = \"{}\"\nfeatures = [\"x\", \"segments\"]\nids = [\"x\", \"segments\"]\ntargets = [{}]\n", example, fmt::join(names, ", "));
  out += bert_layers(bert.config(), bert.heads(), steps);
  for (const Target& target : targets)
    out += fmt::format("\n[[loss]]\ntype = \"sparse_categorical_crossentropy\"\noutput = \"{}\"\ntarget = \"{}\"\nfrom_logits = true\n{}", target.layer, target.name, target.each_step ? "ignore_class = -1  # of steps that are not to be told\n" : "");
  if (targets.empty()) out += "\n# The model has no head: a layer of your own, with its loss, can stand behind it.\n[loss]\ntype = \"mean_squared_error\"\n";
  return out + "\n[optimizer]\ntype = \"adamw\"\nlearning_rate = 2e-5\nweight_decay = 0.01\n\n[training]\nepochs = 3\nbatch_size = 32\n";
}

}  // namespace

bool is_bert(const std::string& path) {
  std::error_code error;
  return path.ends_with(".safetensors") || (fs::is_directory(path, error) && fs::exists(fs::path(path) / "config.json", error));
}

Imported import_bert(const ImportOptions& options, const host::Registry& registry) {
  std::error_code error;
  for (const std::string& path : {options.recipe, options.weights})
    if (fs::exists(path, error)) throw Error(ExitCode::usage, fmt::format("import: {} exists, and is not replaced", path), fmt::format("mv {0} {0}.old, or other names: --recipe NAME.toml --weights NAME.h5", shell_word(path)));
  const bool folder = fs::is_directory(options.model, error);
  const fs::path weights = folder ? fs::path(options.model) / "model.safetensors" : fs::path(options.model);
  BertModel bert((weights.parent_path() / "config.json").string(), weights.string());
  const std::int64_t steps = std::min(usual_steps, bert.config().positions);
  const std::vector<Target> targets = targets_of(bert.config(), bert.heads());
  const Shape encoded = bert.heads().pooler ? Shape{bert.config().width} : Shape{steps, bert.config().width};
  const std::string text = text_of(weights.string(), fs::path(options.recipe).stem().string() + ".npz", bert, targets, steps);
  const std::vector<model::Field> fields = fields_of(bert.config(), targets, encoded, steps);
  const model::PluginCatalogue catalogue(registry);
  Imported out;
  const recipe::Recipe recipe = recipe::parse(text, options.recipe, {}, catalogue);
  out.parameters = train::write_first_checkpoint({options.weights, fields, weights.string()}, recipe, bert.weights(), registry);
  if (const int failed = replace_file(options.recipe, text); failed != 0) {
    fs::remove(options.weights, error);
    throw Error(ExitCode::failure, fmt::format("import: {} cannot be written: {}", options.recipe, std::strerror(failed)));
  }
  out.layers = recipe.layers.size();
  for (const model::Field& field : fields) out.inputs.push_back(field.name);
  if (steps < bert.config().positions) out.notes.push_back(fmt::format("The samples of the recipe have {} steps. The model takes up to {}: change shape of the layers \"ids\" and \"segment_ids\".", steps, bert.config().positions));
  return out;
}

}  // namespace teranga::exchange
