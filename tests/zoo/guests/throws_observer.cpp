// SPDX-License-Identifier: Apache-2.0
// Its epoch_end throws a number.
#include "right.hpp"

struct Guest : zoo::Observer {
  using zoo::Observer::Observer;
  void epoch_end(const sdk::EpochReport&) const {
    if (zoo::now()) throw 7;
  }
};

TERANGA_PLUGIN(sdk::observer<Guest>())
