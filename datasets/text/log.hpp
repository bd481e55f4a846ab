// SPDX-License-Identifier: Apache-2.0
// The host's log, where the host has one.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <teranga/sdk/plugin.hpp>

namespace teranga::datasets {

inline void log(trg_log_level level, const std::string& text) {
  if (sdk::host().log) sdk::host().log(level, text.c_str());
}

// What repair_utf8 said of all texts.
inline void warn_of_broken_utf8(std::int64_t places) {
  if (places > 0) log(TRG_LOG_WARNING, fmt::format("{} places are no UTF-8; each became U+FFFD", places));
}

}  // namespace teranga::datasets
