// SPDX-License-Identifier: Apache-2.0
// The classes of Keras for types of Teranga.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace teranga::exchange {

// kind: "layer", "loss", "optimizer", "metric", "initializer", "schedule"; `type` is short ("max_pooling2d"). Empty: Keras has no such class.
std::string keras_class(std::string_view kind, std::string_view type);
// Of an activation function, Keras's name ("swish" -> "silu"); empty: Keras has none.
std::string keras_activation(std::string_view type);
// Constraints of weights: the type, and Keras's class.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 4> weight_constraints = {{{"max_norm", "MaxNorm"}, {"min_max_norm", "MinMaxNorm"}, {"unit_norm", "UnitNorm"}, {"non_neg", "NonNeg"}}};

}  // namespace teranga::exchange
