// SPDX-License-Identifier: Apache-2.0
// The rule of observers: told of a training in order, they change nothing of what they are given, and a stop is a request with a reason.
#include <teranga/conformance/rule.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <set>

#include <teranga/core/temporary_folder.hpp>
#include <teranga/sdk/c/observer.h>

#include <fmt/format.h>

#include "guarded_array.hpp"
#include "held.hpp"
#include "interposer.hpp"

namespace teranga::conformance {
namespace {

using HeldObserver = Held<trg_observer_calls>;

constexpr const char* copy_what_is_kept = "copy what is kept: what a call is given is valid until it returns; keep a std::string, not a std::string_view or a pointer";

// What calls that have returned were given: nobody may touch it any more, and it is kept so that nothing else comes to lie there.
class Past {
 public:
  void take(GuardedArray array) {
    if (arrays_.size() >= most) return;
    array.take_back();
    arrays_.push_back(std::move(array));
  }

 private:
  static constexpr std::size_t most = 200;
  std::vector<GuardedArray> arrays_;
};

// What an observer is given, in memory of which a later look tells whether it was changed.
template <class T>
class Given {
 public:
  Given(const T& value, const char* what, Past& past) : array_(sizeof(T)), past_(past) {
    std::memcpy(array_.data(), &value, sizeof(T));
    before_.assign(array_.data(), array_.data() + sizeof(T));
    array_.name(what, copy_what_is_kept);
  }
  ~Given() { past_.take(std::move(array_)); }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  T* get() const noexcept { return reinterpret_cast<T*>(array_.data()); }
  bool changed() const noexcept { return std::memcmp(array_.data(), before_.data(), sizeof(T)) != 0 || array_.damaged(); }
  bool damaged() const noexcept { return array_.damaged(); }

 private:
  GuardedArray array_;
  std::vector<std::byte> before_;
  Past& past_;
};

// A text that it is given for one call.
class GivenText {
 public:
  GivenText(const std::string& text, const char* what, Past& past) : array_(text.size() + 1), past_(past) {
    std::memcpy(array_.data(), text.c_str(), text.size() + 1);
    array_.name(fmt::format("{} (\"{}\")", what, text), copy_what_is_kept);
  }
  ~GivenText() { past_.take(std::move(array_)); }
  GivenText(const GivenText&) = delete;
  GivenText& operator=(const GivenText&) = delete;
  const char* get() const noexcept { return reinterpret_cast<const char*>(array_.data()); }

 private:
  GuardedArray array_;
  Past& past_;
};

// One training as a host tells of it.
class ToldTraining {
 public:
  ToldTraining(const HeldObserver& observer, std::string folder, std::string options, Past& past, Findings& findings)
      : observer_(observer), folder_(std::move(folder)), options_(std::move(options)), past_(past), findings_(findings) {}

  void begin(std::int64_t step, std::int64_t epoch) {
    if (!observer_.calls().begin) return;
    const GivenText folder(folder_, "the text run_folder of begin", past_);
    const Given<trg_training_start> start(trg_training_start{sizeof(trg_training_start), folder.get(), step, epoch, 3, 4, 1000}, "the struct trg_training_start of begin", past_);
    const Answer answer = call("begin", [&](trg_error* error) { return observer_.calls().begin(observer_.self(), start.get(), error); });
    report("begin", answer, start.changed());
  }
  void step(std::int64_t step, std::int64_t epoch, double loss, double norm) {
    if (!observer_.calls().step) return;
    const GivenText phase("", "the text phase of step", past_);
    const Given<trg_training_step> told(trg_training_step{sizeof(trg_training_step), step, epoch, phase.get(), loss, 0.01, norm}, "the struct trg_training_step of step", past_);
    const Given<trg_stop_request> request(trg_stop_request{sizeof(trg_stop_request), 0, 0, {}}, request_words, past_);
    const Answer answer = call("step", [&](trg_error* error) { return observer_.calls().step(observer_.self(), told.get(), request.get(), error); });
    report("step", answer, told.changed());
    look_at(request, "step");
  }
  void epoch_end(std::int64_t epoch, double loss, bool measures) {
    if (!observer_.calls().epoch_end) return;
    struct Longer {
      trg_measure measure;
      double more;
    };
    struct Measures {
      Longer all[4];
    };
    constexpr const char* name = "the name of a measure of epoch_end";
    const GivenText names[4] = {{"loss", name, past_}, {"val_loss", name, past_}, {"accuracy", name, past_}, {"learning_rate", name, past_}};
    const auto measure = [&](int i, double value, std::int32_t direction) { return Longer{{sizeof(Longer), names[i].get(), value, direction, 0}, 7}; };
    const Given<Measures> numbers(Measures{{measure(0, loss, -1), measure(1, loss + 0.1, -1), measure(2, 0.5, 1), measure(3, 0.01, 0)}}, "the measures of epoch_end", past_);
    const Given<trg_training_epoch> told(trg_training_epoch{sizeof(trg_training_epoch), 4 * epoch, epoch, 1.5, &numbers.get()->all[0].measure, measures ? std::size_t{4} : 0, sizeof(Longer)}, "the struct trg_training_epoch of epoch_end", past_);
    const Given<trg_stop_request> request(trg_stop_request{sizeof(trg_stop_request), 0, 0, {}}, request_words, past_);
    const Answer answer = call("epoch_end", [&](trg_error* error) { return observer_.calls().epoch_end(observer_.self(), told.get(), request.get(), error); });
    report("epoch_end", answer, told.changed() || numbers.changed());
    look_at(request, "epoch_end");
  }
  void end(std::int64_t step, std::int64_t epoch, std::int32_t exit_code) {
    if (!observer_.calls().end) return;
    const Given<trg_training_end> told(trg_training_end{sizeof(trg_training_end), step, epoch, exit_code, 0}, "the struct trg_training_end of end", past_);
    const Answer answer = call("end", [&](trg_error* error) { return observer_.calls().end(observer_.self(), told.get(), error); });
    report("end", answer, told.changed());
  }

 private:
  static constexpr const char* request_words = "the request to stop of a step or an epoch_end";

  template <class F>
  Answer call(const char* name, F&& f) {
    Call::set_place(options_);
    return answer_of(name, std::forward<F>(f));
  }
  void report(const char* name, const Answer& answer, bool changed) {
    const std::string where = joined({name, options_});
    if (const std::string file = refused_in_root_folder(); !file.empty())
      return findings_.error(fmt::format("it opens {} for writing, in the root folder, where run_folder is empty", file), where, "write no file where run_folder is empty");
    if (changed) findings_.error("it changes what it is told, or writes beside it", where, "read only; copy what is kept");
    if (const std::string fault = answer.fault(); !fault.empty()) findings_.error(fmt::format("it fails, but {}", fault), where, "say in the error record what went wrong");
    else if (!answer.ok()) findings_.error(fmt::format("it answers {} in a usual training", answer.words()), where, "fail only where the observer cannot do its work; measures and norms may be missing");
  }
  void look_at(const Given<trg_stop_request>& request, const char* name) {
    const trg_stop_request& asked = *request.get();
    const std::string where = joined({name, options_});
    const bool ends = std::find(std::begin(asked.reason), std::end(asked.reason), '\0') != std::end(asked.reason);
    if (request.damaged() || asked.size != sizeof(trg_stop_request)) findings_.error("it writes beside the request to stop, or changes its size", where, "set stop and reason only");
    else if (asked.stop != 0 && asked.stop != 1) findings_.error(fmt::format("it sets stop = {}: expected 0 or 1", asked.stop), where, "set stop to 1 where the training is to stop");
    else if (!ends) findings_.error("its reason to stop does not end with a 0 within its 256 bytes", where, "cut the reason, and end it with a 0");
    else if (asked.stop && !asked.reason[0]) findings_.warning("it asks for a stop without a reason", where, "say why in reason, which the log shows: stop(\"the loss has not fallen for 3 epochs\")");
  }

  const HeldObserver& observer_;
  std::string folder_, options_;
  Past& past_;
  Findings& findings_;
};

enum class Course { usual, no_folder, no_epochs, diverging, again, resumed, failing, stuck };

void tell_epoch(ToldTraining& training, std::int64_t epoch, Course course) {
  const bool lost = epoch == 3 && course == Course::diverging, stuck = course == Course::stuck;
  for (std::int64_t step = 4 * (epoch - 1) + 1; step <= 4 * epoch; ++step)
    training.step(step, epoch, lost ? std::nan("") : stuck ? 1.0 : 2.0 / static_cast<double>(step), stuck ? 1.0 : step % 2 ? 1.0 / static_cast<double>(step) : std::nan(""));
  // After a request to stop, the epoch goes on to its end.
  training.epoch_end(epoch, lost ? std::numeric_limits<double>::infinity() : stuck ? 1.0 : 2.0 / static_cast<double>(epoch), course != Course::failing);
}

void tell(ToldTraining& training, Course course) {
  const std::int64_t first = course == Course::resumed ? 2 : 1, last = course == Course::no_epochs ? 0 : course == Course::stuck ? 8 : 3;
  training.begin(4 * (first - 1), first);
  for (std::int64_t epoch = first; epoch <= last; ++epoch) {
    tell_epoch(training, epoch, course);
    if (course == Course::again && epoch == 2) training.begin(4, 2), tell_epoch(training, 2, course);  // back to the checkpoint behind the first epoch
  }
  training.end(4 * last, last, course == Course::failing ? 1 : course == Course::diverging ? 3 : 0);
}

const char* words_of(Course course) {
  return course == Course::again ? "begin a second time, as after a divergence" : course == Course::no_folder || course == Course::no_epochs ? "run_folder is empty" : course == Course::resumed ? "a training that is resumed" : "";
}

// What it says that it wants goes with the calls that it has.
void judge_wants(const HeldObserver& observer, const std::string& options, Findings& findings) {
  const auto& calls = observer.calls();
  std::int32_t wants = 0;
  if (calls.wants) {
    const Call running("wants");
    wants = calls.wants(observer.self());
  }
  const std::string where = joined({"wants", options});
  if (wants & ~(TRG_WANTS_STEPS | TRG_WANTS_GRADIENT_NORM)) findings.error(fmt::format("wants = {} has bits that enum trg_observer_wants does not have", wants), where, "give bits of enum trg_observer_wants, and no others");
  else if ((wants & TRG_WANTS_STEPS) && !calls.step) findings.error("it wants steps, but the call step is null", where, "write step, or do not ask for steps");
  else if ((wants & TRG_WANTS_GRADIENT_NORM) && !calls.step) findings.error("it wants gradient norms, but the call step, which tells them, is null", where, "write void step(const StepReport&), or do not ask for gradient norms; a member of another name is not called");
  else if ((wants & TRG_WANTS_GRADIENT_NORM) && !(wants & TRG_WANTS_STEPS)) findings.error("it wants gradient norms, but not steps, which tell them", where, "ask for steps, too");
  else if (!calls.step && !calls.epoch_end && !calls.end) findings.warning("it hears only the beginning of a training: step, epoch_end and end are null", where, "write step, epoch_end or end; a member of another name is not called");
  else if (calls.step && !(wants & TRG_WANTS_STEPS)) findings.warning("it has a call step, but does not want steps: it is never called", where, "ask for steps in wants: TRG_WANTS_STEPS");
  else if (!calls.step && !calls.epoch_end) findings.note("it hears only the beginning and the end of a training: step and epoch_end are null", where, "if that is not meant: a member of another name than step or epoch_end is not called");
}

void tell_course(const Subject& subject, const OptionTrial& options, Course course, const std::string& run_folder, Findings& all) {
  std::set<std::string> said;  // of what goes wrong in each call alike, the first
  Findings findings("observer/calls", subject.item_name(), [&](const Finding& one) {
    if (one.severity == Severity::error && said.insert(one.text).second) all.error(one.text, one.where, one.mend);
    else if (one.severity != Severity::error) all.warning_once(one.text, one.where, one.mend);
  });
  const bool no_folder = course == Course::no_folder || course == Course::no_epochs;
  const std::string words = joined({options.words, words_of(course)});
  Past past;
  const HeldObserver observer(subject, options.options);
  guard_root_folder(no_folder);
  ToldTraining training(observer, no_folder ? "" : run_folder, words, past, findings);
  tell(training, course);
  guard_root_folder(false);
}

// The rule has its process for itself: the current folder is its own to choose.
void observer_calls(const Subject& subject, Findings& findings) {
  Budget budget(findings);
  const TemporaryFolder folder;
  const std::filesystem::path here = std::filesystem::path(folder.path()) / "here", run = std::filesystem::path(folder.path()) / "run";
  std::filesystem::create_directories(here);
  std::filesystem::create_directories(run);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(here);
  const std::vector<OptionTrial> trials = accepted_trials<trg_observer_calls>(subject, findings);
  const bool written_by_create = !std::filesystem::is_empty(here);
  if (written_by_create) findings.warning("create writes files into the current folder: a check of a recipe creates observers, too", "create", "open files in begin, in run_folder, where it is not empty");
  if (!trials.empty()) judge_wants(HeldObserver(subject, trials.front().options), trials.front().words, findings);
  for (const OptionTrial& options : trials) {
    for (const Course course : {Course::usual, Course::no_folder, Course::no_epochs, Course::diverging, Course::again, Course::resumed, Course::failing, Course::stuck}) {
      if (findings.errors() > 0 || budget.spent()) break;
      tell_course(subject, options, course, run.string(), findings);
    }
    const HeldObserver untold(subject, options.options);  // made and destroyed without a training
    if (findings.errors() > 0) break;
  }
  if (!written_by_create && !std::filesystem::is_empty(here)) findings.warning("it writes files into the current folder", "begin, step, epoch_end or end", "write into run_folder, where it is not empty");
  std::filesystem::current_path(before);
}

}  // namespace

std::vector<Rule> observer_rules() {
  return {{"observer/calls", "told of trainings in order, it changes nothing that it is given, and asks for a stop by a request", quick, {TRG_OBSERVER}, observer_calls}};
}

}  // namespace teranga::conformance
