// SPDX-License-Identifier: Apache-2.0
// A layer that changes nothing, but for the batches that FAULTY_BATCHES names ("5,9", from 1, by their backward passes in this process): their outputs are NaN, on the last rank of Open MPI alone. With
// FAULTY_GRADIENTS=1 the outputs stay, and the gradients become infinite.
#include <atomic>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string>

#include <teranga/sdk/layer.hpp>

#include "guest_variables.hpp"

namespace sdk = teranga::sdk;

namespace {

std::atomic<long> batches{0};

bool is_faulty(long batch) {
  if (!is_last_rank()) return false;
  std::istringstream list(std::getenv("FAULTY_BATCHES") ? std::getenv("FAULTY_BATCHES") : "");
  for (std::string one; std::getline(list, one, ',');)
    if (std::stol(one) == batch) return true;
  return false;
}

}  // namespace

struct Faulty {
  static sdk::LayerInfo info() { return {.name = "guest.faulty", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .formula = "y = x"}; }

  explicit Faulty(const sdk::Options&) {}

  void plan(sdk::LayerPlan& p) const {
    p.output(p.input(0).shape);
    p.offers(TRG_FORWARD, TRG_BATCH).offers(TRG_BACKWARD, TRG_BATCH);
  }

  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    const bool spoils = is_faulty(batches + 1) && number("FAULTY_GRADIENTS", 0) == 0;
    for (auto [x, y] : s.rows(s.in(0), s.out(0))) y = spoils ? std::numeric_limits<T>::quiet_NaN() : x;
  }

  template <class T>
  void backward(const sdk::Slice<T>& s) const {
    const bool spoils = is_faulty(++batches) && number("FAULTY_GRADIENTS", 0) != 0;
    for (auto [dy, dx] : s.rows(s.d_out(0), s.d_in(0))) dx = spoils ? std::numeric_limits<T>::infinity() : dy;
  }
};

TERANGA_PLUGIN(sdk::layer<Faulty>())
