// SPDX-License-Identifier: Apache-2.0
#include "keras_call.hpp"

#include <algorithm>
#include <array>

namespace teranga::exchange {
namespace {

// ["dense", 0, 0], as Keras 2 writes a tensor; a fourth item holds further arguments of the call.
bool is_old_tensor(const Json& value) { return value.is_array() && value.size() >= 3 && value.size() <= 4 && value[0].is_string() && value[1].is_number_integer() && value[2].is_number_integer(); }

KerasHistory history_of(const Json& written) {
  KerasHistory out;
  out.layer = written.at(0).get<std::string>();
  out.node = written.at(1).get<std::size_t>();
  out.port = written.at(2).get<int>();
  return out;
}

void add_tensors(const Json& value, std::vector<KerasHistory>& out) {
  if (is_old_tensor(value)) {
    out.push_back(history_of(value));
  } else if (text_at(value, "class_name") == "__keras_tensor__") {
    const Json& config = at(value, "config");
    out.push_back(history_of(config.at("keras_history")));
    out.back().rank = at(config, "shape").size();
  } else if (value.is_array() || value.is_object()) {
    for (const Json& item : value) add_tensors(item, out);
  }
}

// The tensors that Keras takes by name, in the order in which Teranga takes them without.
constexpr std::array<const char*, 7> named_inputs = {"inputs", "query", "value", "key", "sequences", "sequence", "initial_state"};

void add_named(const Json& named, WrittenCall& out) {
  for (const char* name : named_inputs) {
    const std::vector<KerasHistory> found = tensors_in(at(named, name));
    out.inputs.insert(out.inputs.end(), found.begin(), found.end());
  }
  for (const auto& [name, value] : named.items()) {
    if (std::find(named_inputs.begin(), named_inputs.end(), name) != named_inputs.end()) continue;
    const std::vector<KerasHistory> found = tensors_in(value);
    const bool explicit_mask = name == "attention_mask";
    if (!found.empty() && !explicit_mask && name.ends_with("mask")) out.masks.insert(out.masks.end(), found.begin(), found.end());
    else if (!found.empty()) out.arguments[name] = "a tensor";
    else if (!value.is_null()) out.arguments[name] = value;
  }
}

}  // namespace

std::vector<KerasHistory> tensors_in(const Json& value, std::vector<std::string>* keys) {
  std::vector<KerasHistory> out;
  if (keys && value.is_object() && text_at(value, "class_name") != "__keras_tensor__")
    for (const auto& [key, item] : value.items()) keys->push_back(key);
  add_tensors(value, out);
  return out;
}

WrittenCall written_call(const Json& node) {
  WrittenCall out;
  if (node.is_array()) {  // Keras 2
    out.inputs = tensors_in(node);
    const std::vector<Json> parts = is_old_tensor(node) ? std::vector<Json>{node} : node.get<std::vector<Json>>();
    for (const Json& part : parts)
      if (is_old_tensor(part) && part.size() == 4 && part[3].is_object()) add_named(part[3], out);
    return out;
  }
  const Json& given = node.at("args");
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::vector<KerasHistory> found = tensors_in(given[i]);
    out.inputs.insert(out.inputs.end(), found.begin(), found.end());
    if (found.empty() && !given[i].is_null()) out.arguments[std::to_string(i)] = given[i];
  }
  if (at(node, "kwargs").is_object()) add_named(at(node, "kwargs"), out);
  return out;
}

}  // namespace teranga::exchange
