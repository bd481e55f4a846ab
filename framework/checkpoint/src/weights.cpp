// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/weights.hpp"

#include <fmt/core.h>

#include <utility>

#include <teranga/h5/file.hpp>

#include "contents.hpp"
#include "envelope.hpp"
#include "keras_file.hpp"
#include "publish.hpp"
#include "teranga/checkpoint/averages.hpp"
#include "teranga/checkpoint/checkpoint.hpp"

namespace teranga::checkpoint {

Weights read_weights_file(const std::string& path) {
  if (!has_envelope(path)) return read_keras_file(path);
  Snapshot snapshot = read(path);
  take_averages(snapshot);
  Weights weights{WeightsFormat::teranga, std::move(snapshot.parameters), {}};
  for (NamedTensor& state : snapshot.states) weights.tensors.push_back(std::move(state));
  return weights;
}

namespace {

h5::File keras_file_of(const std::vector<KerasLayer>& layers, const std::string& who) {
  h5::File file = h5::File::create_image(who);
  file.make_group("layers");
  file.make_group("vars");
  for (const KerasLayer& layer : layers) {
    // An outer layer ("lstm" of "lstm/cell") has a group of variables too, though an empty one.
    for (std::size_t slash = layer.group.find('/'); slash != std::string::npos; slash = layer.group.find('/', slash + 1))
      file.make_group(fmt::format("layers/{}/vars", layer.group.substr(0, slash)));
    const std::string group = fmt::format("layers/{}/vars", layer.group);
    file.make_group(group);
    for (std::size_t index = 0; index < layer.tensors.size(); ++index) {
      const Tensor& tensor = layer.tensors[index];
      write_tensor(file, fmt::format("{}/{}", group, index), {{}, tensor.type(), tensor.shape(), tensor.data()});
    }
    const std::string outermost = fmt::format("layers/{}/vars", layer.group.substr(0, layer.group.find('/')));
    if (!layer.layer.empty() && !file.has_attribute(outermost, "name")) file.set_attribute(outermost, "name", layer.layer);
  }
  return file;
}

}  // namespace

void write_keras_weights(const std::string& path, const std::vector<KerasLayer>& layers) {
  const h5::File file = keras_file_of(layers, fmt::format("weights file '{}'", path));
  publish(path, file.pieces().all, "weights file");
}

std::vector<std::byte> keras_weights_image(const std::vector<KerasLayer>& layers) { return keras_file_of(layers, "weights").image(); }

}  // namespace teranga::checkpoint
