// SPDX-License-Identifier: Apache-2.0
// Its fill throws.
#include "right.hpp"

struct Guest : zoo::Initializer {
  using zoo::Initializer::Initializer;
  template <class T>
  void fill(const sdk::Fill<T>&) const { throw std::runtime_error("fill has failed"); }
};

TERANGA_PLUGIN(sdk::initializer<Guest>())
