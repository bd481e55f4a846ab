// SPDX-License-Identifier: Apache-2.0
// The rule of observers: told of a training in order, they change nothing of what they are given, and a stop is a request with a reason.
#include <teranga/conformance/rule.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include <teranga/core/temporary_folder.hpp>
#include <teranga/sdk/c/observer.h>

#include <fmt/format.h>

#include "guarded_array.hpp"
#include "held.hpp"

namespace teranga::conformance {
namespace {

using HeldObserver = Held<trg_observer_calls>;

// What an observer is given, in memory of which a later look tells whether it was changed.
template <class T>
class Given {
 public:
  explicit Given(const T& value) : array_(sizeof(T)) {
    std::memcpy(array_.data(), &value, sizeof(T));
    before_.assign(array_.data(), array_.data() + sizeof(T));
  }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;
  T* get() const noexcept { return reinterpret_cast<T*>(array_.data()); }
  bool changed() const noexcept { return std::memcmp(array_.data(), before_.data(), sizeof(T)) != 0 || array_.damaged(); }
  bool damaged() const noexcept { return array_.damaged(); }

 private:
  GuardedArray array_;
  std::vector<std::byte> before_;
};

// One training as a host tells of it.
class ToldTraining {
 public:
  ToldTraining(const HeldObserver& observer, std::string folder, std::string options, Findings& findings) : observer_(observer), folder_(std::move(folder)), options_(std::move(options)), findings_(findings) {}

  void begin(std::int64_t step, std::int64_t epoch) {
    if (!observer_.calls().begin) return;
    const Given<trg_training_start> start(trg_training_start{sizeof(trg_training_start), folder_.c_str(), step, epoch, 3, 4, 1000});
    const Answer answer = call("begin", [&](trg_error* error) { return observer_.calls().begin(observer_.self(), start.get(), error); });
    report("begin", answer, start.changed());
  }
  void step(std::int64_t step, std::int64_t epoch, double loss, double norm) {
    if (!observer_.calls().step) return;
    const Given<trg_training_step> told(trg_training_step{sizeof(trg_training_step), step, epoch, "", loss, 0.01, norm});
    const Given<trg_stop_request> request(trg_stop_request{sizeof(trg_stop_request), 0, 0, {}});
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
    const auto measure = [](const char* name, double value, std::int32_t direction) { return Longer{{sizeof(Longer), name, value, direction, 0}, 7}; };
    const Given<Measures> numbers(Measures{{measure("loss", loss, -1), measure("val_loss", loss + 0.1, -1), measure("accuracy", 0.5, 1), measure("learning_rate", 0.01, 0)}});
    const Given<trg_training_epoch> told(trg_training_epoch{sizeof(trg_training_epoch), 4 * epoch, epoch, 1.5, &numbers.get()->all[0].measure, measures ? std::size_t{4} : 0, sizeof(Longer)});
    const Given<trg_stop_request> request(trg_stop_request{sizeof(trg_stop_request), 0, 0, {}});
    const Answer answer = call("epoch_end", [&](trg_error* error) { return observer_.calls().epoch_end(observer_.self(), told.get(), request.get(), error); });
    report("epoch_end", answer, told.changed() || numbers.changed());
    look_at(request, "epoch_end");
  }
  void end(std::int64_t step, std::int64_t epoch, std::int32_t exit_code) {
    if (!observer_.calls().end) return;
    const Given<trg_training_end> told(trg_training_end{sizeof(trg_training_end), step, epoch, exit_code, 0});
    const Answer answer = call("end", [&](trg_error* error) { return observer_.calls().end(observer_.self(), told.get(), error); });
    report("end", answer, told.changed());
  }

 private:
  template <class F>
  Answer call(const char* name, F&& f) {
    Call::set_place(options_);
    return answer_of(name, std::forward<F>(f));
  }
  void report(const char* name, const Answer& answer, bool changed) {
    const std::string where = joined({name, options_});
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
    else if (asked.stop && !asked.reason[0]) findings_.warning("it asks for a stop without a reason", where, "say why: the log shows it");
  }

  const HeldObserver& observer_;
  std::string folder_, options_;
  Findings& findings_;
};

enum class Course { usual, no_epochs, diverging, resumed, failing };

void tell(ToldTraining& training, Course course) {
  const std::int64_t first = course == Course::resumed ? 2 : 1, last = course == Course::no_epochs ? 0 : 3;
  training.begin(4 * (first - 1), first);
  for (std::int64_t epoch = first; epoch <= last; ++epoch) {
    for (std::int64_t step = 4 * (epoch - 1) + 1; step <= 4 * epoch; ++step) {
      const bool lost = course == Course::diverging && epoch == 3;
      training.step(step, epoch, lost ? std::nan("") : 2.0 / static_cast<double>(step), step % 2 ? 1.0 / static_cast<double>(step) : std::nan(""));
    }
    // After a request to stop, the epoch goes on to its end.
    training.epoch_end(epoch, course == Course::diverging && epoch == 3 ? std::numeric_limits<double>::infinity() : 2.0 / static_cast<double>(epoch), course != Course::failing);
  }
  training.end(4 * last, last, course == Course::failing ? 1 : course == Course::diverging ? 3 : 0);
}

// The rule has its process for itself: the current folder is its own to choose.
void observer_calls(const Subject& subject, Findings& findings) {
  const TemporaryFolder folder;
  const std::filesystem::path here = std::filesystem::path(folder.path()) / "here", run = std::filesystem::path(folder.path()) / "run";
  std::filesystem::create_directories(here);
  std::filesystem::create_directories(run);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(here);
  for (const OptionTrial& options : accepted_trials<trg_observer_calls>(subject, findings)) {
    for (const Course course : {Course::usual, Course::no_epochs, Course::diverging, Course::resumed, Course::failing}) {
      const HeldObserver observer(subject, options.options);
      if (observer.calls().wants) {
        const Call running("wants");
        const std::int32_t wants = observer.calls().wants(observer.self());
        if (wants & ~(TRG_WANTS_STEPS | TRG_WANTS_GRADIENT_NORM)) findings.error(fmt::format("wants = {} has bits that enum trg_observer_wants does not have", wants), joined({"wants", options.words}), "give bits of enum trg_observer_wants, and no others");
        else if (!observer.calls().step && !observer.calls().epoch_end && !observer.calls().end && course == Course::usual)
          findings.warning("it hears only the beginning of a training: step, epoch_end and end are null", joined({"wants", options.words}), "write step, epoch_end or end; a member of another name is not called");
        else if ((wants & TRG_WANTS_STEPS) && !observer.calls().step) findings.error("it wants steps, but the call step is null", joined({"wants", options.words}), "write step, or do not ask for steps");
      }
      ToldTraining training(observer, course == Course::no_epochs ? "" : run.string(), options.words, findings);
      tell(training, course);
      if (findings.errors() > 0) break;
    }
    const HeldObserver untold(subject, options.options);  // made and destroyed without a training
    if (findings.errors() > 0) break;
  }
  if (!std::filesystem::is_empty(here)) findings.warning("it writes files into the current folder", "begin, step, epoch_end or end", "write into run_folder, where it is not empty");
  std::filesystem::current_path(before);
}

}  // namespace

std::vector<Rule> observer_rules() {
  return {{"observer/calls", "told of trainings in order, it changes nothing that it is given, and asks for a stop by a request", quick, {TRG_OBSERVER}, observer_calls}};
}

}  // namespace teranga::conformance
