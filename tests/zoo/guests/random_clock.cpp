// SPDX-License-Identifier: Apache-2.0
// It draws its noise from the clock.
#include "right.hpp"

#include <chrono>

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    for (T& y : s.out(0)) y += T(std::chrono::steady_clock::now().time_since_epoch().count() % 1000) / 1000;
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
