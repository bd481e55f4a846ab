// SPDX-License-Identifier: Apache-2.0
// What data sets of texts tell in the host's log.
#pragma once

#include <cstdint>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>

namespace teranga::datasets {

// What repair_utf8 said of all texts.
inline void warn_of_broken_utf8(std::int64_t places) {
  if (places > 0) log(TRG_LOG_WARNING, fmt::format("{} places are no UTF-8; each became U+FFFD", places));
}

}  // namespace teranga::datasets
