// SPDX-License-Identifier: Apache-2.0
// Softmax of one row of logits in a form that cannot overflow: the greatest logit is subtracted first.
#pragma once

#include <algorithm>
#include <cmath>

#include <teranga/sdk/math.hpp>

#include "../../comparison/row.hpp"

namespace teranga::losses {

using namespace comparison;

template <class T>
struct SoftmaxRow {
  T greatest;      // of the logits
  double sum;      // of exp(z - greatest)
  double log_sum;  // log of it: -log softmax(z)[k] = (greatest - z[k]) + log_sum
};

template <class T>
void shifted_exp(const T* z, std::int64_t n, T shift, T* __restrict out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = sdk::math::exp(z[i] - shift);
}

// exps: [K] or null; where given it holds exp(z - greatest) afterwards, softmax but for the division by sum.
template <class T>
SoftmaxRow<T> softmax_row(const T* z, std::int64_t classes, T* exps) {
  SoftmaxRow<T> row{max_of(z, classes), 0, 0};
  if (exps) {
    shifted_exp(z, classes, row.greatest, exps);
    row.sum = sum_of(exps, classes);
  } else {
    T block[block_length];
    for (std::int64_t first = 0; first < classes; first += block_length) {
      const std::int64_t n = std::min(block_length, classes - first);
      shifted_exp(z + first, n, row.greatest, block);
      row.sum += sum_of(block, n);
    }
  }
  row.log_sum = std::log(row.sum);
  return row;
}

template <class T>
void scale(T* x, std::int64_t n, double factor) {
  const T f = static_cast<T>(factor);
  for (std::int64_t i = 0; i < n; ++i) x[i] *= f;
}

}  // namespace teranga::losses
