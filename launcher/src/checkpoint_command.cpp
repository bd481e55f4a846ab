// SPDX-License-Identifier: Apache-2.0
// teranga checkpoint list | verify | show | export: what a run has stored.
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/checkpoint/weights.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/exchange/export_keras.hpp>
#include <teranga/train/checkpoint_path.hpp>
#include <teranga/train/restored.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"
#include "table.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace fs = std::filesystem;
namespace {

int list_checkpoints(const Arguments& arguments) {
  const std::string path = arguments.operand(0);
  std::vector<checkpoint::Entry> entries;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    entries = checkpoint::list(train::checkpoint_folder(path));
    if (entries.empty()) throw Error(ExitCode::data, fmt::format("{} holds no checkpoint", path), "name a run folder, or its folder of checkpoints");
  } else {
    const std::string file = train::checkpoint_file(path);  // says it where there is none
    const fs::path folder = fs::path(file).parent_path();
    for (checkpoint::Entry& entry : checkpoint::list(folder.empty() ? "." : folder.string()))
      if (fs::path(entry.path).filename() == fs::path(file).filename()) entries.push_back(std::move(entry));
    if (entries.empty()) throw Error(ExitCode::data, fmt::format("{}: expected a checkpoint that is named as the training named it, step-<number>.h5", path), fmt::format("teranga checkpoint show {}", shell_word(path)));
  }
  Table table({"checkpoint", "step", "epoch", "size", "written", "state"});
  for (const checkpoint::Entry& entry : entries)
    table.add({entry.path, entry.step < 0 ? "?" : grouped(entry.step), entry.epoch < 0 ? "?" : grouped(entry.epoch), bytes_text(entry.bytes), entry.time, entry.intact ? "intact" : "damaged: " + entry.reason});
  print_out("{}", table.text());
  return 0;
}

// Says all that is wrong, not only the first.
int verify(const Arguments& arguments) {
  std::vector<std::string> files;
  for (const std::string& path : arguments.operands()) {
    if (std::error_code error; !fs::is_directory(path, error)) {  // what it is then is told where it is opened
      files.push_back(path);
      continue;
    }
    for (const checkpoint::Entry& entry : checkpoint::list(train::checkpoint_folder(path))) files.push_back(entry.path);
  }
  if (files.empty()) throw Error(ExitCode::data, fmt::format("{} holds no checkpoint", arguments.operand(0)), "name a run folder, its folder of checkpoints, or checkpoints");
  int code = 0;
  for (const std::string& file : files) {
    try {
      checkpoint::verify(train::checkpoint_file(file));
      print_out("{}: intact\n", file);
    } catch (const Error& error) {
      std::fflush(stdout);
      print_error("teranga: {}\n{}", error.what(), error.hint().empty() ? "" : fmt::format("hint: {}\n", error.hint()));
      code = static_cast<int>(error.code());
    }
  }
  return code;
}

int show(const Arguments& arguments) {
  print_out("{}", checkpoint::show(train::checkpoint_file(arguments.checkpoint())));
  return 0;
}

int export_weights(const Arguments& arguments) {
  arguments.one_of("to", {"keras"});
  const train::Restored restored = train::restore(arguments.checkpoint(), {}, arguments.trust());
  const std::string network = arguments.text("network");
  const recipe::Recipe recipe = train::recipe_of_network(restored, network, "checkpoint export");
  const std::string output = arguments.text("output", (network.empty() ? recipe.name : network) + ".weights.h5");
  if (!output.ends_with(".weights.h5")) throw Error(ExitCode::usage, fmt::format("checkpoint export: Keras reads files named .weights.h5 only, found \"{}\"", output), fmt::format("--output {}", shell_word(fs::path(output).replace_extension(".weights.h5").string())));
  const std::vector<checkpoint::KerasLayer> layers = exchange::keras_weights(recipe, restored.snapshot);
  checkpoint::write_keras_weights(output, layers);
  std::set<std::string> names;
  for (const checkpoint::KerasLayer& layer : layers) names.insert(layer.layer);
  print_out("{}: the weights of {} layers, for keras.Model.load_weights\n", output, names.size());
  return 0;
}

Command on_checkpoint(std::string name, std::string operands, int (*run)(const Arguments&)) {
  Command command;
  command.name = std::move(name);
  command.operands = std::move(operands);
  command.least_operands = command.most_operands = 1;
  command.run = run;
  return command;
}

}  // namespace

Command checkpoint_list_command() {
  Command command = on_checkpoint("checkpoint list", "CHECKPOINT", list_checkpoints);
  command.summary = "the checkpoints of a run folder";
  command.about = "Lists the checkpoints of a run folder, oldest first, and prints for each whether it is intact. CHECKPOINT is a run folder, its folder of checkpoints, or one file of them.";
  command.examples = {"teranga checkpoint list runs/lenet-fashion-mnist"};
  return command;
}

Command checkpoint_verify_command() {
  Command command = on_checkpoint("checkpoint verify", "FILE...", verify);
  command.summary = "check that checkpoint files are intact";
  command.most_operands = 10000;
  command.about = "Compares each file with the hash that it carries. A folder stands for all checkpoints in it. Ends with code 5 where one is damaged.";
  command.examples = {"teranga checkpoint verify runs/lenet-fashion-mnist", "teranga checkpoint verify step-000000000938.h5"};
  return command;
}

Command checkpoint_show_command() {
  Command command = on_checkpoint("checkpoint show", "CHECKPOINT", show);
  command.summary = "what a checkpoint holds";
  command.about = "Prints counters, tensors with types and shapes, plugins and origin of a checkpoint. CHECKPOINT is a file, or a run folder. For a run folder, its newest intact checkpoint is used.";
  command.options = {best_option()};
  command.examples = {"teranga checkpoint show runs/mlp-iris", "teranga checkpoint show runs/mlp-iris/checkpoints/step-000000000400.h5"};
  return command;
}

Command checkpoint_export_command() {
  Command command = on_checkpoint("checkpoint export", "CHECKPOINT", export_weights);
  command.summary = "write the weights for another program";
  command.about = "Writes the weights and states of a checkpoint as a Keras 3 weight file, for load_weights of a model of the same layers; \"teranga export\" writes the whole model. CHECKPOINT is a file, or a run folder. For a run folder, its newest intact checkpoint is used.";
  command.options = {{"to", "keras", "the format"}, {"output", "FILE", "the file to write (default: <name of the network or the recipe>.weights.h5)", 'o'}, {"network", "NAME", "the network to export, where the recipe has several"}, best_option(), trust_option()};
  command.examples = {"teranga checkpoint export runs/lenet-fashion-mnist --to keras --output lenet.weights.h5"};
  return command;
}

}  // namespace teranga::launcher
