// SPDX-License-Identifier: Apache-2.0
// For keras_weights_test.py: `FROM TO` reads Keras weights and writes them again, all through the module's own two calls.
#include <fmt/core.h>
#include <teranga/checkpoint/weights.hpp>
#include <teranga/core/error.hpp>

#include <string>

int main(int count, char** words) {
  if (count != 3) return 2;
  try {
    std::vector<teranga::checkpoint::KerasLayer> layers;
    for (auto& named : teranga::checkpoint::read_weights(words[1])) {
      const std::string group = named.name.substr(0, named.name.rfind("/vars/"));
      if (layers.empty() || layers.back().group != group) layers.push_back({group, {}});
      layers.back().tensors.push_back(std::move(named.tensor));
    }
    teranga::checkpoint::write_keras_weights(words[2], layers);
  } catch (const teranga::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
