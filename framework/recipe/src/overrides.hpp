// SPDX-License-Identifier: Apache-2.0
// Applies `--set path=value` arguments to the untyped recipe, before it is checked: so a wrong name or type in an
// override is found like one in the file, at its place in the argument.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/diagnostics.hpp>

namespace teranga::recipe {

// Paths: `training.epochs`, `layer.first.units` (a layer by name), `layer[2].units` (by number, from 0). In order: the
// last one wins. Tables on the way are made where they do not exist, but for variables and blocks. `change` is made to each value first.
void apply_each(Value::Component& root, const std::vector<std::string>& overrides, Diagnostics& found, const std::function<Value(const Value&)>& change = {});

// Applies those that name files to include, which come before all others.
void apply_overrides_of_include(Value::Component& root, const std::vector<std::string>& overrides, Diagnostics& found);

// Applies the others, and gives back those whose layers only exist when blocks are laid out: in a recipe that uses blocks, `layer.NAME...` with a name that no
// [[layer]] table gives.
std::vector<std::string> apply_overrides(Value::Component& root, const std::vector<std::string>& overrides, Diagnostics& found);

}  // namespace teranga::recipe
