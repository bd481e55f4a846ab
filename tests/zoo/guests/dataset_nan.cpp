// SPDX-License-Identifier: Apache-2.0
// One of its samples is no number.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    for (std::int64_t r = 0; b.wanted(0) && r < b.rows(); ++r)
      if (b.sample(r) == 3) b.field<float>(0)[r * 8] = NAN;
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
