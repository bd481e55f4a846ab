// SPDX-License-Identifier: Apache-2.0
// It asks for an option that it does not declare.
#include "right.hpp"

struct Guest : zoo::Layer {
  explicit Guest(const sdk::Options& options) : zoo::Layer(options) { initial *= options.real("gain"); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
