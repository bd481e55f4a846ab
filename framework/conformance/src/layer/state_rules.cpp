// SPDX-License-Identifier: Apache-2.0
// State that the host does not know of, and the time that calls take.
#include "elf_facts.hpp"
#include "interposer.hpp"
#include "layer/library_data.hpp"
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

namespace teranga::conformance::layer {
namespace {

void all_calls(LayerRun& run, const LayerCase& layer) {
  run.forward();
  run.update_state();
  if (layer.mode == TRG_INFERENCE) return;
  run.backward();
  run.backward_params();
}

// On a thread of its own; what it throws is thrown here.
template <class F>
void on_another_thread(F&& f) {
  std::exception_ptr error;
  std::thread([&] {
    try {
      f();
    } catch (...) {
      error = std::current_exception();
    }
  }).join();
  if (error) std::rethrow_exception(error);
}

std::vector<Array> other_inputs(const LayerTrial& trial) {
  std::vector<Array> inputs = trial.layer.inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    inputs[i] = inputs[i].type >= 0 ? random_whole(inputs[i].shape, 400 + i, trial.words.find("i32") == std::string::npos ? 1 : 2, inputs[i].type) : random_array(inputs[i].shape, 400 + i, trial.positive ? 0.2 : -1, 1);
  return inputs;
}

constexpr const char* state_mend = "Keep what lives longer than a call in a state that plan declares (planner->state), and what backward needs in the saved memory; the host owns both.";

// What a layer gives otherwise once another one with other options is there.
std::string changed_by_another(const LayerTrial& trial, const std::shared_ptr<const host::OptionTree>& other_options) {
  if (!other_options || other_options == trial.options) return {};
  const RunSettings settings{.type = trial.type};
  const Result alone = run(trial.layer, settings);
  LayerRun one(trial.layer, settings);
  const LivingLayer other(*trial.layer.calls, other_options->native());
  one.forward();
  const std::vector<Array> outputs = one.result().outputs;
  one.update_state(), one.backward(), one.backward_params();
  Result found = one.result();
  found.outputs = outputs;
  return first_other_bits(found, alone);
}

// Kernel libraries allocate in every call, in their headers too.
bool needs_kernel_library(const Subject& subject) {
  try {
    return std::ranges::any_of(read_elf_facts(subject.path).needed, [](const std::string& name) { return name.starts_with("libdnnl") || name.starts_with("libmkl") || name.starts_with("libblas") || name.starts_with("libopenblas"); });
  } catch (const std::exception&) {
    return false;
  }
}

double seconds_of(const std::function<void()>& f) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (const auto end = Clock::now() + std::chrono::milliseconds(20); Clock::now() < end;) {
    const auto begin = Clock::now();
    f();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return best;
}

}  // namespace

void step_allocation(const Subject& subject, Findings& findings) {
  std::set<std::string> said;
  const bool kernels = needs_kernel_library(subject);
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    LayerRun one(trial.layer, {.type = TRG_F32});
    all_calls(one, trial.layer);  // the first may prepare
    for (const auto& [name, call] : {std::pair{"forward", &LayerRun::forward}, {"update_state", &LayerRun::update_state}, {"backward", &LayerRun::backward}, {"backward_params", &LayerRun::backward_params}}) {
      const Asked before = asked_by_the_plugin();
      (one.*call)();
      const Asked after = asked_by_the_plugin();
      if (after.allocations == before.allocations || !said.insert(name).second) continue;
      if (kernels) findings.note(fmt::format("{} allocates memory; those of the kernel library cannot be told from its own", name), trial.words);
      else
        findings.warning(fmt::format("{} allocates memory, {}, {} bytes in all", name, after.allocations - before.allocations == 1 ? "once" : fmt::format("{} times", after.allocations - before.allocations), after.bytes - before.bytes),
                                trial.words, "Ask for scratch memory in plan (planner->buffer with TRG_SCRATCH) and use that of the call: allocations make threads wait for each other.");
    }
  });
}

void state_global(const Subject& subject, Findings& findings) {
  std::string thread_local_change, place;
  std::shared_ptr<const host::OptionTree> other_options;
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    const RunSettings settings{.type = trial.type};
    if (std::string text = changed_by_another(trial, std::exchange(other_options, trial.options)); !text.empty())
      return findings.error(fmt::format("a layer of other options that is made in between changes what it gives: {}", text), trial.words, state_mend);
    LayerTrial second = trial;
    second.layer.inputs = other_inputs(trial);
    second.layer.random_key = 99;
    const Result alone = run(trial.layer, settings), other_alone = run(second.layer, settings);

    LayerRun a(trial.layer, settings), b(second.layer, settings);
    a.forward(), b.forward();
    const std::vector<Array> outputs = a.result().outputs;
    a.update_state(), b.update_state();
    a.backward(), b.backward();
    b.backward_params(), a.backward_params();
    Result interleaved = a.result();
    interleaved.outputs = outputs;
    if (std::string text = first_other_bits(interleaved, alone); !text.empty())
      return findings.error(fmt::format("calls of another layer of the same kind in between change what it gives: {}", text), trial.words, state_mend);

    LayerRun moving(trial.layer, settings);
    moving.forward();
    const std::vector<Array> made = moving.result().outputs;
    moving.update_state();
    on_another_thread([&] { moving.backward(), moving.backward_params(); });
    Result moved = moving.result();
    moved.outputs = made;
    if (std::string text = first_other_bits(moved, alone); !text.empty())
      return findings.error(fmt::format("backward on another thread than forward gives something else: {}", text), trial.words, state_mend);

    LayerRun watched(second.layer, settings);
    const LibraryData before(subject.item->calls);
    all_calls(watched, second.layer);
    if (std::string name = before.changed_statics(); !name.empty())
      return findings.error(fmt::format("its calls write to variables of the library ({}), which all threads share", name), trial.words, state_mend);
    if (thread_local_change.empty()) thread_local_change = before.changed_thread_locals(), place = trial.words;
  });
  if (!thread_local_change.empty() && findings.errors() == 0)
    findings.warning(fmt::format("its calls write to thread_local variables of the library ({})", thread_local_change), place, "Use the scratch memory: any call may run on any thread.");
}

void state_round_trip(const Subject& subject, Findings& findings) {
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    const RunSettings settings{.type = trial.type};
    const std::vector<Array> inputs = other_inputs(trial);
    LayerRun one(trial.layer, settings);
    all_calls(one, trial.layer);
    const Result first = one.result();
    one.next_step(inputs, 4242);
    one.forward();
    const std::vector<Array> outputs = one.result().outputs;
    one.update_state(), one.backward(), one.backward_params();
    Result second = one.result();
    second.outputs = outputs;

    LayerCase resumed = trial.layer;
    resumed.inputs = inputs, resumed.states = first.states, resumed.parameters = first.parameters, resumed.random_key = 4242;
    if (std::string text = first_other_bits(run(resumed, settings), second); !text.empty())
      findings.error(fmt::format("a second step gives something else in a new layer that was given the states and parameters of the first one, as after a checkpoint: {}", text), trial.words, state_mend);
  });
}

void speed_naive(const Subject& subject, Findings& findings) {
  bool told = false;
  over_trials(subject, findings, [&](const LayerTrial& small) {
    if (told) return;
    told = true;
    const LayerTrial trial = with_samples(small, 256);
    LayerRun one(trial.layer, {.type = TRG_F32, .guard = Guard::strips});
    all_calls(one, trial.layer);
    const Result result = one.result();
    double elements = 0;
    for (const std::vector<Array>* all : {&trial.layer.inputs, &result.outputs, &result.parameters})
      for (const Array& a : *all) elements += static_cast<double>(a.values.size());
    const double forward = seconds_of([&] { one.forward(); });
    std::string text = fmt::format("forward takes {:.2f} ns an element of its inputs, outputs and parameters", forward * 1e9 / elements);
    if (const double flops = one.plan().calls[TRG_FORWARD].flops; flops > 0) text += fmt::format(", {:.2f} Gflop/s by the cost that it declares", flops / forward * 1e-9);
    findings.note(text, trial.words + ", f32, one thread, with the checks of this program");
  });
}

}  // namespace teranga::conformance::layer
