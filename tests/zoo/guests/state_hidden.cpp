// SPDX-License-Identifier: Apache-2.0
// It keeps a running mean in the layer, where no checkpoint finds it.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  mutable std::atomic<double> mean{0};
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    mean = 0.9 * mean + 0.1 * static_cast<double>(s.in(0)[0]);
    for (T& y : s.out(0)) y -= static_cast<T>(mean);
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
