// SPDX-License-Identifier: Apache-2.0
// Whether what a library says of itself can be read at all. Nothing in here trusts a pointer, a size or a count that it need not trust.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/c/library.h>

namespace teranga::conformance {

struct TableFault {
  std::string text, where, mend;
};

// Of the library's own table. Where there is one, no item can be looked at.
std::vector<TableFault> library_faults(const trg_library& library);
// Of an item's table, its schema and its calls. Where there is one, the item cannot be tried.
std::vector<TableFault> item_faults(const trg_item& item);

const trg_item& item_at(const trg_library& library, std::size_t index) noexcept;
const trg_option_spec& spec_at(const trg_item& item, std::size_t index) noexcept;
std::string spoken_item(const trg_item& item);  // "layer acme.swish"
bool known_kind(std::int32_t kind) noexcept;
bool is_of_the_installation(const std::string& path);  // in the plugin folder beside the running program

}  // namespace teranga::conformance
