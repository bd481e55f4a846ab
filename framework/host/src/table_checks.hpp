// SPDX-License-Identifier: Apache-2.0
// A look at the tables of a library when it is opened, so that nobody behind has to doubt them: sizes, counts, strides, names, options and calls.
#pragma once

#include <string>

#include <teranga/sdk/c/library.h>

namespace teranga::host {

// Throws Error(plugin) for the first fault, with the library, the item and what was expected. Items of a kind that this host does not know are passed over.
void check_tables(const std::string& path, const trg_library& library);

}  // namespace teranga::host
