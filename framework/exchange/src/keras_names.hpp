// SPDX-License-Identifier: Apache-2.0
// The classes of Keras for types of Teranga.
#pragma once

#include <string>
#include <string_view>

namespace teranga::exchange {

// kind: "layer", "loss", "optimizer", "metric", "initializer", "schedule"; `type` is short ("max_pooling2d"). Empty: Keras has no such class.
std::string keras_class(std::string_view kind, std::string_view type);
// Of an activation function, Keras's name ("swish" -> "silu"); empty: Keras has none.
std::string keras_activation(std::string_view type);

}  // namespace teranga::exchange
