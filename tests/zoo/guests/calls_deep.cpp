// SPDX-License-Identifier: Apache-2.0
// It calls itself until the stack of its thread is full.
#include "right.hpp"

struct Guest : zoo::Layer {
  using zoo::Layer::Layer;
  static int down(volatile int* above) {
    volatile int here[1024] = {*above};
    if (here[0] < 0) return 0;
    return down(here) + here[1];
  }
  template <class T>
  void forward(const sdk::Slice<T>& s) const {
    zoo::Layer::forward(s);
    volatile int start = 1;
    if (zoo::now()) s.out(0)[0] = static_cast<T>(down(&start));
  }
};

TERANGA_PLUGIN(sdk::layer<Guest>())
