// SPDX-License-Identifier: Apache-2.0
// teranga predict: what a trained network says about new samples.
#include <teranga/core/error.hpp>
#include <teranga/train/predict.hpp>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"

namespace teranga::launcher {
namespace {

int run_predict(const Arguments& arguments) {
  train::PredictOptions options;
  options.checkpoint = arguments.operand(0);
  options.network = arguments.text("network");
  options.input = arguments.text("input");
  options.output = arguments.text("output");
  options.overrides = arguments.overrides();
  options.classes = arguments.has("classes");
  options.threads = arguments.threads();
  for (const char* needed : {"input", "output"})
    if (!arguments.has(needed)) throw Error(ExitCode::usage, fmt::format("predict: --{} is missing", needed), "teranga predict CHECKPOINT --input new.npy --output predictions.csv");
  const train::Prediction done = train::predict(options);
  fmt::print("{}: {} samples, shape {}\n", options.output, done.samples, to_string(done.shape));
  return 0;
}

}  // namespace

Command predict_command() {
  Command command;
  command.name = "predict";
  command.summary = "the outputs of a checkpoint's network for the samples of a file";
  command.operands = "CHECKPOINT";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Reads samples from a .npy, .csv or .h5 file and writes the outputs to another one; the names' endings decide. Arrays have samples on axis 0; an .h5 file calls them x, and gets its outputs as y. A "
      "table for a network that was trained on a table has the same columns, the target included (its values may be any that are valid), and is encoded as the training was; other tables are numbers, a "
      "sample a line. Bytes are scaled as the recipe's data set scales them, other numbers are taken as they are.";
  command.options = {{"input", "FILE", "the samples: .npy, .csv or .h5", 'i'}, {"output", "FILE", "where the outputs go: .npy, .csv or .h5", 'o'}, {"classes", "", "write the class of each sample: its name into .csv, its number elsewhere"},
                     {"network", "NAME", "which one, where the recipe has several: for example the encoder of an autoencoder"},
                     set_option(), threads_option()};
  command.examples = {"teranga predict runs/mlp-iris --input flowers.csv --output species.csv --classes", "teranga predict runs/lenet-fashion-mnist --input images.npy --output probabilities.npy"};
  command.run = run_predict;
  return command;
}

}  // namespace teranga::launcher
