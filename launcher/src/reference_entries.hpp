// SPDX-License-Identifier: Apache-2.0
// Everything that may stand in a recipe, as entries that are found by name: the tables and keys of recipes, the types of all plugins and their options.
#pragma once

#include <string>
#include <vector>

#include <teranga/host/registry.hpp>
#include <teranga/model/catalogue.hpp>

#include "reference_page.hpp"

namespace teranga::launcher {

class ReferenceEntries {
 public:
  // Both must live as long as this.
  ReferenceEntries(const host::Registry& registry, const model::PluginCatalogue& catalogue);

  // The tables of recipes with all keys, every type by name, and the options of data sets.
  std::vector<ReferenceSection> page() const;

  // All entries of that name: "training", "training.batch_size", "batch_size", "layer.dense", "dense", "layer.units", "units". Throws Error(usage) with the nearest
  // name where there is none.
  std::vector<ReferenceSection> find(const std::string& name) const;

 private:
  struct Entry {
    std::vector<std::string> names;
    std::vector<ReferenceSection> sections;
    std::string option = {};  // of a type: found by its bare name where nothing else has that name
  };

  void add_kind(const std::string& path, const std::string& kind);
  void add_type(const std::string& path, const std::string& kind, const std::string& type);
  ReferenceSection types_of(const std::string& kind) const;
  ReferenceSection type_section(const std::string& kind, const std::string& type) const;

  const host::Registry& registry_;
  const model::PluginCatalogue& catalogue_;
  std::vector<Entry> entries_;
};

}  // namespace teranga::launcher
