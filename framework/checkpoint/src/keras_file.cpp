// SPDX-License-Identifier: Apache-2.0
// Keras 3 (`.weights.h5`) has a group for each layer, named after its class, in a group "layers"; an inner model has such a group of its own. The tf.keras of
// TensorFlow 2.12 to 2.15 calls that group "_layer_checkpoint_dependencies". A subclassed model has groups that are named after its attributes. Before, and in
// whole models (`.h5`), groups are named after layers, and tensors by what they are.
#include "keras_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <utility>

#include <teranga/core/error.hpp>
#include <teranga/h5/walk.hpp>

#include "contents.hpp"
#include "teranga/checkpoint/foreign_file.hpp"

namespace teranga::checkpoint {
namespace {

constexpr std::string_view old_layers = "_layer_checkpoint_dependencies";

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

std::vector<h5::Child> children_of(const h5::File& file, const std::string& group) {
  std::vector<h5::Child> children = file.list(group);
  std::sort(children.begin(), children.end(), [](const h5::Child& a, const h5::Child& b) { return natural_less(a.name, b.name); });
  return children;
}

// Of the model as a whole, beside its layers.
bool is_no_layer(std::string_view name) {
  return name == "vars" || name.starts_with("optimizer") || name.ends_with("seed_generator") || name.find("metrics") != name.npos || name == "loss_tracker" ||
         (name.starts_with('_') && name != old_layers);
}

class Reader {
 public:
  explicit Reader(const h5::File& file) : file_(file), walk_(file, h5::Walk::Packed::taken) {}

  // Keras 3 and tf.keras: data sets lie in groups "vars"; everything else is structure.
  Weights layers() {
    weights_.format = WeightsFormat::keras;
    for (const h5::Child& child : children_of(file_, "/")) {
      if (child.kind != h5::Kind::group || is_no_layer(child.name)) continue;
      walk_.meet("/" + child.name, child);
      const bool is_list = child.name == "layers" || child.name == old_layers;
      add_layers(child.name, is_list ? "" : child.name + "/", child.name == old_layers);
    }
    return std::move(weights_);
  }

  // Before Keras 3: what lies in the group of a layer are its tensors.
  Weights named(const std::string& group) {
    weights_.format = WeightsFormat::keras_by_name;
    for (const h5::NamedAttribute& one : file_.attributes(group))  // one that cannot be read tells no order
      if (one.name == "layer_names" && std::holds_alternative<std::vector<std::string>>(one.value)) order_ = std::get<std::vector<std::string>>(one.value);
    add_named(group, "");
    return std::move(weights_);
  }

 private:
  void add_layers(const std::string& group, const std::string& prefix, bool numbered_anew) {
    std::map<std::string, int> counts;
    for (const h5::Child& child : children_of(file_, group)) {
      const std::string path = group + "/" + child.name;
      walk_.meet(path, child);
      if (child.kind != h5::Kind::group) {
        weights_.tensors.push_back({prefix + child.name, read_tensor(file_, path, child)});
        continue;
      }
      if (child.name == "vars" && !prefix.empty() && file_.has_attribute(path, "name"))
        if (const h5::Attribute name = file_.attribute(path, "name"); std::holds_alternative<std::string>(name))
          weights_.layer_names[prefix.substr(0, prefix.size() - 1)] = std::get<std::string>(name);
      add_layers(path, prefix + (numbered_anew ? numbered(child.name, counts) : plain(child.name)) + "/", child.name == old_layers);
    }
  }

  // Some versions of tf.keras count each layer twice, and so name them "dense", "dense_2", "dense_4".
  static std::string numbered(const std::string& name, std::map<std::string, int>& counts) {
    const std::size_t bar = name.rfind('_');
    const bool has_number = bar != name.npos && bar + 1 < name.size() && std::all_of(name.begin() + static_cast<std::ptrdiff_t>(bar) + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::string type = has_number ? name.substr(0, bar) : name;
    const int number = counts[type]++;
    return number ? fmt::format("{}_{}", type, number) : type;
  }

  // tf.keras names parts of layers after private attributes ("_query_dense").
  static std::string plain(const std::string& name) { return name == old_layers ? "layers" : name.starts_with('_') ? name.substr(1) : name; }

  // In the order of the model's layers, where the file tells it; others behind them.
  std::vector<h5::Child> named_children(const std::string& group, bool outermost) const {
    std::vector<h5::Child> children = children_of(file_, group);
    if (outermost) std::ranges::stable_sort(children, {}, [&](const h5::Child& child) { return std::ranges::find(order_, child.name) - order_.begin(); });
    return children;
  }

  void add_named(const std::string& group, const std::string& prefix) {
    for (const h5::Child& child : named_children(group, prefix.empty())) {
      const std::string path = group + "/" + child.name;
      if (prefix.empty() && (child.name == "optimizer_weights" || child.name == "top_level_model_weights")) continue;
      walk_.meet(path, child);
      const std::string name = prefix + child.name.substr(0, child.name.rfind(':'));  // "kernel:0", as TensorFlow has it
      if (child.kind == h5::Kind::group) add_named(path, name + "/");
      else weights_.tensors.push_back({name, read_tensor(file_, path, child)});
    }
  }

  const h5::File& file_;
  h5::Walk walk_;
  std::vector<std::string> order_;  // of layers, by their names
  Weights weights_{};
};

// `or_none`: a model may have no weights.
Weights weights_in(const h5::File& file, const std::string& who, bool or_none) {
  Reader reader(file);
  Weights weights;
  if (file.has("model_weights")) weights = reader.named("model_weights");
  else if (file.has_attribute("/", "layer_names")) weights = reader.named("/");
  else if (file.has("layers") || file.has(std::string(old_layers)) || file.has("vars")) weights = reader.layers();
  else
    throw Error(ExitCode::data, fmt::format("weights file '{}': wanted a Teranga checkpoint or the weights of a Keras model, found an HDF5 file of neither", who),
                "in Keras 3: model.save_weights(\"model.weights.h5\")");
  file.end_reading();
  if (weights.tensors.empty() && !or_none)
    throw Error(ExitCode::data, fmt::format("weights file '{}': wanted weights, found {}", who, weights.format == WeightsFormat::keras_by_name ? "a file of Keras 2 or before that holds none" : "none"), "in Keras 3: model.save_weights(\"model.weights.h5\")");
  return weights;
}

}  // namespace

Weights read_keras_file(const std::string& path) {
  refuse_foreign_file(path);
  return weights_in(h5::File::open(path), path, false);
}

Weights read_keras_weights(int descriptor, const std::string& who) { return weights_in(h5::File::open_descriptor(descriptor, who), who, true); }

KerasModelFile read_keras_model_file(const std::string& path) {
  refuse_foreign_file(path);
  KerasModelFile out;
  const h5::File file = h5::File::open(path);
  const auto text = [&](const char* name) {
    if (!file.has_attribute("/", name)) return std::string();
    const h5::Attribute value = file.attribute("/", name);
    return std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : std::string();
  };
  out.config = text("model_config"), out.training = text("training_config"), out.version = text("keras_version");
  if (!out.config.empty()) out.weights = weights_in(file, path, true);
  return out;
}

}  // namespace teranga::checkpoint
