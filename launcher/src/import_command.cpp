// SPDX-License-Identifier: Apache-2.0
// teranga import: a model that Keras saved, or a BERT model of HuggingFace's transformers, as a recipe with weights.
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/exchange/import_bert.hpp>
#include <teranga/exchange/import_keras.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace fs = std::filesystem;
namespace {

int run_import(const Arguments& arguments) {
  exchange::ImportOptions options;
  options.model = arguments.operand(0);
  const bool bert = exchange::is_bert(options.model);
  std::error_code ignored;
  const std::string stem = bert && fs::is_directory(options.model, ignored) ? (fs::path(options.model) / "").parent_path().filename().string() : fs::path(options.model).stem().string();
  options.recipe = arguments.text("recipe", stem + ".toml");
  options.weights = arguments.text("weights", stem + ".checkpoint.h5");
  if (!options.recipe.ends_with(".toml")) throw Error(ExitCode::usage, fmt::format("import: --recipe {}: expected a name that ends in .toml", options.recipe), fmt::format("--recipe {}", shell_word(options.recipe + ".toml")));
  const exchange::Imported done = bert ? exchange::import_bert(options, train::open_plugins({})) : exchange::import_keras(options, train::open_plugins({}));
  const std::string recipe = shell_word(options.recipe), weights = shell_word(options.weights);
  print_out("{}: the recipe, {} layers\n{}: a checkpoint with the weights, {} parameters\n", options.recipe, done.layers, options.weights, grouped(done.parameters));
  for (const std::string& note : done.notes) print_out("note: {}\n", note);
  if (done.random_data) print_out("The data of the recipe are random numbers. Put your own into its table [data].\n");
  else print_out("The table [data] of the recipe names the file of your arrays: {}.\n", fmt::join(done.inputs, ", "));
  print_out("Next:\n");
  if (done.random_data) print_out("  teranga summary {}\n  teranga train {} --init-weights {}\n", recipe, recipe, weights);
  else print_out("  teranga train {} --init-weights {}   (as soon as that file is there)\n", recipe, weights);
  if (done.takes_arrays) print_out("  teranga predict {} --input FILE.npy\n", weights);
  return 0;
}

}  // namespace

Command import_command() {
  Command command;
  command.name = "import";
  command.summary = "make a recipe and a checkpoint of a model of Keras, or of a BERT model";
  command.operands = "MODEL";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Reads a whole model of Keras, a .keras file or an older .h5 file, and writes a recipe and a checkpoint with its weights. Sequential and functional models are taken, with models within models and layers that are called several "
      "times. The settings of model.compile() become the loss, the optimizer and the metrics. The state of the optimizer is not imported.\n\n"
      "Layers that have no counterpart are all named at once, and nothing is written then. No code of the file is run: a Lambda layer or a class of one's own is refused.\n\n"
      "A BERT model of HuggingFace's transformers is taken, too: a folder with config.json and model.safetensors, or the file named .safetensors with config.json beside it. The encoder is read with its pooler, the head of its pre-training, "
      "and a classifier of texts. The data set text uses its file vocab.txt.\n\n"
      "A recipe needs data, which Keras does not save. For a model of one input and one output they are random numbers at first, so that the recipe can be trained at once; the comment in its table [data] tells how to put arrays in their place.";
  command.options = {{"recipe", "FILE.toml", "the recipe to write (default: the name of the model with .toml); an existing file is not replaced", 'r'},
                     {"weights", "FILE.h5", "the checkpoint to write (default: the name of the model with .checkpoint.h5); an existing file is not replaced", 'w'}};
  command.examples = {"teranga import model.keras", "teranga import model.keras --recipe mine.toml --weights mine.h5", "teranga train mine.toml --init-weights mine.h5", "teranga import bert-base-uncased --recipe bert.toml", "teranga predict mine.h5 --input images.npy"};
  command.run = run_import;
  return command;
}

}  // namespace teranga::launcher
