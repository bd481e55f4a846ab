// SPDX-License-Identifier: Apache-2.0
// It wants a hundred slots for each weight.
#include "right.hpp"

struct Guest : zoo::Optimizer {
  std::vector<std::string> names;
  explicit Guest(const sdk::Options& options) : zoo::Optimizer(options) {
    for (int i = 0; i < 100; ++i) names.push_back("slot" + std::to_string(i));
  }
  std::vector<const char*> slots() const {
    std::vector<const char*> out;
    for (const std::string& name : names) out.push_back(name.c_str());
    return out;
  }
};

TERANGA_PLUGIN(sdk::optimizer<Guest>())
