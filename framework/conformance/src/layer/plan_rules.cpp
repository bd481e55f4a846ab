// SPDX-License-Identifier: Apache-2.0
// Whether what a layer plans is right, for odd shapes too.
#include "interposer.hpp"
#include "layer/composite.hpp"
#include "layer/rules.hpp"
#include "layer/trials.hpp"

#include <teranga/conformance/option_trials.hpp>

#include <csignal>
#include <set>
#include <sstream>

#include <sys/wait.h>
#include <unistd.h>

namespace teranga::conformance::layer {
namespace {

constexpr const char* shape_mend = "Let plan refuse what the layer cannot compute, with TRG_BAD_SHAPE and a text that says what it expects.";

// All sizes of a plan: those of its tensors in elements, and of its buffers in bytes.
std::vector<double> sizes_of(const LayerPlan& plan) {
  std::vector<double> sizes;
  const auto add = [&](const std::vector<std::int64_t>& shape) {
    double elements = 1;
    for (const std::int64_t extent : shape) elements *= static_cast<double>(extent);
    sizes.push_back(elements);
  };
  for (const PlannedPort& port : plan.outputs) add(port.shape);
  for (const PlannedParameter& parameter : plan.parameters) add(parameter.shape);
  for (const PlannedBuffer& buffer : plan.buffers) sizes.push_back(static_cast<double>(buffer.per_row)), sizes.push_back(static_cast<double>(buffer.bytes));
  return sizes;
}

// All calls of a trial; what plan accepted must run.
void run_accepted(const LayerTrial& trial, Findings& findings) {
  Call::set_place(trial.words);
  try {
    run(trial.layer, {.type = trial.type});
  } catch (const Failure& failure) {
    const bool refused = failure.call == "plan" || failure.call == "create";
    if (failure.call == declares_nonsense) findings.error(failure.text, failure.where + ", " + trial.words, failure.hint);
    else if (!refused) findings.error(fmt::format("plan accepts the shapes, but {} fails: {}", failure.call, failure.text.empty() ? "(no text)" : failure.text), trial.words, shape_mend);
    else if (failure.text.empty()) findings.warning("it refuses these inputs without a text", trial.words, "Fill error->text and error->where.");
  } catch (const Breach&) {  // memory/bounds tries the same shapes
  }
  rethrow_of_destroy();
}

struct Question {
  const Subject& subject;
  const LayerTrial& trial;
  std::unique_ptr<LayerPlan> ask(LivingLayer& living, const LayerCase& layer, std::int64_t samples) const {
    try {
      return std::make_unique<LayerPlan>(living.calls, living.handle, layer, PlanRequest{trial.type, samples, TRG_SLICE, 1});
    } catch (const Failure&) {
      return nullptr;
    }
  }
};

// The usual ones are known without opening all plugins.
bool is_offered_initializer(const Subject& subject, const std::string& name) {
  for (const char* const usual : {"", "teranga.zeros", "teranga.ones", "teranga.constant", "teranga.glorot_uniform"})
    if (name == usual) return true;
  const host::Registry& registry = subject.registry();
  return registry.find(host::Kind::initializer, name) || !registry.find(host::Kind::initializer, "teranga.zeros");
}

// Sizes beyond 32 bits: what they need must not be less than what small ones need.
void plan_huge(const LayerTrial& trial, std::size_t axis, const std::function<void(const Nonsense&)>& tell) {
  LivingLayer living(*trial.layer.calls, trial.layer.options);
  constexpr std::int64_t small = 16, middle = 1024, huge = (std::int64_t{1} << 31) + 11;
  const auto ask = [&](std::int64_t extent) -> std::unique_ptr<LayerPlan> {
    LayerCase layer = trial.layer;
    const std::int64_t former = layer.inputs[0].shape[axis];
    for (Array& in : layer.inputs) {
      if (axis < in.shape.size() && in.shape[axis] == former) in.shape[axis] = extent;
      in.values.clear();
    }
    layer.masks.clear();
    try {
      return std::make_unique<LayerPlan>(living.calls, living.handle, layer, PlanRequest{trial.type, layer.inputs[0].shape[0], TRG_SLICE, 1});
    } catch (const Failure&) {
      return nullptr;
    }
  };
  const auto first = ask(small), before = ask(middle), after = ask(huge);
  if (!first || !before || !after || !before->nonsense.empty()) return;
  for (const Nonsense& one : after->nonsense)
    if (one.text.find("cannot be counted") == std::string::npos) tell({one.text, one.where, "Compute sizes in int64_t. " + one.mend});
  const std::vector<double> least = sizes_of(*first), some = sizes_of(*before), most = sizes_of(*after);
  for (std::size_t i = 0; after->nonsense.empty() && i < some.size() && least.size() == some.size() && most.size() == some.size(); ++i)
    if (least[i] < some[i] && most[i] < some[i])
      return tell({fmt::format("for an axis of {} it asks for {} bytes or elements of what it asks {} for an axis of {}: a size overflows", huge, most[i], some[i], middle), "plan", "Compute sizes in int64_t."});
}

// The same in a process of its own: tables that large take their time and memory, which is no fault.
void plan_huge_aside(const LayerTrial& trial, Findings& findings) {
  constexpr unsigned seconds = 2;
  for (std::size_t axis = 0; axis < trial.layer.inputs[0].shape.size(); ++axis) {
    const std::string where = fmt::format("{}, axis {} beyond 32 bits", trial.words, axis);
    Call::set_place(where);
    int ends[2];
    if (pipe(ends) != 0) return;
    const pid_t child = fork();
    if (child < 0) return;
    if (child == 0) {
      for (const int signal : {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) std::signal(signal, SIG_DFL);
      alarm(seconds);
      plan_huge(trial, axis, [&](const Nonsense& one) {
        for (const std::string* text : {&one.text, &one.where, &one.mend}) {
          const std::string line = *text + "\n";
          if (write(ends[1], line.data(), line.size()) < 0) _exit(1);
        }
      });
      _exit(0);
    }
    close(ends[1]);
    std::string said;
    char bytes[512];
    for (ssize_t n; (n = read(ends[0], bytes, sizeof(bytes))) > 0;) said.append(bytes, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    forget_refused_memory();  // of the child
    std::istringstream lines(said);
    for (std::string text, at, mend; std::getline(lines, text) && std::getline(lines, at) && std::getline(lines, mend);) findings.error(text, at + ", " + where, mend);
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGALRM && WTERMSIG(status) != SIGKILL)
      findings.error(fmt::format("plan ends the process with signal {}", WTERMSIG(status)), where, "Compute sizes in int64_t, and refuse what is too large with TRG_BAD_SHAPE.");
  }
}

}  // namespace

void plan_shapes(const Subject& subject, Findings& findings) {
  if (subject.calls<trg_layer_calls>().expand) return composite_shapes(subject, findings);
  const Lending lending(subject);
  const LayerTrials trials = find_layer_trials(subject);
  if (trials.all.empty() && trials.nonsense) return findings.not_applicable("what its plans declare cannot be: see plan/declarations");
  if (trials.all.empty() && trials.missing.empty()) {
    const std::string said = fmt::format("{}", fmt::join(trials.refusals, "; "));
    return findings.error("no input was found that it accepts" + (said.empty() ? std::string() : ". It said: " + said), trials.tried,
                          "Give values to its options with --set NAME=VALUE. If it needs inputs of a special kind, let plan say in error->text what it expects, and what it was given.");
  }
  if (nothing_to_try(trials, subject, findings)) return;
  if (!trials.ignored.empty())
    findings.warning(fmt::format("plan accepts an input that changes nothing ({}); its gradient would be whatever the memory held", trials.ignored[0]), "plan", "Refuse another number of inputs than the layer takes, with TRG_BAD_SHAPE.");
  const std::size_t most = subject.level >= full ? trials.all.size() : std::min<std::size_t>(trials.all.size(), 3);
  const Budget budget;
  for (std::size_t i = 0; i < most && findings.errors() < 3 && !budget.spent(); ++i) {
    const LayerTrial& trial = trials.all[i];
    run_accepted(trial, findings);
    for (const LayerTrial& odd : shape_variants(trial)) run_accepted(odd, findings);
    for (std::size_t axis = 1; axis < trial.layer.inputs[0].shape.size(); ++axis) run_accepted(with_axis(trial, axis, 0), findings);
    for (const auto& [mode, words] : {std::pair{TRG_INFERENCE, ", inference"}, {TRG_FROZEN, ", frozen"}}) {
      LayerTrial other = trial;
      other.layer.mode = mode;
      other.words += words;
      run_accepted(other, findings);
    }
    if (i < (subject.level >= full ? 3 : 1)) plan_huge_aside(trial, findings);
  }
}

void plan_declarations(const Subject& subject, Findings& findings) {
  if (subject.calls<trg_layer_calls>().expand) return composite_declarations(subject, findings);
  const Lending lending(subject);
  LayerTrials trials = find_layer_trials(subject);
  std::set<std::string> said;
  const auto tell = [&](const Nonsense& one, const std::string& words) {
    if (findings.errors() < 5 && said.insert(one.where + one.text).second) findings.error(one.text, one.where + ", " + words, one.mend);
  };
  std::string missing;
  const std::optional<OptionTrial> defaults = default_trial(subject, &missing);
  bool asked = false;
  if (defaults && trials.all.empty())  // its plans may be refused for what they declare
    for (const InputLayout& layout : input_layouts(subject.level)) {
      const host::OptionTree options(defaults->options);
      LayerCase layer{.calls = &subject.calls<trg_layer_calls>(), .options = options.native(), .inputs = draw_inputs(layout, 1, false, 2)};
      Call::set_place(words_of(layout));
      try {
        LivingLayer living(*layer.calls, layer.options);
        const LayerPlan plan(living.calls, living.handle, layer, {TRG_F32, layer.samples(), TRG_SLICE, 1});
        asked = true;
        for (const Nonsense& one : plan.nonsense) tell(one, words_of(layout));
      } catch (const Failure&) {
      }
    }
  if (!asked && nothing_to_try(trials, subject, findings)) return;
  for (const LayerTrial& trial : trials.all) {
    Call::set_place(trial.words);
    try {
      LivingLayer living(*trial.layer.calls, trial.layer.options);
      const auto ask = [&](const LayerCase& layer, std::int32_t type, std::int64_t samples) { return LayerPlan(living.calls, living.handle, layer, {type, samples, TRG_SLICE, 1}); };
      const LayerPlan plan = ask(trial.layer, TRG_F32, trial.layer.samples());
      for (const Nonsense& one : plan.nonsense) tell(one, trial.words);
      for (const auto& [all, noun] : {std::pair{std::vector<Declared>(plan.parameters.begin(), plan.parameters.end()), "parameter"}, {std::vector<Declared>(plan.states.begin(), plan.states.end()), "state"}})
        for (const Declared& one : all)
          if (!is_offered_initializer(subject, one.initializer))
            tell({fmt::format("{} \"{}\" begins with the initializer \"{}\", which no plugin offers", noun, one.name, one.initializer), fmt::format("plan, {} \"{}\"", noun, one.name), "Give the qualified name of an initializer: \"teranga.zeros\"."}, trial.words);
      if (!trial.layer.calls->update_state)
        for (const PlannedState& state : plan.states)
          if (state.kind == TRG_SHARED && said.insert(state.name).second)
            findings.warning(fmt::format("state \"{}\" is shared, but the layer has no update_state: its values never change", state.name), "plan, " + trial.words,
                             "Write update_state, which makes states_out once per training step. A member of another name is not called. Values that never change are a parameter with trainable = 0.");
      if (!trial.layer.calls->derive && plan.buffers[TRG_DERIVED].bytes > 0)
        tell({"it asks for derived memory, but the layer has no derive, which would write it", "plan, call buffer", "Write derive, or ask for no memory of this kind."}, trial.words);
      const LayerPlan fewer = ask(trial.layer, TRG_F32, 1);
      for (const Nonsense& one : fewer.nonsense) tell(one, trial.words + ", 1 sample");
      if (std::string text = fewer.contradiction_of(plan); !text.empty())
        findings.error(fmt::format("plans for 4 samples and for 1 do not agree: {}", text), trial.words, "Let only axis 0 depend on the number of samples: slices of a batch share parameters and outputs.");
      LayerCase inference = trial.layer;
      inference.mode = TRG_INFERENCE;
      const LayerPlan other = ask(inference, TRG_F32, trial.layer.samples());
      for (const Nonsense& one : other.nonsense) tell(one, trial.words + ", inference");
      if (std::string text = other.contradiction_of(plan); !text.empty() && text.find("flags") == std::string::npos)
        findings.error(fmt::format("plans for training and for inference do not agree: {}", text), trial.words, "Declare the same parameters, states and outputs in every mode: weights are loaded by them.");
    } catch (const Failure&) {
    }
    if (findings.errors() >= 5) return;
  }
}

void plan_pure(const Subject& subject, Findings& findings) {
  if (subject.calls<trg_layer_calls>().expand) return composite_pure(subject, findings);
  over_trials(subject, findings, [&](const LayerTrial& trial) {
    LivingLayer living(*trial.layer.calls, trial.layer.options), second(*trial.layer.calls, trial.layer.options);
    const PlanRequest request{trial.type, trial.layer.samples(), TRG_SLICE, 1};
    const LayerPlan first(living.calls, living.handle, trial.layer, request);
    {
      const LayerTrial odd = with_samples(trial, 3);
      const LayerPlan between(living.calls, living.handle, odd.layer, {trial.type, 3, TRG_SLICE, 1});
    }
    const LayerPlan again(living.calls, living.handle, trial.layer, request), of_another(second.calls, second.handle, trial.layer, request);
    if (std::string text = again.difference_from(first); !text.empty())
      findings.error(fmt::format("the same question is answered in two ways: {}", text), trial.words, "Let plan answer from the request and the options alone, and keep nothing from one plan to the next.");
    else if (text = of_another.difference_from(first); !text.empty())
      findings.error(fmt::format("two layers of the same options plan differently: {}", text), trial.words, "Keep nothing in statics.");
  });
}

}  // namespace teranga::conformance::layer
