// SPDX-License-Identifier: Apache-2.0
#include "run/vector_sum.hpp"

#include <teranga/core/clones.hpp>

namespace teranga::model {
namespace {

template <class T>
[[gnu::always_inline]] inline void add_loop(T* __restrict into, const T* __restrict from, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) into[i] += from[i];
}

}  // namespace

TERANGA_CLONES void add(float* into, const float* from, std::int64_t count) { add_loop(into, from, count); }
TERANGA_CLONES void add(double* into, const double* from, std::int64_t count) { add_loop(into, from, count); }

}  // namespace teranga::model
