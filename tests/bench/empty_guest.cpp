// SPDX-License-Identifier: Apache-2.0
// A layer that computes nothing: what is left is the call.
#include <teranga/sdk/layer.hpp>

namespace sdk = teranga::sdk;

struct Empty {
  static sdk::LayerInfo info() {
    return {.name = "guest.empty", .author = "Teranga", .summary = "Computes nothing", .formula = "y = nothing"};
  }
  explicit Empty(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.real_input(0).shape); }
  template <class T>
  [[gnu::noinline]] void forward(const sdk::Slice<T>& s) const {
    __asm__ volatile("" ::"r"(&s) : "memory");
  }
};

TERANGA_PLUGIN(sdk::layer<Empty>())
