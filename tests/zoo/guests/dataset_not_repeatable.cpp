// SPDX-License-Identifier: Apache-2.0
// Each instance has other samples than the one before.
#include "right_dataset.hpp"

#include <atomic>

static std::atomic<int> instances{0};

struct Guest : zoo::Dataset {
  float shift = static_cast<float>(++instances);
  using zoo::Dataset::Dataset;
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    for (std::int64_t i = 0; b.wanted(0) && i < b.rows() * 8; ++i) b.field<float>(0)[i] += shift;
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
