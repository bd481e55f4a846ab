// SPDX-License-Identifier: Apache-2.0
// Time spans, as --max-time takes them.
#include <teranga/service/duration.hpp>

#include <cmath>

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga;
  fuzz::tried({ExitCode::usage}, [&] {
    const double seconds = parse_duration(fuzz::view(data, size), "--max-time");
    if (!(seconds > 0) || !std::isfinite(seconds)) throw std::logic_error("no time span");
    duration_text(seconds);
  });
  return 0;
}
