// SPDX-License-Identifier: Apache-2.0
// It keeps 4 KiB of each instance for ever.
#include "right.hpp"

struct Guest : zoo::Layer {
  explicit Guest(const sdk::Options& options) : zoo::Layer(options) { memory = new double[512](); }
  double* memory;
};

TERANGA_PLUGIN(sdk::layer<Guest>())
