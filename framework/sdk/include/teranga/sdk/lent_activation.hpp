// SPDX-License-Identifier: Apache-2.0
// An activation that a layer applies itself: `LentActivation tanh_(options.component("activation"))` in its constructor takes whatever the
// recipe names, from whichever vendor, and offers its value and gradient over rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include <teranga/sdk/activation.hpp>

namespace teranga::sdk {

class LentActivation {
 public:
  // Empty: linear. Throws where the host has no such activation.
  explicit LentActivation(const Component& component) : name_(component.type()) {
    if (name_.empty()) return;
    if (name_ == "teranga.linear") return;
    const auto* lender = static_cast<const trg_activation_lender*>(host().extension ? host().extension(TRG_ACTIVATION_LENDER) : nullptr);
    if (!lender) throw Error(TRG_FAILED, "the host lends no activations (" TRG_ACTIVATION_LENDER ")");
    guarded([&](trg_error* error) { return lender->lend(component.native(), &calls_, &self_, error); });
  }

  // Qualified: "teranga.tanh". A layer may know some by name and fuse them; "" and "teranga.linear" do nothing.
  const std::string& name() const { return name_; }
  bool is_linear() const { return !calls_; }
  std::int32_t needs() const { return calls_ ? calls_->needs(self_) : 0; }

  // y may be x.
  template <class T>
  void value(const Block<T>& b) const {
    if (calls_) guarded([&](trg_error* error) { return calls_->value(self_, sizeof(T) == 8 ? TRG_F64 : TRG_F32, b.rows, b.length, b.x, b.y, error); });
    else if (b.y != b.x) std::copy_n(b.x, b.count(), b.y);
  }
  // dx = dy f'(x); dx may be dy; x and y as needs() says.
  template <class T>
  void gradient(const GradientBlock<T>& b) const {
    if (calls_) guarded([&](trg_error* error) { return calls_->gradient(self_, sizeof(T) == 8 ? TRG_F64 : TRG_F32, b.rows, b.length, b.x, b.y, b.dy, b.dx, error); });
    else if (b.dx != b.dy) std::copy_n(b.dy, b.count(), b.dx);
  }

 private:
  // Throws what a call reports. The record is large, so a call that succeeds does not clear it.
  template <class Call>
  static void guarded(Call&& call) {
    trg_error error;
    error.size = sizeof(error);
    error.code = TRG_OK, error.sample = -1;
    error.where[0] = error.text[0] = error.hint[0] = 0;
    if (call(&error) != TRG_OK) throw Error(error.code, error.text, error.where, error.hint, error.sample);
  }

  std::string name_;
  const trg_activation_calls* calls_ = nullptr;
  void* self_ = nullptr;
};

}  // namespace teranga::sdk
