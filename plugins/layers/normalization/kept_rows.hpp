// SPDX-License-Identifier: Apache-2.0
// The rows of channels that a mask keeps. A mask of fewer axes than the rows have counts for all that lies below it.
#pragma once

#include <teranga/sdk/slice.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

struct KeptRows {
  sdk::View<const std::uint8_t> mask;  // null: all are kept
  std::int64_t rows, below = 1;

  KeptRows(const sdk::View<const std::uint8_t>& m, std::int64_t all) : mask(m), rows(all) {
    if (mask && mask.count() > 0) below = rows / mask.count();
  }
  bool keeps(std::int64_t row) const { return !mask || mask.data[row / below]; }
  std::int64_t count() const {
    std::int64_t kept = 0;
    each_run([&](std::int64_t, std::int64_t run) { kept += run; });
    return kept;
  }
  // body(first row, rows) for each run of neighbours that are kept.
  template <class F>
  void each_run(F body) const {
    for (std::int64_t first = 0, end = 0; first < rows; first = end + 1) {
      if (!mask) end = rows;
      else for (end = first; end < rows && keeps(end);) ++end;
      if (end > first) body(first, end - first);
    }
  }
};

}  // namespace teranga::layers
