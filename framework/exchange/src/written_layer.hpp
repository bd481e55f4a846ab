// SPDX-License-Identifier: Apache-2.0
// Layers of a recipe, and what they are made of, in the words in which Keras writes them.
#pragma once

#include <string>
#include <vector>

#include <teranga/recipe/catalogue.hpp>
#include <teranga/recipe/recipe.hpp>

#include "json.hpp"

namespace teranga::exchange {

class LayerWriter {
 public:
  explicit LayerWriter(const recipe::Catalogue& catalogue) : catalogue_(catalogue) {}

  // { module, class_name, config }. Null where faults were added.
  Json layer(const std::string& type, const Options& options, const std::string& name, std::vector<std::string>& faults) const;
  // Of another kind: "loss", "optimizer", "schedule".
  Json part(const std::string& kind, const std::string& module, const Value::Component& component, std::vector<std::string>& faults) const;

 private:
  Json config(const std::string& kind, const std::string& type, const Options& options, std::vector<std::string>& faults) const;
  Json value(const OptionSpec* spec, const Value& value, std::vector<std::string>& faults) const;
  Json component(const std::string& kind, const Value& value, std::vector<std::string>& faults) const;
  Json activation(const Value::Component& function, std::vector<std::string>& faults) const;
  bool at_defaults(const std::string& kind, const Value::Component& component) const;

  const recipe::Catalogue& catalogue_;
};

Json keras_object(const std::string& module, const std::string& name, Json config);

}  // namespace teranga::exchange
