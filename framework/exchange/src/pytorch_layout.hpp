// SPDX-License-Identifier: Apache-2.0
// The weights of a layer by the names and in the axes of torch.nn.
#pragma once

#include <string>
#include <vector>

#include <teranga/recipe/recipe.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::exchange {

// `own`: "dense/kernel", ... Faults are added where torch.nn has no such layer.
std::vector<NamedTensor> in_pytorch_layout(const recipe::LayerRecipe& layer, const std::vector<NamedTensor>& own, std::vector<std::string>& faults);

}  // namespace teranga::exchange
