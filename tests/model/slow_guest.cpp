// SPDX-License-Identifier: Apache-2.0
// A layer that changes nothing and takes its time, so long in each call.
#include <teranga/sdk/layer.hpp>

#include <chrono>
#include <thread>

namespace sdk = teranga::sdk;

struct Slow {
  static sdk::LayerInfo info() {
    return {.name = "guest.slow", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = x",
            .options = {sdk::integer("forward_ms", 0).in(0, 1000).says("milliseconds of a call forward"), sdk::integer("backward_ms", 0).in(0, 1000).says("milliseconds of a call backward"),
                        sdk::boolean("whole", false).says("takes the whole batch at once")}};
  }

  std::chrono::milliseconds forward_time, backward_time;
  bool whole;
  explicit Slow(const sdk::Options& options) : forward_time(options.integer("forward_ms")), backward_time(options.integer("backward_ms")), whole(options.boolean("whole")) {}

  void plan(sdk::LayerPlan& p) const {
    p.output(p.input(0).shape);
    if (whole) p.offers(TRG_FORWARD, TRG_BATCH).offers(TRG_BACKWARD, TRG_BATCH);
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = x;
    std::this_thread::sleep_for(forward_time);
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = dy;
    std::this_thread::sleep_for(backward_time);
  }
};

TERANGA_PLUGIN(sdk::layer<Slow>())
