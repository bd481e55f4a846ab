// SPDX-License-Identifier: Apache-2.0
// Loops and sums over a whole tensor, for optimizers that update one at a time (update_tensor). They run on the threads that the host lends, and a sum
// has the same bits for any number of them: each piece has a fixed place and a sum of its own in f64, and these are added in their order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <teranga/sdk/plugin.hpp>

namespace teranga::sdk {

inline constexpr std::int64_t tensor_piece = 16384;  // elements: a few arrays of it stay in the second-level cache

// f(begin, end) for each piece of [0, count). It must not throw.
template <class F>
void each_piece(std::int64_t count, std::int64_t grain, F&& f) {
  using Function = std::remove_reference_t<F>;
  const auto call = [](void* context, std::int64_t begin, std::int64_t end) { (*static_cast<Function*>(context))(begin, end); };
  host().parallel_for(count, grain, call, const_cast<void*>(static_cast<const void*>(&f)));
}

// The sum of f(begin, end) over the pieces of [0, count), which a host may also join: f adds up what it is given in pieces of `grain` by itself.
template <class F>
double sum_of_pieces(std::int64_t count, std::int64_t grain, F&& f) {
  std::vector<double> sums(static_cast<std::size_t>((count + grain - 1) / grain));
  each_piece(count, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin; at < end; at += grain) sums[static_cast<std::size_t>(at / grain)] = f(at, std::min(end, at + grain));
  });
  double sum = 0;
  for (const double one : sums) sum += one;
  return sum;
}

// The sum of term(i), a double, for i in [begin, end): in eight lanes, in a form that vectorises.
template <class F>
double sum_in_lanes(std::int64_t begin, std::int64_t end, F&& term) {
  double lanes[8] = {};
  std::int64_t i = begin;
  for (; i + 8 <= end; i += 8)
    for (std::int64_t lane = 0; lane < 8; ++lane) lanes[lane] += term(i + lane);
  for (; i < end; ++i) lanes[0] += term(i);
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// The sum of term(i), a double, for i in [0, count), on all threads.
template <class F>
double sum_of(std::int64_t count, F&& term) {
  return sum_of_pieces(count, tensor_piece, [&](std::int64_t begin, std::int64_t end) { return sum_in_lanes(begin, end, term); });
}

template <class T>
double sum_of_squares(const T* x, std::int64_t count) {
  return sum_of(count, [x](std::int64_t i) { return static_cast<double>(x[i]) * static_cast<double>(x[i]); });
}

}  // namespace teranga::sdk
