// SPDX-License-Identifier: Apache-2.0
// What the recipe module must know about plugins: which types exist, and the schema of their options. The host answers
// from the plugins that it found; a recipe is read and checked without any of them being run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

// Kinds: "layer", "activation", "loss", "optimizer", "metric", "initializer", "schedule", "dataset", "observer".
// All calls from one thread; none has a side effect that a caller could see.
class Catalogue {
 public:
  virtual ~Catalogue() = default;

  // The options of that type, or nullptr when it is unknown or offered by several vendors. `type` is short ("dense")
  // or qualified ("teranga.dense"). The schema lives as long as the catalogue and omits the keys that the recipe
  // itself gives meaning to (see recipe.hpp).
  virtual const Schema* find(std::string_view kind, std::string_view type) const = 0;

  // Every type of that kind, qualified; used for "did you mean", and to name the vendors of an ambiguous one.
  virtual std::vector<std::string> names(std::string_view kind) const = 0;

  // "dense" -> "teranga.dense"; a qualified name gives itself; empty when unknown or ambiguous.
  virtual std::string qualified(std::string_view kind, std::string_view type) const = 0;
};

// "teranga.dense" -> "dense".
inline std::string_view short_type(std::string_view type) {
  const auto dot = type.rfind('.');
  return dot == std::string_view::npos ? type : type.substr(dot + 1);
}

}  // namespace teranga::recipe
