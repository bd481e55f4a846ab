// SPDX-License-Identifier: Apache-2.0
// The weights of a Keras file under the names of the recipe's layers.
#pragma once

#include <teranga/checkpoint/weights.hpp>

#include "keras_graph.hpp"

namespace teranga::exchange {

// Whether the file holds weights of the layer that is called.
bool has_weights(const KerasFile& file, const KerasCall& call);

// Those of the calls that `owners` name (indices), each in a group of the call's name.
checkpoint::Weights weights_of(const KerasFile& file, const KerasGraph& graph, const std::vector<std::size_t>& owners);

}  // namespace teranga::exchange
