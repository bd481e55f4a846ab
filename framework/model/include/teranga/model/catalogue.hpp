// SPDX-License-Identifier: Apache-2.0
// The plugins of a registry as a recipe sees them, with what the model itself adds to every layer: `activation = "x"` as sugar for an
// activation behind it, and the two types that are no plugin, "input" and "activation".
#pragma once

#include <map>
#include <string>

#include <teranga/host/registry.hpp>
#include <teranga/recipe/catalogue.hpp>

namespace teranga::model {

inline constexpr const char* input_type = "teranga.input";
inline constexpr const char* activation_type = "teranga.activation";
inline constexpr const char* activation_option = "activation";

class PluginCatalogue : public recipe::Catalogue {
 public:
  explicit PluginCatalogue(const host::Registry& registry);

  const Schema* find(std::string_view kind, std::string_view type) const override;
  std::vector<std::string> names(std::string_view kind) const override;
  std::string qualified(std::string_view kind, std::string_view type) const override;

  // Whether `activation` is the model's sugar on that layer, and not an option of its own.
  bool has_activation_sugar(std::string_view layer_type) const;

 private:
  const host::Registry& registry_;
  std::map<std::string, Schema, std::less<>> layers_;  // by qualified type
};

}  // namespace teranga::model
