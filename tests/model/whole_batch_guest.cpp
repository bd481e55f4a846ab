// SPDX-License-Identifier: Apache-2.0
// A layer that wants the whole batch at once: y = 2 x.
#include <teranga/sdk/layer.hpp>

namespace sdk = teranga::sdk;

struct Twice {
  static sdk::LayerInfo info() {
    return {.name = "guest.twice", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = 2 x", .options = {}};
  }

  explicit Twice(const sdk::Options&) {}

  void plan(sdk::LayerPlan& p) const {
    p.output(p.input(0).shape);
    p.offers(TRG_FORWARD, TRG_BATCH).offers(TRG_BACKWARD, TRG_BATCH);
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = 2 * x;
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = 2 * dy;
  }
};

TERANGA_PLUGIN(sdk::layer<Twice>())
