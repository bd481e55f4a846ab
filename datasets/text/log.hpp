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

// New samples without anything that the training knows: `knows` tells of each of the `count` whether it has any. What they are called: "texts", "words".
template <class Knows>
void warn_of_unknown(std::int64_t count, const char* samples, const char* words, Knows&& knows) {
  std::int64_t strange = 0, first = 0;
  for (std::int64_t sample = 0; sample < count; ++sample) {
    if (knows(sample)) continue;
    if (strange++ == 0) first = sample;
  }
  if (strange > 0) log(TRG_LOG_WARNING, fmt::format("{} of {} {} have none of the {} that the training knows, the first one is number {}: nothing can be told of them", strange, count, samples, words, first + 1));
}

}  // namespace teranga::datasets
