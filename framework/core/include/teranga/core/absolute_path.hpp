// SPDX-License-Identifier: Apache-2.0
// A path that stays valid when the working folder changes, and names the same file as before. In "a/link/.." the system goes up from where the link
// points to, so "a/link/.." is not "a": a ".." is taken out only behind a folder that is no link.
#pragma once

#include <filesystem>

namespace teranga {

std::filesystem::path absolute_path(const std::filesystem::path& path);

}  // namespace teranga
