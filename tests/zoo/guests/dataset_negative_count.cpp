// SPDX-License-Identifier: Apache-2.0
// It has less than no samples.
#include "right_dataset.hpp"

struct Guest : zoo::Dataset {
  using zoo::Dataset::Dataset;
  void describe(sdk::Description& d) const {
    d.count(TRG_TRAIN, -640);
    d.field({.name = "x", .shape = {8}});
    d.field({.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = 10});
  }
};

TERANGA_PLUGIN(sdk::dataset<Guest>())
