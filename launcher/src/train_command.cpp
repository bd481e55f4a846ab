// SPDX-License-Identifier: Apache-2.0
// teranga train: from a recipe to a trained network.
#include <teranga/core/error.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/service/duration.hpp>
#include <teranga/service/service.hpp>
#include <teranga/train/train.hpp>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "profile_options.hpp"
#include "program_facts.hpp"

namespace teranga::launcher {
namespace {

train::ProgressMode progress_of(const std::string& word) {
  if (word == "bar") return train::ProgressMode::bar;
  if (word == "plain") return train::ProgressMode::plain;
  if (word == "json") return train::ProgressMode::json;
  if (word == "none") return train::ProgressMode::none;
  return train::ProgressMode::automatic;
}

int run_train(const Arguments& arguments) {
  static Service& service = *new Service(static_cast<int>(ExitCode::requeue));  // to the end of the process
  terminal::begin_queue();
  train::TrainOptions options;
  options.service = &service;
  options.program = program_facts();
  options.command = {"teranga", "train"};
  options.command.insert(options.command.end(), arguments.words().begin(), arguments.words().end());
  options.recipe = arguments.operand(0);
  options.overrides = arguments.overrides();
  options.run = arguments.text("run");
  const std::string resume = arguments.text("resume", "auto");
  if (resume == "never") options.resume = train::Resume::never;
  else if (resume != "auto") {
    options.resume = train::Resume::from_file;
    options.resume_file = resume;
  }
  if (arguments.has("fresh")) {
    if (arguments.has("resume")) throw Error(ExitCode::usage, "train: --fresh and --resume do not go together", "leave out --fresh, or --resume");
    options.resume = train::Resume::fresh;
  }
  options.force_recipe = arguments.has("force-recipe");
  options.force_data = arguments.has("force-data");
  options.init_weights = arguments.text("init-weights");
  options.partly = arguments.has("partial");
  if (options.partly && options.init_weights.empty()) throw Error(ExitCode::usage, "train: --partial works only with --init-weights", "--init-weights FILE --partial");
  options.heeds_job_limit = arguments.text("max-time") != "none";
  if (arguments.has("max-time") && options.heeds_job_limit) options.max_time = parse_duration(arguments.text("max-time"), "--max-time");
  const std::string stall = arguments.text("stall-limit", "auto");
  options.watched = stall != "off";
  if (options.watched && stall != "auto") options.stall_limit = parse_duration(stall, "--stall-limit");
  if (arguments.has("wait-for-owner")) options.wait_for_owner = parse_duration(arguments.text("wait-for-owner"), "--wait-for-owner");
  options.progress = progress_of(arguments.one_of("progress", {"auto", "bar", "plain", "json", "none"}));
  if (arguments.has("reproducible")) options.overrides.push_back("training.reproducible=true");
  if (arguments.has("fold")) options.overrides.push_back(fmt::format("data.fold=\"{}\"", arguments.text("fold")));
  options.threads = arguments.threads();
  options.pin = arguments.one_of("pin", {"auto", "none"}) == "auto";
  options.profile = profiling_of(arguments, "train");
  options.dry_run = arguments.has("dry-run");
  if (options.dry_run && options.profile.wanted) throw Error(ExitCode::usage, "train: --profile and --dry-run do not go together: a dry run makes no steps", "leave out --profile, or --dry-run");
  options.fast_dev_run = arguments.integer("fast-dev-run", 1, 0);
  options.overfit_batches = arguments.integer("overfit-batches", 1, 0);
  if (options.fast_dev_run > 0)
    for (const char* other : {"run", "resume", "fresh", "dry-run", "profile", "overfit-batches"})
      if (arguments.has(other)) throw Error(ExitCode::usage, fmt::format("train: --fast-dev-run keeps nothing and begins anew, and does not go together with --{}", other), fmt::format("leave out --{}, or --fast-dev-run", other));
  return static_cast<int>(train::train(options));
}

}  // namespace

Command train_command() {
  Command command;
  command.name = "train";
  command.summary = "train the network of a recipe, or continue it from its last checkpoint";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Trains the network that RECIPE describes, alone or as each process of an mpirun or srun job. The run folder then holds the recipe with every default written out, the log, "
      "the metrics (metrics.csv of epochs, steps.csv of logged steps, metrics.jsonl of both), the checkpoints, and report.html, a page with curves that is renewed while the training runs. The same command, given again, continues from the newest intact checkpoint, and the result has the same bits.\n\n"
      "Signals: USR1 writes a checkpoint, and the training continues. USR2 writes a checkpoint and stops the training. TERM or INT stops after the running step; a second TERM or INT stops at once. The files STOP and CHECKPOINT in the run folder do what USR2 and USR1 do. A run that was stopped "
      "ends with exit code 75. The file resumable in the run folder says that the training is not complete and that the same command continues it, also where a launcher hides the exit code.\n\n"
      "A training that stands still (a plugin that loops, a data set that hangs, a process that is stopped, a host that is lost) is named in the log, and ends with exit code 6; each process writes what it was doing into stall-rank-N.txt in the run folder. The same command continues from the newest checkpoint.";
  command.options = {set_option(),
                     {"run", "FOLDER", "the run folder (default: runs/<name of the recipe>)"},
                     {"resume", "auto|never|FILE", "auto (default): continue from the newest intact checkpoint in the run folder; never: train only if the run folder has no checkpoint; FILE: continue from this checkpoint, or from the newest intact one of this run folder. Later checkpoints in the run folder are renamed to *.abandoned"},
                     {"fresh", "", "train anew; the files of the former run are moved to the folder former-1 (then former-2, ...) of the run folder"},
                     {"force-recipe", "", "continue from a checkpoint although the recipe has changed since in keys that change what is computed, such as the learning rate or batch_size. Changes of other keys, such as epochs, need no option"},
                     {"force-data", "", "continue from a checkpoint although the data are not those that it was trained on; the data are prepared with the values that the checkpoint holds"},
                     {"init-weights", "FILE", "begin with the weights of a checkpoint, of the newest intact one of a run folder, or of a Keras .weights.h5 file"},
                     {"partial", "", "with --init-weights: take the tensors whose name and shape fit, and list those that do not fit. The other tensors of the network keep their initial values"},
                     {"dry-run", "", "do everything except the training steps: check the recipe, the plugins and the data, plan the computation, and write the first checkpoint"},
                     {"fast-dev-run", "N", "try everything quickly: train one epoch of N batches, evaluate N batches of the other parts, and write a checkpoint. Nothing is kept"},
                     {"overfit-batches", "N", "train on the first N batches only, without shuffling. If the loss does not fall close to 0, the network has a mistake. The run folder is runs/<name>-overfit"},
                     {"fold", "I/K", "cross-validation: fold I of K of the training samples is the validation part, as fold = \"I/K\" in [data] says; teranga sweep --folds K trains all of them"},
                     {"max-time", "TIME", "write a checkpoint and stop, so that the command ends within this time: 2h, 90m, 1-12:00:00, or seconds (default: in a job of Slurm, its time limit, if squeue tells it; none: no limit)"},
                     {"stall-limit", "auto|off|TIME", "how long the training may stand still before the job ends with exit code 6. auto (default): limits learnt from the run, 15 minutes at least; off: for ever; TIME: this long, whatever it is doing, and a process that gives no sign of life for this long, 30s at most, counts as lost"},
                     {"wait-for-owner", "TIME", "if another job writes into the run folder: wait for its end, at most for this time (default: do not wait, and end with exit code 75). A job that may be dead is waited for in any case, for two minutes at most"},
                     {"reproducible", "", "give the same bits with any number of processes, as reproducible = true in [training] does: slower"},
                     {"progress", "auto|bar|plain|json|none", "how the training reports its progress (default: auto); json: a line for each epoch on stdout"},
                     profile_option("the table ends the log, and trace.json in the run folder is for https://ui.perfetto.dev or chrome://tracing. The first two steps are left out"),
                     trace_steps_option("the third to the twelfth of this process"),
                     threads_option(),
                     pin_option()};
  command.examples = {"teranga train lenet-fashion-mnist.toml", "teranga train mlp-iris.toml --set training.epochs=5 --set optimizer.learning_rate=0.01 --run runs/short",
                      "mpirun -n 2 --bind-to none teranga train lenet-fashion-mnist.toml --threads 1", "teranga train lenet-fashion-mnist.toml --run runs/night --max-time 8h",
                      "teranga train new-head.toml --init-weights runs/lenet-fashion-mnist --partial"};
  command.collective = true;
  command.run = run_train;
  return command;
}

}  // namespace teranga::launcher
