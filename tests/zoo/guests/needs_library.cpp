// SPDX-License-Identifier: Apache-2.0
// It needs a library that it does not declare, and that other machines may not have.
#include "right.hpp"

extern "C" const char* zlibVersion();

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  std::string packer = zlibVersion();
};

TERANGA_PLUGIN(sdk::layer<Guest>())
