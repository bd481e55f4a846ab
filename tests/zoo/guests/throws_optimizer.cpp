// SPDX-License-Identifier: Apache-2.0
// Its update throws.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  using zoo::Optimizer::Optimizer;
  template <class T>
  void update(const sdk::Update<T>& u) const {
    zoo::Optimizer::update(u);
    if (zoo::now()) throw std::runtime_error("update has failed");
  }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
