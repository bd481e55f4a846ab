// SPDX-License-Identifier: Apache-2.0
// It says what is wrong where the name of the option belongs.
#include "right.hpp"

struct Guest : zoo::Layer {
  explicit Guest(const sdk::Options& options) : zoo::Layer(options) {
    if (initial > 1.5) throw sdk::OptionError("is larger than 1.5", "initial");
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
