// SPDX-License-Identifier: Apache-2.0
// An instance of any item, made from options through the border and given back at the end.
#pragma once

#include <memory>
#include <optional>

#include <teranga/conformance/call.hpp>
#include <teranga/conformance/error_record.hpp>
#include <teranga/conformance/option_trials.hpp>
#include <teranga/conformance/rule.hpp>
#include <teranga/host/activation_lender.hpp>
#include <teranga/host/option_tree.hpp>

namespace teranga::conformance {

// What the tables of all kinds begin with.
struct LifeCalls {
  std::size_t size;
  std::int32_t (*create)(const trg_options* options, void** instance, trg_error* error);
  void (*destroy)(void* instance);
};

// Whether an item's options name parts of other plugins, which the host then lends.
bool borrows(const Subject& subject);

class TrialInstance {
 public:
  TrialInstance(const Subject& subject, const Options& options);
  ~TrialInstance();
  TrialInstance(TrialInstance&& other) noexcept;
  TrialInstance& operator=(TrialInstance&&) = delete;

  std::int32_t status() const noexcept { return status_; }
  const ErrorRecord& record() const noexcept { return *record_; }
  void* self() const noexcept { return self_; }
  explicit operator bool() const noexcept { return status_ == TRG_OK && self_; }

 private:
  const LifeCalls* calls_;
  std::unique_ptr<host::OptionTree> options_;  // they live as long as the instance
  std::unique_ptr<ErrorRecord> record_;
  std::int32_t status_ = TRG_FAILED;
  void* self_ = nullptr;
};

}  // namespace teranga::conformance
