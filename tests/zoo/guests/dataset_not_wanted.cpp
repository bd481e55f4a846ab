// SPDX-License-Identifier: Apache-2.0
// It writes a field that is not wanted.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    for (std::int64_t r = 0; r < b.rows(); ++r) b.field<std::int32_t>(1)[r] = class_of(b.sample(r));
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
