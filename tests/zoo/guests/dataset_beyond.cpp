// SPDX-License-Identifier: Apache-2.0
// It writes one number behind its batch.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void fill(const sdk::Batch& b) const {
    zoo::Dataset::fill(b);
    if (b.wanted(0)) b.field<float>(0)[b.rows() * 8] = 0;
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
