// SPDX-License-Identifier: Apache-2.0
// The kernel library shares its loops by OpenMP unless told not to, on every thread anew.
#include <teranga/math/gemm.hpp>

#include <teranga/parallel/thread_setup.hpp>

#include <omp.h>

namespace teranga::math {

void keep_openmp_single() {
  static const bool registered = [] {
    on_each_thread([] { omp_set_num_threads(1); });
    return true;
  }();
  (void)registered;
  prepare_this_thread();
}

}  // namespace teranga::math
