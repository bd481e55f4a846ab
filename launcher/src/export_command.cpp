// SPDX-License-Identifier: Apache-2.0
// teranga export: the network of a checkpoint for another program.
#include <teranga/core/error.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/exchange/export_keras.hpp>
#include <teranga/exchange/export_onnx.hpp>
#include <teranga/exchange/export_tensors.hpp>
#include <teranga/train/restored.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace fs = std::filesystem;
namespace {

// The ending of the file, which must be that of the format.
std::string output_of(const Arguments& arguments, const std::string& name, const std::string& ending, const std::string& why) {
  const std::string output = arguments.text("output", name + ending);
  if (!output.ends_with(ending)) throw Error(ExitCode::usage, fmt::format("export: {}, found \"{}\"", why, output), fmt::format("--output {}", shell_word(fs::path(output).replace_extension(ending).string())));
  return output;
}

// The pieces of words that the data of the training know, one a line, as the data sets take them.
int write_vocabulary(const train::Restored& restored, const std::string& output) {
  std::string lines;
  const std::unique_ptr<data::Source> source = train::open_restored_data(restored);
  for (const data::Field& field : source->fields())
    if (field.role == data::Role::feature && !field.class_names.empty() && field.class_names[0] == "[PAD]" && lines.empty())
      for (const std::string& piece : field.class_names)
        if (!piece.empty()) lines.append(piece).append("\n");
  if (lines.empty()) throw Error(ExitCode::usage, "export: --to vocabulary is for networks that were trained on pieces of words, and the data of this one have none");
  if (const int failed = replace_file(output, lines); failed != 0) throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", output, std::strerror(failed)));
  print_out("{}: {} pieces of words\n", output, std::count(lines.begin(), lines.end(), '\n'));
  return 0;
}

int run_export(const Arguments& arguments) {
  const std::string format = arguments.one_of("to", {"keras", "onnx", "npz", "safetensors", "vocabulary"}), layout = arguments.one_of("layout", {"keras", "pytorch"});
  const bool whole_model = format == "keras" || format == "onnx";
  if (whole_model && layout != "keras")
    throw Error(ExitCode::usage, fmt::format("export: --layout pytorch is for arrays, and a model of {} has a layout of its own", format == "keras" ? "Keras" : "ONNX"), "--to safetensors --layout pytorch");
  const train::Restored restored = train::restore(arguments.checkpoint(), {}, arguments.trust());
  const std::string network = arguments.text("network");
  const recipe::Recipe recipe = train::recipe_of_network(restored, network, "export");
  const std::string name = network.empty() ? recipe.name : network;
  if (format == "keras") {
    const std::string output = output_of(arguments, name, ".keras", "Keras opens whole models in files named .keras only");
    const exchange::Exported done = exchange::export_keras(restored, recipe, output);
    print_out("{}: a model of {} layers, for keras.saving.load_model\n", output, done.layers);
    for (const std::string& note : done.notes) print_out("note: {}\n", note);
    return 0;
  }
  if (format == "onnx") {
    const std::string output = output_of(arguments, name, ".onnx", "the format onnx has files named .onnx");
    print_out("{}: a model of {} layers, for ONNX Runtime and others\n", output, exchange::export_onnx(restored, recipe, output));
    return 0;
  }
  if (format == "vocabulary") return write_vocabulary(restored, output_of(arguments, name, ".txt", "a vocabulary is a text, a piece a line, in a file named .txt"));
  const bool npz = format == "npz";
  const std::string output = output_of(arguments, name, npz ? ".npz" : ".safetensors", fmt::format("the format {} has files named .{}", format, format));
  const std::size_t arrays = exchange::export_tensors(recipe, restored.snapshot, npz ? exchange::TensorFormat::npz : exchange::TensorFormat::safetensors, layout == "keras" ? exchange::TensorLayout::keras : exchange::TensorLayout::pytorch, output);
  print_out("{}: {} arrays, in the layout of {}\n", output, arrays, layout == "keras" ? "Keras" : "PyTorch");
  return 0;
}

}  // namespace

Command export_command() {
  Command command;
  command.name = "export";
  command.summary = "write the network of a checkpoint for another program";
  command.operands = "CHECKPOINT";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Writes the network of a checkpoint to a file that another program reads. CHECKPOINT is a file, or a run folder. For a run folder, its newest intact checkpoint is used.\n\n"
      "--to keras (default) writes a model that Keras 3 opens with keras.saving.load_model. The model has the layers with their weights, and gives the same outputs. The loss, the optimizer and the "
      "metrics are exported too, if Keras has all of them.\n\n"
      "--to onnx writes a model in the format ONNX (opset 17). ONNX Runtime and other programs run it without Teranga. Its inputs and outputs have the shapes of the network, with the channels "
      "last. Its outputs are those of teranga predict, with one exception: if the data set normalises numbers, the model takes and gives normalised numbers. It takes any number of samples, and "
      "sequences of any length if no layer needs a fixed length. Dropout and noise are left out.\n\n"
      "--to npz and --to safetensors write only the weights and states, as arrays with the names and axes of Keras. With --layout pytorch, the names and axes are those of torch.nn: "
      "\"dense.weight\", [out, in].\n\n"
      "--to vocabulary writes the pieces of words that the data of the training know, one in each line. With vocabulary = \"FILE.txt\" in [data], another training uses the same pieces. The training files must still be there.\n\n"
      "If the format has no counterpart of some layers, one error names all of them, and no file is written. \"teranga checkpoint export\" writes a weight file for load_weights of Keras.";
  command.options = {{"to", "keras|onnx|npz|safetensors|vocabulary", "the format (default: keras)"}, {"output", "FILE", "the file to write (default: the name of the network or the recipe, with .keras, .onnx, .npz, .safetensors or .txt). An older file of this name is replaced", 'o'},
                     {"layout", "keras|pytorch", "with npz and safetensors: the names and axes of the arrays (default: keras)"}, {"network", "NAME", "the network to export, if the recipe has several"}, best_option(), trust_option()};
  command.examples = {"teranga export runs/lenet-fashion-mnist --to keras --output lenet.keras", "teranga export runs/lenet-fashion-mnist --to onnx --output lenet.onnx", "teranga export runs/lenet-fashion-mnist --to safetensors --layout pytorch --output lenet.safetensors"};
  command.run = run_export;
  return command;
}

}  // namespace teranga::launcher
