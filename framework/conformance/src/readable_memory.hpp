// SPDX-License-Identifier: Apache-2.0
// Looks at memory that a plugin points to without a crash where there is none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace teranga::conformance {

bool is_readable(const void* at, std::size_t bytes) noexcept;
// The text at a pointer, without its 0; nothing where it is null, cannot be read, or has no end within `most` bytes.
std::optional<std::string> readable_text(const char* at, std::size_t most = 65536);

}  // namespace teranga::conformance
