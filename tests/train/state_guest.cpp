// SPDX-License-Identifier: Apache-2.0
// y = x + state. The state stays 0, but for the faults that variables ask for: STATE_NAN_AT=5 makes it NaN in the fifth training step, and STATE_OF_RANK=1 gives each rank another one, though the layer
// declares that all ranks make the same.
#include <atomic>
#include <cstdlib>
#include <limits>

#include <teranga/sdk/layer.hpp>

#include "guest_variables.hpp"

namespace sdk = teranga::sdk;

struct State {
  static sdk::LayerInfo info() { return {.name = "guest.state", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = x + state"}; }

  explicit State(const sdk::Options&) {}

  void plan(sdk::LayerPlan& p) const { p.output(p.input(0).shape).state("offset", {1}, sdk::zeros(), {.merge = TRG_MERGE_SAME}); }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const bool of_rank = number("STATE_OF_RANK", 0) != 0;
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = of_rank ? x : x + s.state_in(0)[0];
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = dy;
  }

  template <class T>
  void update_state(const sdk::Slice<T>& s) const {
    static std::atomic<long> steps{0};
    const bool spoils = ++steps == number("STATE_NAN_AT", 0), of_rank = number("STATE_OF_RANK", 0) != 0 && is_last_rank();
    s.state_out(0)[0] = spoils ? std::numeric_limits<T>::quiet_NaN() : of_rank ? T(1) : T(0);
  }
};

TERANGA_PLUGIN(sdk::layer<State>())
