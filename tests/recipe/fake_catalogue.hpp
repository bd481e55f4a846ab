// SPDX-License-Identifier: Apache-2.0
// A small world of plugins without any plugin: a few types of each kind, two vendors of one name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/catalogue.hpp>

namespace teranga::recipe {

class FakeCatalogue : public Catalogue {
 public:
  FakeCatalogue();

  const Schema* find(std::string_view kind, std::string_view type) const override;
  std::vector<std::string> names(std::string_view kind) const override;
  std::string qualified(std::string_view kind, std::string_view type) const override;

  void add(const std::string& kind, const std::string& type, Schema schema) { types_[kind][type] = std::move(schema); }

 private:
  std::map<std::string, std::map<std::string, Schema, std::less<>>, std::less<>> types_;
};

// Texts that tests start from.
inline const char* const small_recipe = R"(
[[layer]]
type = "dense"
name = "first"
units = 4
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
)";

// What load or parse throws as one text; "" where it throws nothing.
std::string errors_of(const std::string& text, const std::vector<std::string>& overrides = {});

}  // namespace teranga::recipe
