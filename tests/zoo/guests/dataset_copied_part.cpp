// SPDX-License-Identifier: Apache-2.0
// Its test part has the samples of the training part.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void describe(sdk::Description& d) const {
    d.count(TRG_TEST, 64);
    zoo::Dataset::describe(d);
  }
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    for (std::int64_t r = 0; b.wanted(0) && r < b.rows(); ++r) b.field<float>(0)[r * 8] = static_cast<float>(b.sample(r));
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
