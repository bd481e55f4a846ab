// SPDX-License-Identifier: Apache-2.0
// What a process of the check does: opens the library, tries one rule on one item, and writes what it finds as lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <teranga/conformance/check.hpp>

namespace teranga::conformance {

// What all processes of one library know.
struct CheckContext {
  std::string path;    // canonical; of the variant that is opened
  std::string folder;  // that relative paths in values are seen from
  const CheckRequest* request = nullptr;
};

// A line for each item, and one for each value of an option that an item has; library/open judges the rest.
void list_items(const CheckContext& context, int results);
void try_rule(const CheckContext& context, const Rule& rule, std::optional<std::size_t> item, int results);

}  // namespace teranga::conformance
