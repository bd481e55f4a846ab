// SPDX-License-Identifier: Apache-2.0
// A data set hints options of the recipe. A command that reads a checkpoint has no recipe to edit: there they are typed as --set data.NAME=VALUE.
#pragma once

#include <string>

#include <teranga/core/error.hpp>
#include <teranga/core/value.hpp>

namespace teranga::train {

// `missing = "mean", or ignore = ["a"]` becomes `--set data.missing=mean, or --set 'data.ignore=["a"]'`. What is no option of the schema stays as it is.
std::string hint_for_checkpoint(const Schema& schema, const std::string& hint);
// The same of the lines of a message that are hints.
std::string message_for_checkpoint(const Schema& schema, const std::string& message);

// Runs f, which opens a checkpoint's data set; the hints of its error are such as can be typed.
template <class F>
auto with_typed_hints(const Schema& schema, F&& f) {
  try {
    return f();
  } catch (const Error& error) {
    throw Error(error.code(), message_for_checkpoint(schema, error.what()), hint_for_checkpoint(schema, error.hint()));
  }
}

}  // namespace teranga::train
