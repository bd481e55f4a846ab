// SPDX-License-Identifier: Apache-2.0
// Inputs that a layer of any vendor accepts, found by trial: its options by their schema, inputs by rank, number and type.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <teranga/conformance/call.hpp>
#include <teranga/conformance/finding.hpp>
#include <teranga/conformance/layer/run.hpp>
#include <teranga/conformance/rule.hpp>
#include <teranga/host/activation_lender.hpp>
#include <teranga/host/option_tree.hpp>

#include <fmt/format.h>

namespace teranga::conformance {

struct LayerTrial {
  std::shared_ptr<const host::OptionTree> options;
  LayerCase layer;
  std::int32_t type = TRG_F64;  // f32 where it offers no f64
  bool finite = true;           // its outputs are
  bool positive = false;        // inputs are kept above 0, as it gives no finite numbers else
  std::string words;            // "units = 3, inputs (4, 6)"
};

struct LayerTrials {
  std::vector<LayerTrial> all;
  std::string missing;                // an option that cannot be guessed
  std::vector<std::string> refusals;  // what it said to others, each once
  bool nonsense = false;              // a plan was given that declares what cannot be
  std::string tried;                  // in words
  std::vector<std::string> ignored;   // "inputs (4, 6) and (4, 6): input 1"
};

// Inputs of one trial: shapes and types; values are drawn.
struct InputLayout {
  struct Port {
    std::vector<std::int64_t> shape;
    bool whole = false;
  };
  std::vector<Port> ports;
};
std::vector<InputLayout> input_layouts(int level);
std::string words_of(const InputLayout& layout);
std::vector<Array> draw_inputs(const InputLayout& layout, std::uint64_t seed, bool positive, std::int64_t end_of_whole);

// Layers may borrow activations while they are created: a rule keeps one of these while it makes layers.
class Lending {
 public:
  explicit Lending(const Subject& subject);

 private:
  std::unique_ptr<host::LendActivations> lent_;
};

LayerTrials find_layer_trials(const Subject& subject);

// The same trial with another number of samples, and with axis `axis` (1 and up) of all inputs that have as many there as the first one.
LayerTrial with_samples(const LayerTrial& trial, std::int64_t samples);
LayerTrial with_axis(const LayerTrial& trial, std::size_t axis, std::int64_t extent);
// One sample, axes of 1 and of primes.
std::vector<LayerTrial> shape_variants(const LayerTrial& trial);

// Calls try_one(trial) for each; what fails there, or touches what it must not, is named by other rules. Stops at the first trial with an error: others would say the same.
template <class F>
void over_trials(const Subject& subject, Findings& findings, F&& try_one);
bool nothing_to_try(const LayerTrials& trials, const Subject& subject, Findings& findings);
std::string words_of(const Failure& failure);

// What a rule takes for its trials at most; the process has its own, longer limit.
class Budget {
 public:
  bool spent() const { return std::chrono::steady_clock::now() > end_; }

 private:
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + std::chrono::seconds(15);
};

template <class F>
void over_trials(const Subject& subject, Findings& findings, F&& try_one) {
  const Budget budget;
  const Lending lending(subject);
  const LayerTrials trials = find_layer_trials(subject);
  if (nothing_to_try(trials, subject, findings)) return;
  std::size_t failed = 0;
  std::string why;
  for (const LayerTrial& trial : trials.all) {
    Call::set_place(trial.words);
    try {
      try_one(trial);
    } catch (const Failure& failure) {
      ++failed, why = words_of(failure);
    } catch (const Breach& breach) {
      ++failed, why = breach.what();
    }
    rethrow_of_destroy();
    if (findings.errors() > 0) return;
    if (budget.spent() && &trial != &trials.all.back()) return findings.note(fmt::format("{} of {} trials were made in the time that there is for them", &trial - trials.all.data() + 1, trials.all.size()));
  }
  if (failed == trials.all.size() && findings.errors() == 0) findings.not_applicable("its calls fail: " + why);
}

}  // namespace teranga::conformance
