// SPDX-License-Identifier: Apache-2.0
// A layer that changes nothing, and loops.
#include <teranga/sdk/layer.hpp>

#include "stalling_guest.hpp"

namespace sdk = teranga::sdk;

struct Looping {
  static sdk::LayerInfo info() { return {.name = "guest.looping", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = x"}; }

  explicit Looping(const sdk::Options&) {}
  void plan(sdk::LayerPlan& p) const { p.output(p.input(0).shape); }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    static std::atomic<long> calls{0};
    count_call(calls, true);
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = x;
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = dy;
  }
};

TERANGA_PLUGIN(sdk::layer<Looping>())
