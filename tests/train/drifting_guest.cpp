// SPDX-License-Identifier: Apache-2.0
// An optimizer that computes something else on one rank, as a broken machine does: from update DRIFT_FROM on, plain descent on the last rank of Open MPI takes one weight
// of what it updates a little further.
#include <cstdlib>
#include <vector>

#include <teranga/sdk/training.hpp>

namespace sdk = teranga::sdk;

struct Drifting {
  static sdk::Info info() {
    return {.name = "guest.drifting", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Gradient descent with a fault", .formula = "w -= rate g",
            .options = {sdk::real("learning_rate", 0.01).in(0, 1).says("the size of a step along the gradient")}};
  }

  static long number(const char* variable, long otherwise) { return std::getenv(variable) ? std::atol(std::getenv(variable)) : otherwise; }

  bool last = number("OMPI_COMM_WORLD_RANK", 0) == number("OMPI_COMM_WORLD_SIZE", 1) - 1;
  long from = number("DRIFT_FROM", 1L << 40);
  explicit Drifting(const sdk::Options&) {}

  std::vector<const char*> slots() const { return {}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    for (std::int64_t i = 0; i < u.count; ++i) u.weights[i] -= u.rate * u.gradient[i];
    if (last && u.step >= from) u.weights[u.count / 2] += static_cast<T>(1e-6);
  }
};

TERANGA_PLUGIN(sdk::optimizer<Drifting>())
