// SPDX-License-Identifier: Apache-2.0
// Texts that the network of a checkpoint writes: step by step, each told from those before it. A language model goes on from a prompt, a
// translator writes what becomes of a source. It takes a data set that knows texts (data/tokens.hpp).
//
// The steps that may be written are those of the vocabulary; padding, start and "unknown" are never written. A text ends at the data set's end
// token, where it has one, or after `length` steps, and there also where the text fills the network's window. Without an end token the window
// moves on: the network sees the last steps of the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/train/trust.hpp>

namespace teranga::train {

struct GenerateOptions {
  std::string checkpoint;              // a file, or a folder: its newest intact one
  std::vector<std::string> overrides;  // of --set, on the recipe that the checkpoint holds
  Trust trust = Trust::own_plugins;    // of --trust
  std::string prompt;                  // of a language model; empty: the data set's start
  std::vector<std::string> sources;    // of a translator: a text for each
  std::int64_t length = 200;           // steps to write, at most
  std::optional<double> temperature;   // logits are divided by it; 0: the likeliest step. Else 1 for language models, 0 for translators
  std::int64_t top_k = 0;              // draw among the k likeliest steps; 0: among all
  std::int64_t seed = 0;               // of the draws: a text depends on it, on its number and on nothing that is the machine's
  std::int64_t count = 1;              // texts for the prompt, or for each source
  std::int64_t beam = 0;               // search with so many hypotheses instead of drawing; 0: no search
  double length_penalty = 1;           // of the search: log p / steps^length_penalty is what it makes large
  int threads = 0;                     // 0: all cores it may use
};

struct WrittenText {
  std::string text;        // without the prompt
  std::int64_t steps = 0;  // an end token included
  double log_p = 0;        // natural logarithm of the probability of the steps, by the network at temperature 1
  bool ended = false;      // by an end token
};

struct Generation {
  std::vector<WrittenText> texts;  // by source, then by number
  std::string between;             // what parts a prompt from what follows
  std::int64_t given = 0;          // steps of the prompt and the sources
  std::int64_t unknown = 0;        // those that the vocabulary does not have
};

// One process: no group. Throws Error(usage) for a network that writes no texts and for options that do not fit it.
Generation generate(const GenerateOptions& options);

}  // namespace teranga::train
