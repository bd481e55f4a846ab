// SPDX-License-Identifier: Apache-2.0
// The order in which Keras keeps the layers of a functional model, by which it numbers the groups of weights: those that are far from the outputs come first, and
// among equals those that are met first on the way back from the outputs.
#pragma once

#include <cstddef>
#include <vector>

namespace teranga::exchange {

struct OrderedCall {
  std::size_t layer = 0;             // that is called
  std::vector<std::size_t> parents;  // calls whose outputs it takes, in order
};

// Numbers of layers. `outputs` are calls.
std::vector<std::size_t> keras_order(const std::vector<OrderedCall>& calls, const std::vector<std::size_t>& outputs);

}  // namespace teranga::exchange
