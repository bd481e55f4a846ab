// SPDX-License-Identifier: Apache-2.0
// An optimizer that calls exit(LEAVE_WITH) at update LEAVE_AT, on the last rank of Open MPI: a mistake of a plugin, or of a library that it uses.
#include <cstdlib>
#include <vector>

#include <teranga/sdk/training.hpp>

#include "guest_variables.hpp"

namespace sdk = teranga::sdk;

struct Leaving {
  static sdk::Info info() {
    return {.name = "guest.leaving", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Gradient descent that leaves", .formula = "w -= rate g",
            .options = {sdk::real("learning_rate", 0.01).in(0, 1).says("the size of a step along the gradient")}};
  }

  bool last = is_last_rank();
  explicit Leaving(const sdk::Options&) {}

  std::vector<const char*> slots() const { return {}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    if (last && u.step >= number("LEAVE_AT", 1L << 40)) std::exit(static_cast<int>(number("LEAVE_WITH", 0)));
    for (std::int64_t i = 0; i < u.count; ++i) u.weights[i] -= u.rate * u.gradient[i];
  }
};

TERANGA_PLUGIN(sdk::optimizer<Leaving>())
