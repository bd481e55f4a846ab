// SPDX-License-Identifier: Apache-2.0
// Its fill throws a number, on the thread of the data.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    for (std::int64_t r = 0; r < b.rows(); ++r)
      if (b.sample(r) == 3) throw 7;
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
