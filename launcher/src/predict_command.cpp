// SPDX-License-Identifier: Apache-2.0
// teranga predict: what a trained network says about new samples.
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/train/checkpoint_path.hpp>
#include <teranga/train/predict.hpp>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace {

int run_predict(const Arguments& arguments) {
  train::PredictOptions options;
  options.checkpoint = arguments.checkpoint();
  options.network = arguments.text("network");
  options.layer = arguments.text("layer");
  options.inputs = arguments.texts("input");
  options.texts = arguments.texts("text");
  options.output = arguments.text("output");
  options.format = arguments.text("format");
  options.overrides = arguments.overrides();
  options.classes = arguments.has("classes");
  options.beam = arguments.integer("beam", 1, 0);
  constexpr std::int64_t widest = 10000;
  if (options.beam > widest) throw Error(ExitCode::usage, fmt::format("predict: --beam: expected at most {}, found {}", widest, options.beam));
  options.top = arguments.integer("top", 1, 0);
  options.errors = arguments.has("error");
  options.keep = arguments.texts("keep");
  options.threads = arguments.threads();
  options.trust = arguments.trust();
  if (options.inputs.empty() && options.texts.empty()) train::checkpoint_file(options.checkpoint);  // a missing one is told before missing samples
  if (options.inputs.empty() == options.texts.empty())
    throw Error(ExitCode::usage, options.inputs.empty() ? "predict: there is nothing to predict: --input and --text are missing" : "predict: --input and --text do not go together",
                options.inputs.empty() ? fmt::format("teranga predict {} --input new.csv", shell_word(options.checkpoint)) : "leave out --input, or --text");
  if (options.classes && options.top > 0) throw Error(ExitCode::usage, "predict: --classes and --top do not go together", "--top 1 tells the class with its probability");
  const train::Prediction done = train::predict(options);
  if (!options.output.empty()) print_out("{}: {} samples, shape {}\n", options.output, done.samples, to_string(done.shape));
  return 0;
}

}  // namespace

Command predict_command() {
  Command command;
  command.name = "predict";
  command.summary = "the outputs of a checkpoint's network for new samples";
  command.operands = "CHECKPOINT";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Reads new samples and writes the outputs of the network for them. The samples are prepared as in the training, with values from the checkpoint, such as the vocabulary. The files of the "
      "training are not needed. A table may lack the target, and its columns may have any order. Give samples of the kind that the data set of the recipe reads: files, a folder, texts with --text, "
      "or - for standard input.\n\n"
      "Arrays can be an .npy file, the array x of an .h5 file, or a .csv file of numbers. Axis 0 counts the samples. For a network with several inputs, give an .npz file with an array for each "
      "input. Numbers are not changed, but bytes are scaled as in the data set.\n\n"
      "The output can be a .csv, .json, .npy or .h5 file. A .csv file has a column for each output of the network. The columns of a classifier have the names of the classes, and other columns have "
      "the names of the target columns of the table. A .json file has the class and the probabilities of each sample. An .npy file has the outputs. An .h5 file has the outputs as y, and the names "
      "of their columns. If each sample is a file, such as a picture, the output also has the name of the file: in the column \"file\" of a .csv file, as \"file\" in a .json or an .h5 file. "
      "Without --output, the outputs are printed in the format of --format, or as csv.\n\n"
      "If the loss is ctc, .csv and .json files have the text of each sample, in a column text or with the name of the target column. An .npy or .h5 file has the numbers of each step, or with "
      "--classes the numbers of the letters, with -1 after the last one.\n\n"
      "If the loss has from_logits = true, the outputs are logits, and their columns are named logit_CLASS. --top and .json files give the probabilities that are computed from the logits.";
  command.options = {{"input", "FILE", "a file or a folder with the samples, or - for standard input. If the targets are in a separate file, give the option a second time for this file", 'i', true},
                     {"text", "TEXT", "a sample as text, such as a sentence or a row of a table; may be given again", 't', true},
                     {"output", "FILE", "the file for the outputs: .csv, .json, .npy or .h5 (default: the outputs are printed)", 'o'},
                     {"format", "csv|json|npy|h5", "the format of the outputs (default: that of the name in --output, or csv)"},
                     {"classes", "", "write only the class of each sample: its name into csv and json, its number into arrays"},
                     {"top", "K", "write the K most likely classes of each sample, with their probabilities"},
                     {"beam", "N", "if the loss is ctc: search for the most likely text, and keep the N best beginnings at each step (default: the text of the most likely path)"},
                     {"error", "", "also write the loss of each sample, without penalties on weights. The samples need their targets"},
                     {"keep", "COLUMN", "write this column of the input beside the predictions, such as a customer number; for texts that are not in a table, write --keep text; may be given again", 0, true},
                     {"layer", "NAME", "write the outputs of this layer, after its activation, instead of those of the network. If a layer has several outputs, LAYER.OUTPUT names one of them. teranga summary RECIPE shows the names of the layers"},
                     {"network", "NAME", "the network to use, if the recipe has several, for example the encoder of an autoencoder"},
                     best_option(), set_option(), trust_option(), threads_option()};
  command.examples = {"teranga predict runs/mlp-iris --input flowers.csv", "teranga predict runs/mlp-iris --input flowers.csv --output species.csv --classes",
                      "teranga predict runs/mlp-iris --input flowers.csv --keep specimen --classes",
                      "teranga predict runs/lenet-fashion-mnist --input images.npy --output probabilities.npy", "teranga predict runs/reviews --text \"What a film\" --format json"};
  command.run = run_predict;
  return command;
}

}  // namespace teranga::launcher
