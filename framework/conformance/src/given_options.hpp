// SPDX-License-Identifier: Apache-2.0
// Values of options from the command line, as --set has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <teranga/core/value.hpp>
#include <teranga/sdk/c/library.h>

namespace teranga::conformance {

// "units=3" or "acme.dense.units=3", where this item has the option; nothing where it has not. Throws Error(usage) for a value that is none of the option's kind. Relative paths are seen from `folder`.
std::optional<Option> given_option(std::string_view word, const trg_item& item, const std::string& folder);

}  // namespace teranga::conformance
