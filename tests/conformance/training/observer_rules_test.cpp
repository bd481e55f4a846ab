// SPDX-License-Identifier: Apache-2.0
// The rule of observers names observers that are wrong in one way, and lets right ones pass.
#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <teranga/sdk/observer.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {
namespace {

enum class ObserverFault { none, needs_norm, here, begins_once, keeps_view, no_reason, in_create };

// Writes the losses of a run, and asks for a stop where the loss is small.
template <ObserverFault F>
struct Losses {
  static constexpr bool gradient_norm = true;
  static sdk::Info info() { return info_of("losses"); }
  explicit Losses(const sdk::Options&) {
    if (F == ObserverFault::in_create) std::ofstream("losses.csv") << "epoch,loss\n";
  }
  std::string folder;
  std::string_view view;
  bool begun = false;
  void begin(const sdk::TrainingStart& start) {
    folder = start.run_folder, view = start.run_folder;
    if (F == ObserverFault::begins_once && std::exchange(begun, true)) throw sdk::Error(TRG_FAILED, "the file is open already");
  }
  void step(const sdk::StepReport& step) {
    if (F == ObserverFault::needs_norm && step.gradient_norm != step.gradient_norm) throw sdk::Error(TRG_FAILED, "the norm is missing");
    if (step.loss < 0.3) step.stop(F == ObserverFault::no_reason ? "" : "the loss is small enough");
    if (F == ObserverFault::keeps_view) folder = std::string(view);
  }
  void epoch_end(const sdk::EpochReport& epoch) {
    const std::string path = F == ObserverFault::here ? "losses.csv" : folder + "/losses.csv";
    if (F == ObserverFault::here || !folder.empty()) std::ofstream(path, std::ios::app) << epoch.epoch << "," << epoch.value("loss").value_or(0) << "\n";
  }
};

enum class RawFault { writes_told, writes_measures, long_reason, stop_two, beyond_request, unknown_wants, steps_without_call, norms_without_call, norms_without_steps, silent };

// By the C table: what the C++ layer does not let through.
template <RawFault F>
struct Raw {
  static std::int32_t create(const trg_options*, void** observer, trg_error*) { return *observer = nullptr, TRG_OK; }
  static void destroy(void*) {}
  static std::int32_t wants(void*) { return F == RawFault::unknown_wants ? 64 : F == RawFault::norms_without_call || F == RawFault::norms_without_steps ? TRG_WANTS_GRADIENT_NORM : TRG_WANTS_STEPS; }
  static std::int32_t step(void*, const trg_training_step* told, trg_stop_request* request, trg_error*) {
    if (F == RawFault::writes_told) const_cast<trg_training_step*>(told)->loss = 0;
    if (F == RawFault::stop_two) request->stop = 2;
    if (F == RawFault::long_reason) request->stop = 1, std::memset(request->reason, 'x', sizeof(request->reason));
    if (F == RawFault::beyond_request) std::memset(request->reason, 0, 400);
    return F == RawFault::silent ? TRG_FAILED : TRG_OK;
  }
  static std::int32_t epoch_end(void*, const trg_training_epoch* told, trg_stop_request*, trg_error*) {
    if (F == RawFault::writes_measures && told->measure_count > 0) const_cast<trg_measure*>(told->measures)->value = 0;
    return TRG_OK;
  }
  static constexpr trg_observer_calls calls = {sizeof(trg_observer_calls), create, destroy, wants, nullptr, F == RawFault::steps_without_call || F == RawFault::norms_without_call ? nullptr : step, epoch_end, nullptr};
  static sdk::Item item() { return {TRG_OBSERVER, info_of("raw"), &calls}; }
};

template <RawFault F>
Checked check_raw() { return check("observer/calls", Raw<F>::item()); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_right_observer_passes) {
  const Checked found = check("observer/calls", sdk::observer<Losses<ObserverFault::none>>());
  BOOST_TEST(found.passed(), found.words());
}

BOOST_AUTO_TEST_CASE(observers_that_change_what_they_are_told_or_ask_wrongly_are_named) {
  BOOST_TEST(check("observer/calls", sdk::observer<Losses<ObserverFault::needs_norm>>()).names("\"the norm is missing\""));
  BOOST_TEST(check_raw<RawFault::writes_told>().names("changes what it is told"));
  BOOST_TEST(check_raw<RawFault::writes_measures>().names("changes what it is told"));
  BOOST_TEST(check_raw<RawFault::stop_two>().names("stop = 2"));
  BOOST_TEST(check_raw<RawFault::long_reason>().names("does not end"));
  BOOST_TEST(check_raw<RawFault::unknown_wants>().names("wants = 64"));
  BOOST_TEST(check_raw<RawFault::steps_without_call>().names("the call step is null"));
  BOOST_TEST(check_raw<RawFault::norms_without_call>().names("it wants gradient norms, but the call step"));
  BOOST_TEST(check_raw<RawFault::norms_without_steps>().names("it wants gradient norms, but not steps"));
  BOOST_TEST(check("observer/calls", sdk::observer<Losses<ObserverFault::begins_once>>()).names("\"the file is open already\""));
  BOOST_TEST(touches_forbidden_memory("observer/calls", sdk::observer<Losses<ObserverFault::keeps_view>>()));
  BOOST_TEST(check_raw<RawFault::silent>().names("no text"));
  BOOST_TEST(touches_forbidden_memory("observer/calls", Raw<RawFault::beyond_request>::item()));
}

BOOST_AUTO_TEST_CASE(a_stop_without_a_reason_is_warned_of_once) {
  const Checked found = check("observer/calls", sdk::observer<Losses<ObserverFault::no_reason>>());
  BOOST_TEST(found.findings.size() == 1U, found.words());
  BOOST_TEST(found.warns("without a reason"), found.words());
}

BOOST_AUTO_TEST_CASE(files_outside_of_the_run_are_warned_of) {
  const Checked found = check("observer/calls", sdk::observer<Losses<ObserverFault::here>>());
  BOOST_TEST_REQUIRE(!found.findings.empty());
  BOOST_TEST((found.findings[0].severity == Severity::warning && found.findings[0].text.find("current folder") != std::string::npos));
  BOOST_TEST(check("observer/calls", sdk::observer<Losses<ObserverFault::in_create>>()).warns("create writes files"));
}

}  // namespace teranga::tests
