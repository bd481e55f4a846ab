// SPDX-License-Identifier: Apache-2.0
// Which program this is: version, commit, compiler, libraries.
#pragma once

#include <string>

namespace teranga::launcher {

std::string program_facts();  // "Teranga 0.1.0, commit 0123456789ab, GCC 12.2.0, Release"
std::string version_text(bool verbose);

}  // namespace teranga::launcher
