// SPDX-License-Identifier: Apache-2.0
// An optimizer that fails on one rank, in the way that FAILS names, from update FAILS_FROM on: the last rank of Open MPI, or all of them where FAILS_ON is "all".
#include <csignal>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <teranga/sdk/training.hpp>

#include "guest_variables.hpp"

namespace sdk = teranga::sdk;

struct Failing {
  static sdk::Info info() {
    return {.name = "guest.failing", .version = "1.0.0", .licence = "Apache-2.0", .author = "Teranga", .summary = "Gradient descent that fails", .formula = "w -= rate g",
            .options = {sdk::real("learning_rate", 0.01).in(0, 1).says("the size of a step along the gradient")}};
  }

  static std::string text(const char* variable, const char* otherwise) { return std::getenv(variable) ? std::getenv(variable) : otherwise; }

  std::string way = text("FAILS", "");
  long from = number("FAILS_FROM", 1);
  bool here = text("FAILS_ON", "last") == "all" || is_last_rank();
  explicit Failing(const sdk::Options&) {}

  std::vector<const char*> slots() const { return {}; }

  template <class T>
  void update(const sdk::Update<T>& u) const {
    for (std::int64_t i = 0; i < u.count; ++i) u.weights[i] -= u.rate * u.gradient[i];
    if (!here || u.step < from) return;
    if (way == "throw") throw std::runtime_error("the guest has failed");
    if (way == "memory") throw std::bad_alloc();
    if (way == "segfault") std::raise(SIGSEGV);
    if (way == "abort") std::abort();
    if (way == "kill") std::raise(SIGKILL);
  }
};

TERANGA_PLUGIN(sdk::optimizer<Failing>())
