// SPDX-License-Identifier: Apache-2.0
// Pixels as a compressed PNG file.
#pragma once

#include <string>

#include <teranga/report/png.hpp>

namespace teranga::launcher {

// Published whole or not at all. Throws Error(failure).
void write_png(const std::string& path, const report::Pixels& pixels);

}  // namespace teranga::launcher
