// SPDX-License-Identifier: Apache-2.0
// It leaves the last number as it was.
#include "right.hpp"

struct Guest : zoo::Initializer {
  using zoo::Initializer::Initializer;
  template <class T>
  void fill(const sdk::Fill<T>& f) const {
    const std::int64_t count = f.shape().count() - 1;
    if (count > 0) sdk::host().uniform(f.stream(), 0, count, sdk::Slice<T>::type(), f.data());
  }
};

TERANGA_PLUGIN(sdk::initializer<Guest>())
