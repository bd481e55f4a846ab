// SPDX-License-Identifier: Apache-2.0
// The host's log, where the host has one.
#pragma once

#include <string>

#include <teranga/sdk/plugin.hpp>

namespace teranga::datasets {

inline void log(trg_log_level level, const std::string& text) {
  if (sdk::host().log) sdk::host().log(level, text.c_str());
}

}  // namespace teranga::datasets
