// SPDX-License-Identifier: Apache-2.0
#include <teranga/math/machine_speed.hpp>

#include <teranga/core/clones.hpp>
#include <teranga/tensor/buffer.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "cpu_levels.hpp"
#include "multiply_add_chain.hpp"

namespace teranga::math {
namespace {

MultiplyAddChain best_chain() noexcept {
#if defined(__x86_64__)
  if (cpu_has_level_4()) return multiply_add_v4();
  if (cpu_has_level_3()) return multiply_add_v3();
#endif
  return multiply_add_base();
}

TERANGA_CLONES void triad(float* a, const float* b, const float* c, float s, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) a[i] = b[i] + s * c[i];
}

double seconds(std::chrono::steady_clock::duration time) { return std::chrono::duration<double>(time).count(); }

// The shortest of so many runs, in seconds.
template <class F>
double shortest(int runs, F&& run) {
  double best = 0;
  for (int r = 0; r < runs; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    run();
    const double taken = seconds(std::chrono::steady_clock::now() - begin);
    best = r == 0 ? taken : std::min(best, taken);
  }
  return best;
}

}  // namespace

double multiply_add_gflops(Team& team) {
  constexpr std::int64_t rounds = 10'000;  // 15 us or more
  const std::int64_t pieces = 32 * team.threads();
  const MultiplyAddChain chain = best_chain();
  std::atomic<float> seen{0};
  const double time = shortest(40, [&] { team.for_each(pieces, [&](std::int64_t, int) { seen.store(chain.run(rounds), std::memory_order_relaxed); }); });
  return chain.flops * static_cast<double>(rounds * pieces) / time / 1e9;
}

double triad_gbytes(Team& team) {
  constexpr std::int64_t elements = 16 << 20, piece = 1 << 14;
  Buffer a(elements * sizeof(float)), b(elements * sizeof(float)), c(elements * sizeof(float));
  const auto all = [&](auto&& work) { team.for_each(elements / piece, [&](std::int64_t i, int) { work(i * piece); }); };
  const auto at = [](Buffer& buffer, std::int64_t element) { return static_cast<float*>(buffer.data()) + element; };
  all([&](std::int64_t first) {
    std::fill_n(at(a, first), piece, 0.0F);
    std::fill_n(at(b, first), piece, 1.0F);
    std::fill_n(at(c, first), piece, 2.0F);
  });
  const double time = shortest(8, [&] { all([&](std::int64_t first) { triad(at(a, first), at(b, first), at(c, first), 0.5F, piece); }); });
  return 3.0 * sizeof(float) * elements / time / 1e9;
}

}  // namespace teranga::math
