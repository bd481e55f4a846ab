// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/weights.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include <teranga/core/error.hpp>
#include <teranga/h5/walk.hpp>

#include "contents.hpp"
#include "envelope.hpp"
#include "publish.hpp"
#include "teranga/checkpoint/checkpoint.hpp"

namespace teranga::checkpoint {
namespace {

// "dense" < "dense_2" < "dense_10": runs of digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char letter) { return std::isdigit(static_cast<unsigned char>(letter)) != 0; };
  const auto take_number = [&](std::string_view* text) {
    std::size_t size = 0;
    while (size < text->size() && is_digit((*text)[size])) ++size;
    std::string_view number = text->substr(0, size);
    text->remove_prefix(size);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
  };
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view one = take_number(&a);
      const std::string_view other = take_number(&b);
      if (one.size() != other.size()) return one.size() < other.size();
      if (one != other) return one < other;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

// Data sets lie in groups "vars"; everything else is structure.
void collect(const h5::File& file, h5::Walk& walk, const std::string& group, const std::string& prefix, Weights* to) {
  std::vector<h5::Child> children = file.list(group);
  std::sort(children.begin(), children.end(), [](const h5::Child& a, const h5::Child& b) { return natural_less(a.name, b.name); });
  for (const h5::Child& child : children) {
    const std::string path = group + "/" + child.name;
    walk.meet(path, child);
    if (child.kind == h5::Kind::group) {
      if (child.name == "vars" && !prefix.empty() && file.has_attribute(path, "name"))
        if (const h5::Attribute name = file.attribute(path, "name"); std::holds_alternative<std::string>(name))
          to->layer_names[prefix.substr(0, prefix.size() - 1)] = std::get<std::string>(name);
      collect(file, walk, path, prefix + child.name + "/", to);
    } else {
      to->tensors.push_back({prefix + child.name, read_tensor(file, path, child)});
    }
  }
}

Weights read_keras(const std::string& path) {
  const h5::File file = h5::File::open(path);
  if (!file.has("layers"))
    throw Error(ExitCode::data,
                fmt::format("weights file '{}': wanted a Teranga checkpoint or Keras 3 weights (a group 'layers'), found {}", path,
                            file.has("model_weights") ? "a whole Keras model in the old HDF5 format" : "neither"),
                "in Keras 3: model.save_weights(\"model.weights.h5\")");
  Weights weights{WeightsFormat::keras, {}, {}};
  h5::Walk walk(file, h5::Walk::Packed::taken);
  collect(file, walk, "layers", {}, &weights);
  file.end_reading();
  return weights;
}

}  // namespace

Weights read_weights_file(const std::string& path) {
  if (!has_envelope(path)) return read_keras(path);
  Snapshot snapshot = read(path);
  Weights weights{WeightsFormat::teranga, std::move(snapshot.parameters), {}};
  for (NamedTensor& state : snapshot.states) weights.tensors.push_back(std::move(state));
  return weights;
}

void write_keras_weights(const std::string& path, const std::vector<KerasLayer>& layers) {
  h5::File file = h5::File::create_image(fmt::format("weights file '{}'", path));
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
  publish(path, file.pieces().all, "weights file");
}

}  // namespace teranga::checkpoint
