// SPDX-License-Identifier: Apache-2.0
// Which tensor of a file of Keras belongs to which parameter or state of a network.
#pragma once

#include <string>
#include <vector>

#include <teranga/checkpoint/weights.hpp>
#include <teranga/model/network.hpp>

namespace teranga::train {

// Layers are matched by the names that the file tells where the recipe has them all, or some of them where `partly`. Otherwise the k-th layer of a class
// belongs to the k-th layer of that type; where inner models hide the order, the one order in which all shapes fit. The tensors come under the network's
// names, those that belong nowhere under the file's own. Throws Error(data) where the order cannot be told; `from` names the file.
std::vector<NamedTensor> from_keras(const checkpoint::Weights& weights, const model::Summary& summary, const model::ParameterStore& store, bool partly, const std::string& from);

}  // namespace teranga::train
