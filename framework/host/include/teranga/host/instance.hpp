// SPDX-License-Identifier: Apache-2.0
// A living layer, loss, optimizer, ... of a plugin: made from options, destroyed with its owner. Turns the border's error record into
// the framework's Error, with plugin and call named.
#pragma once

#include <memory>
#include <string>

#include <teranga/core/error.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/foreign_call.hpp>
#include <teranga/host/option_tree.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/sdk/c/dataset.h>
#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/c/observer.h>
#include <teranga/sdk/c/training.h>

namespace teranga::host {

// An error that a plugin reported, before it has become an exception: calls on workers keep it here.
struct Report {
  trg_error native;
  Report() noexcept {  // not all of its texts: this is for every call
    native.size = sizeof(native), native.code = TRG_OK, native.reserved = 0, native.sample = -1;
    native.where[0] = native.text[0] = native.hint[0] = '\0';
  }
};

// Throws what the report of a call says that returned this status; `who` is "layer conv2d_1 (teranga.conv2d)".
[[noreturn]] void raise(std::int32_t status, const trg_error& report, const std::string& who);
ExitCode exit_code(std::int32_t status) noexcept;

// "loss huber", "data set csv": as messages call an item. A vendor's own keeps the vendor's name.
std::string spoken_name(const Item& item);

template <class Calls>
class Instance {
 public:
  // Throws Error as the plugin reports it; `name` is what the instance is called in messages ("dense_1"), may be empty.
  Instance(const Item& item, const Options& options, std::string name = {})
      : Instance(item, options, std::move(name), "create", static_cast<const Calls*>(item.native->calls)->create) {}
  // Made by another call than `create` that does the same in its own way: make(options, &self, &error).
  template <class F>
  Instance(const Item& item, const Options& options, std::string name, const char* call, F&& make)
      : item_(&item), name_(std::move(name)), options_(std::make_unique<OptionTree>(options)), calls_(static_cast<const Calls*>(item.native->calls)) {
    guard(call, [&](trg_error* error) { return make(options_->native(), &self_, error); });
  }
  ~Instance() {
    if (self_) host::destroy(item_->name.c_str(), label(), "destroy", [&] { calls_->destroy(self_); });
  }
  Instance(Instance&& other) noexcept
      : item_(other.item_), name_(std::move(other.name_)), options_(std::move(other.options_)), calls_(other.calls_), self_(std::exchange(other.self_, nullptr)) {}
  Instance& operator=(Instance&&) = delete;

  const Item& item() const noexcept { return *item_; }
  const std::string& name() const noexcept { return name_; }
  const Calls& calls() const noexcept { return *calls_; }
  void* self() const noexcept { return self_; }
  const trg_options* options() const noexcept { return options_->native(); }
  const char* label() const noexcept { return name_.empty() ? nullptr : name_.c_str(); }
  std::string who() const {
    const std::string kind = to_string(item_->kind), type = item_->name.starts_with("teranga.") ? item_->short_name : item_->name;
    return name_.empty() ? spoken_name(*item_) : kind + " \"" + name_ + "\"" + (name_ == type ? "" : " (" + type + ")");
  }

  // Runs a call and throws what it reports, or what it has thrown through the border.
  template <class F>
  void guard(const char* call, F&& f) const {
    Report report;
    const Breadcrumb crumb(item_->name.c_str(), label(), call);
    if (const std::int32_t status = foreign_call(&report.native, [&] { return f(&report.native); }); status != TRG_OK) raise(status, report.native, who());
  }

 private:
  const Item* item_;
  std::string name_;
  std::unique_ptr<OptionTree> options_;
  const Calls* calls_;
  void* self_ = nullptr;
};

using Layer = Instance<trg_layer_calls>;
using Activation = Instance<trg_activation_calls>;
using Loss = Instance<trg_loss_calls>;
using Optimizer = Instance<trg_optimizer_calls>;
using Metric = Instance<trg_metric_calls>;
using Schedule = Instance<trg_schedule_calls>;
using Initializer = Instance<trg_initializer_calls>;
using Dataset = Instance<trg_dataset_calls>;
using Observer = Instance<trg_observer_calls>;

}  // namespace teranga::host
