// SPDX-License-Identifier: Apache-2.0
// Its constructor throws, whatever the options are.
#include "right.hpp"

struct Guest : zoo::Layer {
  explicit Guest(const sdk::Options& options) : zoo::Layer(options) { throw std::runtime_error("the constructor has failed"); }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
