// SPDX-License-Identifier: Apache-2.0
// The class of one sample is 4711, of ten.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    for (std::int64_t r = 0; b.wanted(1) && r < b.rows(); ++r)
      if (b.sample(r) == 3) b.field<std::int32_t>(1)[r] = 4711;
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
