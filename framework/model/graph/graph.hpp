// SPDX-License-Identifier: Apache-2.0
// The network as a graph of nodes in execution order: inputs, layers, and activations made explicit. Knows shapes for one sample,
// where gradients flow, and which tensors the losses judge.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/host/instance.hpp>
#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

#include "graph/activation_calls.hpp"
#include "graph/node_plan.hpp"

namespace teranga::model {

class PluginCatalogue;

struct Source {
  int node = -1;
  int port = 0;
  bool operator==(const Source&) const = default;
};

struct Node {
  std::string name;       // "conv2d_1"; of an activation by sugar "conv2d_1.relu"
  std::string item_name;  // "teranga.conv2d"
  std::string summary_name;
  Position position;
  std::vector<Source> inputs;
  bool trainable = true;
  std::string network;   // of the recipe's layer
  int weights_of = -1;   // node whose parameters it uses
  std::string weights_name, states_name;  // under which they are stored
  int field = -1;        // of an input: index of the data's field
  bool sugar = false;
  std::int64_t fold = 1;  // samples of the layer in one of the batch: axis 1 is folded into axis 0

  const trg_layer_calls* calls = nullptr;
  void* self = nullptr;
  std::optional<host::Layer> layer;
  std::optional<host::Activation> activation;
  ActivationHandle activation_handle{};
  Options options;  // of the item, for absorption
  std::uint64_t random_key = 0;

  // For one sample, from the first planning.
  PlanAnswer facts;
  std::vector<Source> masks;     // one an output: the output whose maker made the mask that travels with it; node -1: none
  bool needs_backward = false;  // some input wants a gradient
  bool runs_backward = false;   // that, or backward carries to backward_params what the gradients of its weights are made of

  bool is_input() const noexcept { return field >= 0; }
  std::string who() const;
};

struct Graph {
  std::vector<std::unique_ptr<Node>> nodes;  // every input of a node stands before it
  std::vector<Source> outputs;               // what losses judge, in their order; without losses the last layer
  Source last;                               // the last layer's output: judged where a loss or metric names none
  std::map<std::string, Source> named;       // a recipe's layer -> its first output, the activation included; "layer.port" -> that output, where a loss or a metric judges it

  const Node& at(int node) const { return *nodes[static_cast<std::size_t>(node)]; }
  Node& at(int node) { return *nodes[static_cast<std::size_t>(node)]; }
  const OutputPort& port(Source source) const { return at(source.node).facts.outputs[static_cast<std::size_t>(source.port)]; }
  // Whether a gradient of this tensor is wanted by anything before it.
  bool wants_gradient(Source source) const;
  int consumers(Source source) const;
  // The output that the mask of this tensor was made for, and how many leading axes it covers.
  std::optional<Source> mask_of(Source source) const;
  std::int32_t mask_rank(Source source) const;
};

// The output of that name of a layer or a composite. Throws Error(usage) with the names that there are.
Source port_named(const std::string& layer, const std::vector<std::pair<std::string, Source>>& outputs, const std::string& port);

// Builds and plans the graph for one sample. Adds to the fields what inputs take that is not of the data. Throws Error(usage) with every fault at its
// place in the recipe.
Graph build_graph(const recipe::Recipe& recipe, std::vector<Field>& fields, const host::Registry& registry, ElementType compute);

}  // namespace teranga::model
