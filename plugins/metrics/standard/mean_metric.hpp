// SPDX-License-Identifier: Apache-2.0
// Metrics that are a weighted mean of one value for each leading element. Sums: weight times value, and weight; both f64, so that slices and ranks may be
// added in any cut.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

#include "../../comparison/pairing.hpp"
#include "../../comparison/row.hpp"

namespace teranga::metrics {

using namespace comparison;

// Keras's division: nothing seen is 0.
inline double ratio(double a, double b) { return b != 0 ? a / b : 0; }

// Where a metric says yes, for the documentation of its threshold.
inline constexpr const char* usual_threshold = "; without it 0.5, or 0 behind a loss with from_logits = true and behind hinge and squared_hinge (Keras takes 0.5 there, too)";

// body(first element of the predictions, as float or double)
template <class Body>
void with_predictions(const sdk::MetricSlice& s, Body&& body) {
  const trg_tensor& p = s.call.predictions[0];
  if (p.type == TRG_F64) body(static_cast<const double*>(p.data));
  else body(static_cast<const float*>(p.data));
}

// The first place of the greatest value.
template <class T>
std::int64_t arg_max(const T* x, std::int64_t n) {
  const T greatest = max_of(x, n);
  for (std::int64_t i = 0; i < n; ++i)
    if (x[i] == greatest) return i;
  return 0;
}

inline std::int64_t arg_max(const sdk::TargetView<double>& x, std::int64_t first, std::int64_t n) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < n; ++i)
    if (x[first + i] > x[first + best]) best = i;
  return best;
}

// R gives pair(comparison), direction and each(slice, pairing, put): put(value) once for each leading element, in order.
template <class R>
struct MeanMetric : R {
  static sdk::Info info() { return R::info(); }
  explicit MeanMetric(const sdk::Options& options) : R(options) {}

  Pairing plan(const sdk::Comparison& c, sdk::MetricPlan& answer) const {
    const Pairing pairing = this->pair(c);
    answer.sum_count = 2;
    answer.leading = pairing.leading;
    answer.direction = R::direction;
    return pairing;
  }
  void update(const sdk::MetricSlice& s, const Pairing& pairing) const {
    double total = 0, weight = 0;
    const double* w = s.weights();
    this->each(s, pairing, [&](double value) {
      if (*w != 0) total += *w * value;
      weight += *w++;
    });
    s.sums()[0] += total;
    s.sums()[1] += weight;
  }
  double value(const double* sums, const Pairing&) const {
    const double mean = ratio(sums[0], sums[1]);
    if constexpr (requires { R::finish(mean); }) return R::finish(mean);
    else return mean;
  }
};

// The same metric under a short name.
template <class M, class Name>
struct Alias : M {
  using M::M;
  static sdk::Info info() {
    sdk::Info info = M::info();
    info.summary += " (short for " + info.name.substr(8) + ")";
    info.name = Name::text;
    return info;
  }
};

}  // namespace teranga::metrics
