// SPDX-License-Identifier: Apache-2.0
// What a layer touches: nothing beyond its tensors, nothing that holds no value yet, nothing that it did not declare.
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <set>

namespace teranga::conformance::layer {
namespace {

std::string mend_of(const Breach& breach) {
  const auto is = [&](Role role) { return breach.memory.starts_with(to_string(role)); };
  if (breach.did == "wrote into") return "What a call is given is shared with other layers and threads: write only to what it makes.";
  if (breach.did == "read") return "Read it only where plan declares that.";
  if (breach.did == "wrote to rows of other slices in") return "Write only to the rows of the call, each bytes_per_row long; other slices run at the same time.";
  if (is(Role::saved) || is(Role::carry) || is(Role::scratch) || is(Role::derived)) return "Ask for as many bytes as the calls use (planner->buffer counts bytes, per sample and per call).";
  if (is(Role::sums)) return "Declare as many sums as the pass adds into (planner->passes).";
  return "Take all lengths from the shapes of the call: rows differ from slice to slice.";
}

void tell(const Breach& breach, const std::string& words, std::set<std::string>& said, Findings& findings) {
  if (!said.insert(breach.call + breach.did.substr(0, 6) + breach.memory).second || findings.errors() >= 3) return;
  findings.error(breach.what(), breach.call + ", " + words, mend_of(breach));
}

}  // namespace

void memory_bounds(const Subject& subject, Findings& findings) {
  std::set<std::string> said;
  int tried = 0;
  over_trials(subject, findings, [&](const LayerTrial& given) {
    std::vector<LayerTrial> trials{given};
    if (subject.level >= full && tried++ < 4) {
      for (LayerTrial& odd : shape_variants(given)) trials.push_back(std::move(odd));
    } else {
      trials.push_back(with_samples(given, 3));
      trials.push_back(with_axis(given, given.layer.inputs[0].shape.size() - 1, given.layer.inputs[0].shape.size() > 1 ? 7 : 3));
    }
    for (LayerTrial& trial : trials) {
      const std::int64_t n = trial.layer.samples();
      const auto try_one = [&](const LayerCase& layer, Guard guard, const std::string& words) {
        Call::set_place(words);
        for (const std::int32_t type : {TRG_F32, TRG_F64}) try {
            run(layer, {.type = type, .guard = guard, .fill = 0x3f, .watches_rows = true});  // what is added to NaN leaves no trace
          } catch (const Failure&) {  // an odd shape that it refuses, a type that it does not offer
          } catch (const Breach& breach) {
            tell(breach, words, said, findings);
            return;
          }
      };
      for (const Guard guard : {Guard::behind, Guard::before}) try_one(trial.layer, guard, trial.words);
      LayerCase layer = trial.layer;
      if (n >= 3) {
        layer.slices = {1, n - 2, 1};
        try_one(layer, Guard::behind, fmt::format("{}, slices of {}", trial.words, fmt::join(layer.slices, " + ")));
        layer.slices.clear();
      }
      layer.mode = TRG_INFERENCE;
      try_one(layer, Guard::behind, trial.words + ", inference");
      layer.mode = TRG_TRAINING;
      for (const std::int32_t granularity : {TRG_RANGE, TRG_BATCH}) {
        layer.granularity = granularity;
        try_one(layer, Guard::behind, trial.words + (granularity == TRG_RANGE ? ", by ranges" : ", as a batch"));
      }
      if (findings.errors() >= 3) return;
    }
  });
}

void memory_undefined(const Subject& subject, Findings& findings) {
  constexpr Role undefined[] = {Role::output, Role::mask, Role::state, Role::saved, Role::carry, Role::scratch, Role::derived};
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    for (const std::int32_t mode : {TRG_TRAINING, TRG_INFERENCE}) {
      LayerCase layer = trial.layer;
      layer.mode = mode;
      layer.slices = {2, layer.samples() - 2};
      const auto with = [&](std::map<Role, int> fills) { return run(layer, {.type = trial.type, .guard = Guard::behind, .fills = std::move(fills)}); };
      std::map<Role, int> all;
      for (const Role role : undefined) all[role] = 0x3f;
      const Result first = with({});
      if (first_other_bits(with(all), first).empty()) continue;
      for (const Role role : undefined) {
        const std::string text = first_other_bits(with({{role, 0x3f}}), first);
        if (text.empty()) continue;
        const char* const name = role == Role::output ? "an output" : role == Role::mask ? "the mask of an output" : role == Role::state ? "states_out" : to_string(role);
        return findings.error(fmt::format("a result depends on what {} held before it was written: {}", name, text), trial.words + (mode == TRG_INFERENCE ? ", inference" : ""),
                              role == Role::output || role == Role::mask || role == Role::state ? "Write every element (=), do not add to it (+=), in each call." : "Write it before it is read; it holds whatever was left there.");
      }
    }
  });
}

void memory_undeclared(const Subject& subject, Findings& findings) {
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    if (!trial.layer.calls->backward && !trial.layer.calls->backward_params) return;
    std::string read, call;
    try {
      run(trial.layer, {.type = trial.type, .guard = Guard::behind, .forbids_undeclared = true});
    } catch (const Breach& breach) {
      if (breach.did != "read" && breach.did != "wrote into") throw;
      read = breach.memory, call = breach.call;
    }
    const Result first = run(trial.layer, {.type = trial.type}), second = run(trial.layer, {.type = trial.type, .fills = {{Role::input, 0x3f}, {Role::output, 0x3f}}});
    Result later = second;
    later.outputs = first.outputs;  // those of forward
    const std::string text = first_other_bits(later, first);
    const std::string mend = "Declare it: TRG_READ_IN_BACKWARD of the input (planner->input) or of the output (flags of its port). Or keep what backward needs in the saved memory.";
    if (!text.empty())
      findings.error(fmt::format("{} reads {}, which is not declared to be read in backward; the host may have written over it: {}", call.empty() ? "backward" : call, read.empty() ? "an input or output" : read, text), trial.words, mend);
    else if (!read.empty())
      findings.warning(fmt::format("{} reads {}, which is not declared to be read in backward, without an effect", call, read), trial.words, mend);
  });
}

}  // namespace teranga::conformance::layer
