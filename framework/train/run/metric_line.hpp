// SPDX-License-Identifier: Apache-2.0
// A line of metrics.jsonl, read back.
#pragma once

#include <cstdint>
#include <string>

#include "session/named_numbers.hpp"

namespace teranga::train {

struct MetricLine {
  std::string event;  // "epoch", "step", ...; empty: it is no such line
  std::int64_t step = -1, epoch = -1;
  NamedNumbers numbers;  // to the same bits
};

MetricLine metric_line(const std::string& text);

}  // namespace teranga::train
