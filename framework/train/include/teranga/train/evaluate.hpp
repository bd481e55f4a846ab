// SPDX-License-Identifier: Apache-2.0
// How good the network of a checkpoint is on a part of its data, on all ranks of the launched group.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/data/source.hpp>
#include <teranga/train/trust.hpp>

namespace teranga::train {

// What the log-likelihood of a restricted Boltzmann machine is estimated by.
struct LikelihoodOptions {
  std::string layer;                  // the machine; empty: none is asked for
  std::int64_t chains = 100;          // of annealed importance sampling
  std::int64_t temperatures = 10000;  // of each chain
  std::int64_t seed = 0;
};

struct EvaluateOptions {
  std::string checkpoint;              // a file, or a folder: its newest intact one
  std::vector<std::string> overrides;  // of --set, on the recipe that the checkpoint holds
  Trust trust = Trust::own_plugins;    // of --trust
  std::vector<std::string> inputs;     // new samples with their targets, as the data set reads them, instead of the recipe's data
  std::optional<data::Part> part;      // else test, validation, training: the first that there is
  int threads = 0;                     // of this rank; 0: all cores it may use
  LikelihoodOptions likelihood = {};
  bool pin = true;          // ranks of a node that may run on the same cores get cores of their own
};

// Counts by true class (rows) and predicted class (columns).
struct Confusion {
  std::vector<std::string> classes;
  std::vector<std::int64_t> counts;

  std::size_t size() const noexcept { return classes.size(); }
  std::int64_t at(std::size_t truth, std::size_t predicted) const { return counts[truth * size() + predicted]; }
};

struct Evaluation {
  std::string recipe, checkpoint;
  std::int64_t step = 0;
  std::vector<std::string> inputs;  // the files of new samples; empty: a part of the recipe's data
  data::Part part = data::Part::test;
  std::int64_t samples = 0;
  std::vector<std::pair<std::string, double>> numbers;  // loss and metrics, by Keras's names
  std::optional<Confusion> confusion;                   // of a classifier
};

struct Evaluated {
  std::optional<Evaluation> result;  // on rank 0
  ExitCode code = ExitCode::done;    // the same on all ranks: diverged where the loss is not finite
};

// All ranks call it.
Evaluated evaluate(const EvaluateOptions& options);

}  // namespace teranga::train
