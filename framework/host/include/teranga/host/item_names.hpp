// SPDX-License-Identifier: Apache-2.0
// Names that plugins give to their parts: ports, parameters, states, slots. They stand in messages, and as parts of paths in checkpoints.
#pragma once

#include <string>

namespace teranga::host {

// What is wrong with it, as "expected letters, ..."; or "".
std::string fault_of_part_name(const char* name);
// The same of parts with "/" between them, as parameters and states may have: "query/kernel".
std::string fault_of_path_name(const char* name);
// As messages may show it, however long and broken it is.
std::string shown_name(const char* name);

}  // namespace teranga::host
