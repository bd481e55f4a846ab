// SPDX-License-Identifier: Apache-2.0
// It breaks at one end of the range that it declares.
#include "right.hpp"

struct Guest : zoo::Layer {
  explicit Guest(const sdk::Options& options) : zoo::Layer(options) { table.at(static_cast<std::size_t>(initial)) = 1; }
  std::vector<int> table = {0, 0};  // for 0.5 to 1.99, and not for 2
};

TERANGA_PLUGIN(sdk::layer<Guest>())
