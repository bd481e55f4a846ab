// SPDX-License-Identifier: Apache-2.0
#include "session/keras_weights.hpp"

#include "session/keras_layers.hpp"

#include <teranga/core/error.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

using LayerOfGroup = std::map<std::string, std::string>;

const char* const names_hint = "give the recipe's layers the names of the Keras layers; files of Keras 3 tell them: model.save_weights(\"model.weights.h5\")";

// By the names that the file tells; `all` says whether each of its layers is the recipe's.
LayerOfGroup by_name(const std::vector<FileLayer>& file, const std::vector<OwnLayer>& own, bool& all) {
  LayerOfGroup out;
  for (const FileLayer& layer : file)
    if (!layer.name.empty() && std::any_of(own.begin(), own.end(), [&](const OwnLayer& one) { return one.name == layer.name; })) out[layer.group] = layer.name;
  all = out.size() == file.size();
  return out;
}

[[noreturn]] void refuse_order(const std::vector<const FileLayer*>& layers, const std::vector<const OwnLayer*>& own, const std::string& from) {
  std::vector<std::string> groups, names;
  std::set<std::string> models;
  for (const FileLayer* layer : layers) {
    groups.push_back(layer->name.empty() ? layer->group : fmt::format("{} (\"{}\")", layer->group, layer->name));
    if (!layer->model.empty()) models.insert(layer->model);
  }
  for (const OwnLayer* layer : own) names.push_back(layer->name);
  throw Error(ExitCode::data,
              fmt::format("{}: holds inner models ({}), and their layers can be put in the recipe's order in no way that fits, or in several: its {} layers are {}, the recipe's are {}", from, fmt::join(models, ", "),
                          layers.front()->type, fmt::join(groups, ", "), names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))),
              names_hint);
}

// The k-th layer of a class is the k-th of that type: among those with weights, where there are as many in the file, else among all.
LayerOfGroup by_order(const std::vector<FileLayer>& file, const std::vector<OwnLayer>& own, const model::ParameterStore& store, bool partly, const std::string& from) {
  std::map<std::string, std::vector<const FileLayer*>> of_type;
  for (const FileLayer& layer : file) of_type[layer.type].push_back(&layer);
  LayerOfGroup out;
  for (const auto& [type, layers] : of_type) {
    std::vector<const OwnLayer*> all, with_weights;
    for (const OwnLayer& layer : own) {
      if (layer.type != type) continue;
      all.push_back(&layer);
      if (layer.has_weights) with_weights.push_back(&layer);
    }
    if (std::any_of(layers.begin(), layers.end(), [](const FileLayer* layer) { return !layer->model.empty(); })) {
      const LayerOfGroup found = layers.size() == with_weights.size() ? only_order_that_fits(layers, with_weights, store) : LayerOfGroup();
      if (found.empty() && !partly) refuse_order(layers, with_weights, from);
      out.insert(found.begin(), found.end());
      continue;
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const std::vector<const OwnLayer*>& among = layers.size() == with_weights.size() ? with_weights : all;
      const std::size_t place = layers.size() == with_weights.size() ? i : static_cast<std::size_t>(layers[i]->number);
      if (place < among.size()) out[layers[i]->group] = among[place]->name;
    }
  }
  return out;
}

std::vector<NamedTensor> from_layers(const checkpoint::Weights& weights, const std::vector<OwnLayer>& own, const model::ParameterStore& store, bool partly, const std::string& from) {
  const std::vector<FileLayer> file = file_layers(weights);
  bool all_named = false;
  LayerOfGroup layer_of_group = by_name(file, own, all_named);
  if (!all_named && (!partly || layer_of_group.empty())) layer_of_group = by_order(file, own, store, partly, from);
  std::vector<NamedTensor> out;
  for (const FileLayer& layer : file) {
    const auto known = layer_of_group.find(layer.group);
    const std::vector<Destination> to = known == layer_of_group.end() ? std::vector<Destination>(layer.tensors.size()) : destinations(layer, known->second, store);
    for (std::size_t i = 0; i < to.size(); ++i) out.push_back({to[i].name.empty() ? layer.tensors[i]->name : to[i].name, layer.tensors[i]->tensor});
  }
  return out;
}

// The words of a path between its slashes.
std::vector<std::string> words_of(const std::string& path) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    out.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

// The name of a part, as it stands among the words of a name: "forward_lstm" -> "forward_layer".
std::string part_word(const std::string& word) {
  for (const char* side : {"forward_", "backward_"})
    if (word.starts_with(side)) return std::string(side) + "layer";
  return word;
}

// The parameter of a layer that ends as the path does; of several, the one whose part ("forward_layer", "query") is among the words of the path too.
std::string parameter_of_path(const std::string& layer, const std::vector<std::string>& words, const model::ParameterStore& store) {
  std::vector<std::string> found;
  const auto add = [&](const auto& all) {
    for (const auto& one : all)
      if (is_within(one.name, layer) && one.name.size() > layer.size() && words_of(one.name).back() == words.back()) found.push_back(one.name);
  };
  add(store.parameters());
  add(store.states());
  if (found.size() == 1) return found[0];
  for (const std::string& name : found) {
    const std::vector<std::string> parts = words_of(name);
    if (std::any_of(words.begin(), words.end() - 1, [&](const std::string& word) { return part_word(word) == parts[parts.size() - 2]; })) return name;
  }
  return {};
}

// The recipe's layer for the group of each layer of the file: of that name, or, where the groups bear names that Keras gave ("dense_3"), by class and order.
LayerOfGroup layers_of_names(const checkpoint::Weights& weights, const std::vector<OwnLayer>& own, bool partly) {
  std::vector<std::string> groups;
  LayerOfGroup named, ordered;
  bool all_named = true;
  for (const NamedTensor& tensor : weights.tensors) {
    const std::vector<std::string> words = words_of(tensor.name);
    const auto is_own = [&](const std::string& word) { return std::any_of(own.begin(), own.end(), [&](const OwnLayer& layer) { return layer.name == word && layer.has_weights; }); };
    const auto layer = std::find_if(words.begin(), words.end() - 1, is_own);
    if (layer != words.end() - 1) named[tensor.name.substr(0, tensor.name.rfind('/'))] = *layer;
    else all_named = false;
    if (groups.empty() || groups.back() != words[0]) groups.push_back(words[0]);
  }
  if (all_named || (partly && !named.empty())) return named;
  std::map<std::string, std::size_t> counts;
  for (const std::string& group : groups) {
    const std::string type = type_and_number(group).first;
    std::size_t left = counts[type]++;
    for (const OwnLayer& layer : own)
      if (layer.type == type && layer.has_weights && left-- == 0) ordered[group] = layer.name;
  }
  return ordered;
}

std::vector<NamedTensor> from_names(const checkpoint::Weights& weights, const std::vector<OwnLayer>& own, const model::ParameterStore& store, bool partly, const std::string& from) {
  const LayerOfGroup layer_of_group = layers_of_names(weights, own, partly);
  std::vector<NamedTensor> out;
  std::vector<std::string> unknown;
  for (const NamedTensor& tensor : weights.tensors) {
    const std::vector<std::string> words = words_of(tensor.name);
    auto layer = layer_of_group.find(tensor.name.substr(0, tensor.name.rfind('/')));
    if (layer == layer_of_group.end()) layer = layer_of_group.find(words[0]);
    std::string name = layer == layer_of_group.end() ? std::string() : parameter_of_path(layer->second, words, store);
    if (name.empty()) unknown.push_back(name = tensor.name);
    out.push_back({std::move(name), tensor.tensor});
  }
  if (unknown.empty() || partly) return out;
  throw Error(ExitCode::data, fmt::format("{}: HDF5 weights of Keras 2 or before, whose tensors cannot be told by their names: {}", from, fmt::join(unknown, ", ")),
              "in Keras 3: load the model and save it anew with model.save_weights(\"model.weights.h5\")");
}

}  // namespace

std::vector<NamedTensor> from_keras(const checkpoint::Weights& weights, const model::Summary& summary, const model::ParameterStore& store, bool partly, const std::string& from) {
  const std::vector<OwnLayer> own = own_layers(summary, store);
  return weights.format == checkpoint::WeightsFormat::keras_by_name ? from_names(weights, own, store, partly, from) : from_layers(weights, own, store, partly, from);
}

}  // namespace teranga::train
