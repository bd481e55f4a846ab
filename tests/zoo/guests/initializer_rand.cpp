// SPDX-License-Identifier: Apache-2.0
// It draws from rand(): each start of a training is another one.
#include "right.hpp"

struct Guest : zoo::Initializer {
  using zoo::Initializer::Initializer;
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    for (std::int64_t i = 0; i < f.shape().count(); ++i) f.data()[i] = T(std::rand() % 1000) / 10000;
  }
};

TERANGA_PLUGIN(sdk::initializer<Guest>())
