// SPDX-License-Identifier: Apache-2.0
// teranga evaluate: how good a checkpoint is.
#include <teranga/core/error.hpp>
#include <teranga/core/json.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/value.hpp>
#include <teranga/train/evaluate.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"
#include "table.hpp"

namespace teranga::launcher {
namespace {

constexpr std::size_t widest_matrix = 20;

// Precision, recall and f1 of one class; 0 where it never occurs, as in the metrics.
struct Scores {
  std::int64_t samples = 0, predicted = 0;
  double precision = 0, recall = 0, f1 = 0;

  Scores(const train::Confusion& c, std::size_t k) {
    for (std::size_t other = 0; other < c.size(); ++other) samples += c.at(k, other), predicted += c.at(other, k);
    const auto hits = static_cast<double>(c.at(k, k));
    if (predicted > 0) precision = hits / static_cast<double>(predicted);
    if (samples > 0) recall = hits / static_cast<double>(samples);
    if (precision + recall > 0) f1 = 2 * precision * recall / (precision + recall);
  }
};

void print_json(const train::Evaluation& e) {
  std::string out = fmt::format("{{\"recipe\":{},\"checkpoint\":{},\"step\":{},\"part\":{},\"samples\":{}", json_text(e.recipe), json_text(e.checkpoint), e.step,
                                json_text(data::to_string(e.part)), e.samples);
  for (std::size_t i = 0; i < e.inputs.size(); ++i) out.append(i ? "," : ",\"inputs\":[").append(json_text(e.inputs[i])).append(i + 1 == e.inputs.size() ? "]" : "");
  for (const auto& [name, value] : e.numbers) out += fmt::format(",{}:{}", json_text(name), json_number(value));
  if (e.confusion) {
    const train::Confusion& c = *e.confusion;
    out += ",\"classes\":[";
    for (std::size_t k = 0; k < c.size(); ++k) out += fmt::format("{}{}", k ? "," : "", json_text(c.classes[k]));
    out += "],\"confusion\":[";
    for (std::size_t k = 0; k < c.size(); ++k) out += fmt::format("{}[{}]", k ? "," : "", fmt::join(c.counts.begin() + static_cast<std::ptrdiff_t>(k * c.size()), c.counts.begin() + static_cast<std::ptrdiff_t>((k + 1) * c.size()), ","));
    out += "]";
  }
  print_out("{}}}\n", out);
}

void print_confusion(const train::Confusion& c) {
  if (c.size() <= widest_matrix) {
    print_out("\nconfusion matrix (rows: true class, columns: predicted class)\n");
    std::vector<std::string> head{""};
    head.insert(head.end(), c.classes.begin(), c.classes.end());
    Table matrix(head);
    for (std::size_t k = 0; k < c.size(); ++k) {
      std::vector<std::string> row{c.classes[k]};
      for (std::size_t other = 0; other < c.size(); ++other) row.push_back(fmt::format("{}", c.at(k, other)));
      matrix.add(row);
    }
    print_out("{}", matrix.text());
  }
  print_out("\n");
  Table scores({"class", "samples", "predicted", "precision", "recall", "f1"});
  for (std::size_t k = 0; k < c.size(); ++k) {
    const Scores s(c, k);
    scores.add({c.classes[k], fmt::format("{}", s.samples), fmt::format("{}", s.predicted), fmt::format("{:.4f}", s.precision), fmt::format("{:.4f}", s.recall), fmt::format("{:.4f}", s.f1)});
  }
  print_out("{}", scores.text());
}

void print_text(const train::Evaluation& e) {
  const std::string which = e.inputs.empty() ? fmt::format("{} part", data::to_string(e.part)) : fmt::format("{}", fmt::join(e.inputs, ", "));
  print_out("{} at step {}: {}, {} samples\n", e.recipe, e.step, which, e.samples);
  std::size_t width = 0;
  for (const auto& [name, value] : e.numbers) width = std::max(width, name.size());
  for (const auto& [name, value] : e.numbers) print_out("{:<{}}  {:.6g}\n", name, width, value);
  if (e.confusion) print_confusion(*e.confusion);
}

const std::vector<std::string> words_for_parts = {"train", "validation", "test"};

data::Part part_of(const std::string& word) {
  if (const auto at = std::ranges::find(words_for_parts, word); at != words_for_parts.end()) return data::all_parts[static_cast<std::size_t>(at - words_for_parts.begin())];
  const auto begun = std::ranges::find_if(words_for_parts, [&](const std::string& part) { return !word.empty() && part.starts_with(word); });
  const std::string near = begun != words_for_parts.end() ? *begun : nearest_name(word, words_for_parts).value_or(words_for_parts[0]);
  throw Error(ExitCode::usage, fmt::format("evaluate: --data part=...: expected train, validation or test, found \"{}\"", word),
              word.find_first_of("./") != std::string::npos ? fmt::format("for the samples of a file: --input {}", shell_word(word)) : fmt::format("--data part={}", near));
}

// Where numbers of a part can be looked at that are far too large for the loss. New samples are in no part, and what is no number at all is told in the log.
std::string hint_on_infinite(const train::EvaluateOptions& options, const train::Evaluation& evaluation, ExitCode code) {
  if (!options.inputs.empty() || code == ExitCode::data) return {};
  std::string overrides;
  for (const std::string& one : options.overrides) overrides.append(" --set ").append(shell_text(one));
  return fmt::format("look for numbers that are far too large: teranga data peek {} --part {}{}", shell_word(options.checkpoint), words_for_parts[static_cast<std::size_t>(std::ranges::find(data::all_parts, evaluation.part) - data::all_parts.begin())], overrides);
}

int run_evaluate(const Arguments& arguments) {
  train::EvaluateOptions options;
  options.checkpoint = arguments.checkpoint();
  options.overrides = arguments.overrides();
  options.threads = arguments.threads();
  options.pin = arguments.one_of("pin", {"auto", "none"}) == "auto";
  options.trust = arguments.trust();
  options.inputs = arguments.texts("input");
  options.likelihood.layer = arguments.text("log-likelihood");
  for (const char* of_likelihood : {"chains", "temperatures", "seed"})
    if (arguments.has(of_likelihood) && options.likelihood.layer.empty()) throw Error(ExitCode::usage, fmt::format("evaluate: --{} needs --log-likelihood", of_likelihood), "--log-likelihood LAYER");
  options.likelihood.chains = arguments.integer("chains", 2, options.likelihood.chains);
  options.likelihood.temperatures = arguments.integer("temperatures", 1, options.likelihood.temperatures);
  options.likelihood.seed = arguments.integer("seed", 0, options.likelihood.seed);
  for (const std::string& word : arguments.texts("data")) {
    const std::string value = word.starts_with("part=") ? word.substr(5) : word;
    if (!word.starts_with("part=") && word.find('=') != std::string::npos) options.overrides.push_back(word.starts_with("data.") ? word : "data." + word);
    else options.part = part_of(value);
  }
  const auto [evaluation, code] = train::evaluate(options);
  if (!evaluation) return static_cast<int>(code);  // not rank 0
  if (arguments.has("json")) print_json(*evaluation);
  else print_text(*evaluation);
  if (code == ExitCode::done) return 0;
  std::fflush(stdout);
  throw Error(code, fmt::format("evaluate: the loss of the {} part is not finite", data::to_string(evaluation->part)), hint_on_infinite(options, *evaluation, code));
}

}  // namespace

Command evaluate_command() {
  Command command;
  command.name = "evaluate";
  command.summary = "loss, metrics and confusion matrix of a checkpoint on a part of its data";
  command.operands = "CHECKPOINT";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Opens the data that the checkpoint's recipe names, prepared as for the training, and prints loss and metrics. For a classifier it also prints the confusion matrix, precision, "
      "recall and f1 of each class. CHECKPOINT is a file, or a run folder. For a run folder, its newest intact checkpoint is used. Under mpirun the processes share the samples.\n\n"
      "With --log-likelihood, the command also prints log_likelihood = - F(v) - log Z of a restricted Boltzmann machine, as a mean over the samples, and log_z. F is the free energy. Z is "
      "computed exactly if the machine has at most 24 hidden units, or at most 24 visible units that are binary. Otherwise it is estimated by annealed importance sampling; log_z_low and log_z_high "
      "are then three standard errors away. The number is meaningful for visible units that are 0 or 1, or Gaussian.";
  command.options = {{"data", "PART|NAME=VALUE", "the part to evaluate: part=train, part=validation or part=test (default: test where there is one); or a key of [data], for example test=other.csv", 0, true},
                     {"input", "FILE", "evaluate new samples with their targets instead: a file or a folder that the recipe's data set reads; the files of the training are not needed", 'i', true},
                     best_option(), set_option(),
                     {"json", "", "print one JSON object"},
                     trust_option(), threads_option(), pin_option(),
                     {"log-likelihood", "LAYER", "also print the mean log-likelihood of the samples under this restricted_boltzmann_machine, in nats"},
                     {"chains", "N", "the number of chains that estimate log Z for --log-likelihood (default: 100)"},
                     {"temperatures", "N", "the number of steps of each chain; more steps give a better estimate (default: 10000)"},
                     {"seed", "N", "the seed of the chains (default: 0)"}};
  command.examples = {"teranga evaluate runs/lenet-fashion-mnist", "teranga evaluate runs/mlp-iris/checkpoints/step-000000000400.h5 --data part=train --json", "teranga evaluate runs/mlp-iris --input new.csv",
                      "teranga evaluate runs/rbm-digits --log-likelihood rbm"};
  command.collective = true;
  command.run = run_evaluate;
  return command;
}

}  // namespace teranga::launcher
