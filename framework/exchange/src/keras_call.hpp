// SPDX-License-Identifier: Apache-2.0
// One call of a layer as Keras 3 and Keras 2 write it among the "inbound_nodes" of the layer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "json.hpp"

namespace teranga::exchange {

// An output of a call, by the layer's name in its model.
struct KerasHistory {
  std::string layer;
  std::size_t node = 0;
  int port = 0;
  std::size_t rank = 0;  // 0: it is not told
};

struct WrittenCall {
  std::vector<KerasHistory> inputs, masks;
  Json arguments = Json::object();
};

// The tensors in a value, in order; of a dictionary in the order of its keys, which are added to `keys` where it is the outermost value.
std::vector<KerasHistory> tensors_in(const Json& value, std::vector<std::string>* keys = nullptr);

// Throws Json::exception where the text is not as Keras writes it.
WrittenCall written_call(const Json& node);

}  // namespace teranga::exchange
