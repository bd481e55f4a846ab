// SPDX-License-Identifier: Apache-2.0
// The data set of a recipe, and its fields as networks see them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/field.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// The data set of a recipe; its paths are seen from the recipe's folder.
std::unique_ptr<data::Source> open_data(const recipe::Recipe& recipe, const host::Registry& registry);

// The options of its data set, every path absolute.
Options data_options(const recipe::Recipe& recipe, const host::Item& dataset);
// Whether an option's value is a path, or a list of paths.
bool names_files(const Schema& schema, const std::string& option);

// As samples of a bucket have them, or those of the longest.
std::vector<model::Field> fields_of(const data::Source& source, std::size_t bucket);
std::vector<model::Field> fields_of(const data::Source& source);

}  // namespace teranga::train
