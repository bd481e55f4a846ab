// SPDX-License-Identifier: Apache-2.0
// Gives the file to an error that does not know it, as those of checkpoints' bytes and of vocabularies.
#pragma once

#include <string>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

template <class F>
void at_source(const std::string& source, F&& body) {
  try {
    body();
  } catch (sdk::DataError& e) {
    if (e.where.empty()) e.where = source;
    throw;
  }
}

}  // namespace teranga::datasets
