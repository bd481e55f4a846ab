// SPDX-License-Identifier: Apache-2.0
// The layers of a network as Keras counts them, and those of a file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <teranga/checkpoint/weights.hpp>
#include <teranga/model/network.hpp>

namespace teranga::train {

// A layer of the network. The parts of a composite layer ("both/forward_layer") are one.
struct OwnLayer {
  std::string name, type;  // the type as Keras writes it: "conv2d"
  bool has_weights = false;
};

// A layer of the file: the groups of its tensors begin with `group`.
struct FileLayer {
  std::string group;  // "dense_1", "sequential/layers/dense"
  std::string model;  // the inner model that it lies in ("sequential"); empty: the whole one
  std::string type;   // "dense"
  int number = 0;     // among those of its type in its model
  std::string name;   // as the file tells it, or empty
  std::vector<const NamedTensor*> tensors;
};

std::vector<OwnLayer> own_layers(const model::Summary& summary, const model::ParameterStore& store);
std::vector<FileLayer> file_layers(const checkpoint::Weights& weights);

// "dense_2" -> "dense" and 2; "dense" -> "dense" and 0.
std::pair<std::string, int> type_and_number(const std::string& group);

bool is_within(const std::string& name, const std::string& outer);

// The parameter or state of `layer` that a tensor of `from` is, or null.
struct Destination {
  std::string name;
  Shape shape;
};
std::vector<Destination> destinations(const FileLayer& from, const std::string& layer, const model::ParameterStore& store);  // one a tensor; an empty name: none

// The layer of the network for each layer of one type in the file, where an inner model hides the order: the one order in which all shapes fit. `layers` are those of
// that type that have weights. Empty where no order fits, or more than one.
std::map<std::string, std::string> only_order_that_fits(const std::vector<const FileLayer*>& from, const std::vector<const OwnLayer*>& layers, const model::ParameterStore& store);

}  // namespace teranga::train
