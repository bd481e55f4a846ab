// SPDX-License-Identifier: Apache-2.0
// An item of a plugin that a rule has made, and what the plugin's calls answer: their error records become words.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <teranga/conformance/call.hpp>
#include <teranga/conformance/option_trials.hpp>
#include <teranga/conformance/rule.hpp>
#include <teranga/host/option_tree.hpp>
#include <teranga/sdk/c/types.h>

namespace teranga::conformance {

// What a call that returns a status answered.
class Answer {
 public:
  Answer() noexcept { native_.size = sizeof(native_), native_.sample = -1; }
  trg_error* record() noexcept { return &native_; }
  Answer& operator=(std::int32_t status) noexcept { return status_ = status, *this; }

  bool ok() const noexcept { return status_ == TRG_OK; }
  std::int32_t status() const noexcept { return status_; }
  std::string words() const;  // "TRG_BAD_SHAPE: \"expects ...\""
  // What is wrong about a refusal itself: a status that does not exist, no text, a text that does not end. Empty: nothing.
  std::string fault() const;

 private:
  trg_error native_{};
  std::int32_t status_ = TRG_OK;
};

// Runs one call: `const Answer answer = answer_of("fill", [&](trg_error* error) { return calls.fill(self, &fill, error); });`
template <class F>
Answer answer_of(const char* call, F&& f) {
  Answer answer;
  const Call running(call);
  answer = f(answer.record());
  return answer;
}

template <class Calls>
class Held {
 public:
  Held(const Subject& subject, const Options& options) : calls_(&subject.calls<Calls>()), options_(std::make_unique<host::OptionTree>(options)) {
    made_ = answer_of("create", [&](trg_error* error) { return calls_->create(options_->native(), &self_, error); });
  }
  ~Held() {
    if (!made_.ok()) return;
    const Call running("destroy");
    calls_->destroy(self_);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  bool ok() const noexcept { return made_.ok(); }
  const Answer& made() const noexcept { return made_; }
  const Calls& calls() const noexcept { return *calls_; }
  void* self() const noexcept { return self_; }

 private:
  const Calls* calls_;
  std::unique_ptr<host::OptionTree> options_;
  void* self_ = nullptr;
  Answer made_;
};

// Options that create takes, the defaults first; as many as can be made within some seconds. Where there are none, the rule is not applicable, and `findings` says so.
using Tries = bool (*)(const Subject& subject, const Options& options, Answer& made);
std::vector<OptionTrial> accepted_trials(const Subject& subject, Findings& findings, Tries tries);
template <class Calls>
std::vector<OptionTrial> accepted_trials(const Subject& subject, Findings& findings) {
  if (!subject.calls<Calls>().create || !subject.calls<Calls>().destroy) return findings.not_applicable("create or destroy is null"), std::vector<OptionTrial>();
  return accepted_trials(subject, findings, [](const Subject& of, const Options& options, Answer& made) {
    const Held<Calls> held(of, options);
    made = held.made();
    return held.ok();
  });
}

// Time for one rule. Where it is spent, the rule ends early, and a note says so.
class Budget {
 public:
  explicit Budget(Findings& findings) : findings_(findings), end_(std::chrono::steady_clock::now() + std::chrono::seconds(15)) {}
  bool spent() {
    const bool over = std::chrono::steady_clock::now() > end_;
    if (over && !told_) findings_.note("not all options were tried: 15 s were over", "", "give options by --set to try certain ones");
    told_ = told_ || over;
    return over;
  }

 private:
  Findings& findings_;
  std::chrono::steady_clock::time_point end_;
  bool told_ = false;
};

// "x, y" of those that are not empty.
std::string joined(const std::vector<std::string>& words);

}  // namespace teranga::conformance
