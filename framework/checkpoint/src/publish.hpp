// SPDX-License-Identifier: Apache-2.0
// Puts bytes under a name for good or not at all: a temporary file in the same folder, fsync, rename, fsync of the folder.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "envelope.hpp"
#include "process_identity.hpp"

namespace teranga::checkpoint {

// Puts these bytes under that name. Where they are to be sealed, the seal sees all of them and fills the envelope at their beginning.
// Throws Error(failure) naming `what`, the step that failed and errno's text; the temporary file is gone then.
void publish(const std::string& path, std::span<const std::span<const std::byte>> pieces, const std::string& what, Seal* seal = nullptr);

// What the file is called until it is published: ".<name>~<writer>.tmp". The writer is in the name, since a full disk has no room for it
// inside.
std::string temporary_name(const std::string& name, const ProcessIdentity& writer);

// Removes the temporary files in the folder whose writers are dead. Never throws: they only cost room.
void remove_stale_temporaries(const std::string& folder) noexcept;

}  // namespace teranga::checkpoint
