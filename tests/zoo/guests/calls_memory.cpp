// SPDX-License-Identifier: Apache-2.0
// It asks the system for 100 GB, and writes all of it.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    if (zoo::now()) s.out(0)[0] += std::vector<T>(std::size_t{100'000'000'000} / sizeof(T), T(1)).back();
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
