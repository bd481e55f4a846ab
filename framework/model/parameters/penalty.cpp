// SPDX-License-Identifier: Apache-2.0
// Penalties of weights, l1 sum |w| + l2 sum w^2: part of the loss, added after averaging because they belong to no sample.
#include <teranga/model/network.hpp>

#include <cmath>

namespace teranga::model {
namespace {

template <class T>
double of_one(const Parameter& p, const T* w, T* gradient) {
  double sum = 0;
  for (std::size_t i = 0; i < p.count; ++i) {
    const double x = w[i];
    sum += p.l1 * std::abs(x) + p.l2 * x * x;
    if (gradient) gradient[i] += static_cast<T>(p.l1 * (x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0) + 2 * p.l2 * x);
  }
  return sum;
}

double of_all(ParameterStore& store, const std::vector<std::size_t>& trained, bool with_gradient) {
  double sum = 0;
  for (const std::size_t index : trained) {  // what does not learn is not punished, as in Keras
    const Parameter& p = store.parameters()[index];
    if (p.l1 == 0 && p.l2 == 0) continue;
    void* gradient = with_gradient ? store.gradient(p) : nullptr;
    sum += store.type() == ElementType::f64 ? of_one(p, static_cast<const double*>(store.weight(p)), static_cast<double*>(gradient))
                                            : of_one(p, static_cast<const float*>(store.weight(p)), static_cast<float*>(gradient));
  }
  return sum;
}

}  // namespace

double Network::penalise() { return of_all(store(), trained(), true); }
double Network::penalty() { return of_all(store(), trained(), false); }

}  // namespace teranga::model
