// SPDX-License-Identifier: Apache-2.0
// Losses that are a mean (or sum) over the last axis of a function of one prediction and one target. The function gives value and slope together; the walk over
// rows, the weights and the reading of targets of any type are written here once. Elements are worked on in blocks that vectorise, several short rows at
// a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include <teranga/sdk/math.hpp>

#include "../../comparison/pairing.hpp"
#include "../../comparison/row.hpp"

namespace teranga::losses {

using namespace comparison;

// The value of an element and its derivative by the prediction.
template <class T>
struct Term {
  T value, slope;
};

enum class Over { mean, sum };

namespace detail {

template <class T, class Rule>
void terms(const T* p, const T* t, std::int64_t n, const Rule& rule, T* __restrict value) {
  for (std::int64_t i = 0; i < n; ++i) value[i] = rule(p[i], t[i]).value;
}
template <class T, class Rule>
void terms(const T* p, const T* t, std::int64_t n, const Rule& rule, T* __restrict value, T* __restrict slope) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Term<T> term = rule(p[i], t[i]);
    value[i] = term.value;
    slope[i] = term.slope;
  }
}

// Rows of one element: a value each.
template <class T>
void weigh_single(const T* __restrict value, T* __restrict slope, std::int64_t n, double* __restrict values, const double* __restrict weights) {
  for (std::int64_t i = 0; i < n; ++i) values[i] = static_cast<double>(value[i]);
  for (std::int64_t i = 0; slope && i < n; ++i) slope[i] *= static_cast<T>(weights[i]);
}
// n / piece rows, or a piece of one long row: adds to their values.
template <class T>
void weigh_rows(const T* value, T* slope, std::int64_t n, std::int64_t piece, double share, double* values, const double* weights) {
  for (std::int64_t i = 0, r = 0; i < n; i += piece, ++r) {
    values[r] += share * sum_of(value + i, piece);
    const T factor = static_cast<T>(share * weights[r]);
    for (std::int64_t j = i; slope && j < i + piece; ++j) slope[j] *= factor;
  }
}

}  // namespace detail

// rule(T prediction, T target) -> Term<T>; check(block of targets, count, first element) may throw.
template <class T, class Rule, class Check>
void evaluate_elements(const sdk::LossSlice<T>& s, const Pairing& pairing, Over over, const Rule& rule, Check&& check) {
  const std::int64_t length = pairing.length, rows = s.samples() * pairing.per_sample;
  const std::int64_t group = std::max<std::int64_t>(1, block_length / length);  // rows that are taken together
  const double share = over == Over::mean ? 1.0 / static_cast<double>(length) : 1.0;
  const T* const prediction = s.prediction().data;
  T* const gradient = s.d_prediction().data;
  const sdk::TargetView<T> target = s.target();
  T value[block_length], buffer[block_length];
  for (std::int64_t row = 0; row < rows; row += group) {
    const std::int64_t end = std::min(rows, row + group) * length;
    for (std::int64_t r = row; r < std::min(rows, row + group); ++r) s.values()[r] = 0;
    for (std::int64_t first = row * length; first < end; first += block_length) {
      const std::int64_t n = std::min(block_length, end - first);
      const T* const t = target.block(first, n, buffer);
      check(t, n, first);
      if (gradient) detail::terms(prediction + first, t, n, rule, value, gradient + first);
      else detail::terms(prediction + first, t, n, rule, value);
      T* const slope = gradient ? gradient + first : nullptr;
      if (length == 1) detail::weigh_single(value, slope, n, s.values() + first, s.weights() + first);
      else detail::weigh_rows(value, slope, n, std::min(length, n), share, s.values() + row, s.weights() + row);
    }
  }
}

template <class T, class Rule>
void evaluate_elements(const sdk::LossSlice<T>& s, const Pairing& pairing, Over over, const Rule& rule) {
  evaluate_elements(s, pairing, over, rule, [](const T*, std::int64_t, std::int64_t) {});
}

// A whole loss from a rule that needs no plan of its own: R gives name, options, over and operator(), and targets where not all numbers fit.
template <class R>
struct Elementwise : R {
  static sdk::Info info() { return R::info(); }
  explicit Elementwise(const sdk::Options& options) : R(options) {}
  Pairing plan(const sdk::Comparison& c, sdk::LossPlan& answer) const {
    const Pairing pairing = pair_elements(c, R::name);
    answer.leading = pairing.leading;
    if constexpr (requires { R::targets; }) answer.targets = R::targets;
    return pairing;
  }
  template <class T>
  void evaluate(const sdk::LossSlice<T>& s, const Pairing& pairing) const {
    evaluate_elements(s, pairing, R::over, static_cast<const R&>(*this));
  }
};

template <class T>
TERANGA_FORCE_INLINE T sign(T x) {
  return static_cast<T>(x > 0) - static_cast<T>(x < 0);
}

}  // namespace teranga::losses
