// SPDX-License-Identifier: Apache-2.0
#include "keras_weights_of.hpp"

#include <algorithm>
#include <string_view>

namespace teranga::exchange {
namespace {

bool is_in_group(std::string_view tensor, std::string_view group) { return tensor.size() > group.size() && tensor.starts_with(group) && tensor[group.size()] == '/'; }

// In the older format groups bear the names of layers: "encoder/dense_1/kernel". What stands behind the layer's name: "kernel"; empty: the tensor is of another layer.
std::string_view behind_names(std::string_view tensor, std::string_view where) {
  for (std::size_t begin = 0; begin < where.size();) {
    const std::size_t end = std::min(where.find('/', begin), where.size());
    const std::string_view name = where.substr(begin, end - begin);
    begin = end + 1;
    while (!is_in_group(tensor, name)) {  // a name may be told more than once, or not first
      const std::size_t slash = tensor.find('/');
      if (slash == tensor.npos || begin == name.size() + 1) return {};
      tensor.remove_prefix(slash + 1);
    }
    tensor.remove_prefix(name.size() + 1);
  }
  return tensor;
}

std::string_view own_part_of(const KerasFile& file, const KerasCall& call, std::string_view tensor) {
  if (file.weights.format == checkpoint::WeightsFormat::keras_by_name) return behind_names(tensor, call.where);
  return !call.group.empty() && is_in_group(tensor, call.group) ? tensor.substr(call.group.size() + 1) : std::string_view();
}

}  // namespace

bool has_weights(const KerasFile& file, const KerasCall& call) {
  return std::any_of(file.weights.tensors.begin(), file.weights.tensors.end(), [&](const NamedTensor& tensor) {
    const std::string_view part = own_part_of(file, call, tensor.name);
    return !part.empty() && part.find("seed_generator") == part.npos;
  });
}

checkpoint::Weights weights_of(const KerasFile& file, const KerasGraph& graph, const std::vector<std::size_t>& owners) {
  checkpoint::Weights out;
  out.format = file.weights.format;
  for (const std::size_t owner : owners) {
    const KerasCall& call = graph.calls[owner];
    out.layer_names[call.name] = call.name;
    for (const NamedTensor& tensor : file.weights.tensors)
      if (const std::string_view part = own_part_of(file, call, tensor.name); !part.empty()) out.tensors.push_back({call.name + "/" + std::string(part), tensor.tensor});
  }
  return out;
}

}  // namespace teranga::exchange
