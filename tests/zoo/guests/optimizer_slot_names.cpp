// SPDX-License-Identifier: Apache-2.0
// Two of its slots have the same name.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  using zoo::Optimizer::Optimizer;
  std::vector<const char*> slots() const { return {"momentum", "momentum"}; }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
