// SPDX-License-Identifier: Apache-2.0
// Softmax over the keys that a query may look at. One that may look at none gives zeros, as keras.layers.Softmax does.
#pragma once

#include <algorithm>
#include <cstring>
#include <limits>

#include <teranga/sdk/elementwise.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

// row [S] of scores becomes one of weights; those from `limit` on and those whose `kept` (0 or 1) is 0 count for nothing.
template <class T>
void masked_softmax(T* row, std::int64_t limit, std::int64_t all, const std::uint8_t* kept) {
  std::fill(row + limit, row + all, T(0));
  if (!std::memchr(kept, 1, static_cast<std::size_t>(limit))) return static_cast<void>(std::fill_n(row, limit, T(0)));
  constexpr T low = std::numeric_limits<T>::lowest();
  const T most = sdk::reduce(limit, low, [=](std::int64_t i) { return kept[i] ? row[i] : low; }, [](T a, T b) { return b > a ? b : a; });
  sdk::each(limit, [=](std::int64_t i) { row[i] = kept[i] ? sdk::math::exp(row[i] - most) : T(0); });
  const T part = 1 / sdk::sum<T>(limit, [=](std::int64_t i) { return row[i]; });
  sdk::each(limit, [=](std::int64_t i) { row[i] *= part; });
}

// d [S], the gradient of the weights, becomes that of the scores.
template <class T>
void softmax_gradient(const T* weights, T* d, std::int64_t count) {
  const T mean = sdk::sum<T>(count, [=](std::int64_t i) { return weights[i] * d[i]; });
  sdk::each(count, [=](std::int64_t i) { d[i] = weights[i] * (d[i] - mean); });
}

}  // namespace teranga::layers
