// SPDX-License-Identifier: Apache-2.0
// Routing by agreement for one sample, and its exact gradient. I input capsules have votes u[j,d,i] for J capsules of D numbers each; i runs along memory, so that all loops but the sums
// over i are vectors of neighbouring input capsules.
//
//   b^0 = 0;  for r = 1 .. R:  c^r = softmax_j(b^(r-1)),  s^r_j = sum_i c^r_ij u_ij,  v^r = squash(s^r),  b^r_ij = b^(r-1)_ij + u_ij . v^r_j
//
// So b^(r-1)_ij = u_ij . V_j with V = v^1 + ... + v^(r-1): no logits are kept. From dv^R backwards, with g_r = dL/db^r and g_R = 0:
//
//   ds^r = squash'(s^r)^T dv^r,  g_(r-1) = g_r + softmax'(c^r)^T (u_ij . ds^r_j),  dv^(r-1)_j = sum_i g_(r-1),ij u_ij
//   du_ij = sum_r c^r_ij ds^r_j + sum_(r<R) g_r,ij v^r_j
//
// The gradient of the votes is thus a sum of few outer products. Only their factors are kept (RouteFactors), and a row of du is made where it is used.
#pragma once

#include <algorithm>
#include <cstdint>

#include "squash.hpp"

namespace teranga::layers {

inline constexpr std::int64_t route_block = 64;  // input capsules at a time: their votes stay in a near cache

struct RouteSizes {
  std::int64_t inputs, capsules, length, routings;  // I, J, D, R
  bool exact;  // the gradient flows through the couplings, too; else they count as constants
  std::int64_t numbers() const { return capsules * length; }
  std::int64_t votes() const { return numbers() * inputs; }
  std::int64_t couplings() const { return capsules * inputs; }
  std::int64_t terms() const { return exact ? routings : 1; }  // iterations through which the gradient flows: the last ones
};

// In forward: sums s^r of all iterations [R, J D] go to `sums`, the last v to `y`. `work`: 2 J D and J blocks.
template <class T>
struct RouteMemory {
  static std::int64_t forward_count(const RouteSizes& z) { return 2 * z.numbers() + z.capsules * route_block; }
  static std::int64_t backward_count(const RouteSizes& z) { return 3 * z.numbers() + 2 * z.capsules * route_block; }
};

// to[i] += sum_r x[r, i] factor(r)[i] over rows that lie `apart`, four at a time, so that `to` is read and written less often.
template <class T, class Factor>
TERANGA_FORCE_INLINE void add_rows(const T* x, std::int64_t apart, std::int64_t rows, std::int64_t count, Factor factor, T* to) {
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4, x += 4 * apart) {
    const T *const b = x + apart, *const c = b + apart, *const d = c + apart;
    const auto fa = factor(r), fb = factor(r + 1), fc = factor(r + 2), fd = factor(r + 3);
    sdk::each(count, [=](std::int64_t i) { to[i] += (x[i] * fa[i] + b[i] * fb[i]) + (c[i] * fc[i] + d[i] * fd[i]); });
  }
  for (; r < rows; ++r, x += apart) {
    const auto fa = factor(r);
    sdk::each(count, [=](std::int64_t i) { to[i] += x[i] * fa[i]; });
  }
}

// A factor that is one number for all of a row.
template <class T>
struct Same {
  T value;
  TERANGA_FORCE_INLINE T operator[](std::int64_t) const { return value; }
};

// c[j, block] = softmax_j(u_ij . total_j) for `count` input capsules from the first of u on.
template <class T>
void couple(const RouteSizes& z, const T* u, const T* total, std::int64_t count, T* c) {
  for (std::int64_t j = 0; j < z.capsules; ++j) {
    T* const row = c + j * route_block;
    std::fill_n(row, count, T(0));
    add_rows(u + j * z.length * z.inputs, z.inputs, z.length, count, [=](std::int64_t d) { return Same<T>{total[j * z.length + d]}; }, row);
  }
  T most[route_block], sum[route_block];
  std::copy_n(c, count, most);
  for (std::int64_t j = 1; j < z.capsules; ++j) {
    const T* const row = c + j * route_block;
    sdk::each(count, [&](std::int64_t i) { most[i] = row[i] > most[i] ? row[i] : most[i]; });
  }
  std::fill_n(sum, count, T(0));
  for (std::int64_t j = 0; j < z.capsules; ++j) {
    T* const row = c + j * route_block;
    sdk::each(count, [&](std::int64_t i) { row[i] = sdk::math::exp(row[i] - most[i]); });
    sdk::each(count, [&](std::int64_t i) { sum[i] += row[i]; });
  }
  sdk::each(count, [&](std::int64_t i) { sum[i] = 1 / sum[i]; });
  for (std::int64_t j = 0; j < z.capsules; ++j) {
    T* const row = c + j * route_block;
    sdk::each(count, [&](std::int64_t i) { row[i] *= sum[i]; });
  }
}

// to[j, d] += sum over the block of weight[j, i] u[j, d, i]; the weights of a capsule lie `stride` apart.
template <class T>
void add_weighted(const RouteSizes& z, const T* u, const T* weight, std::int64_t stride, std::int64_t count, T* to) {
  for (std::int64_t j = 0; j < z.capsules; ++j) {
    const T* const row = weight + j * stride;
    for (std::int64_t d = 0; d < z.length; ++d) {
      const T* const votes = u + (j * z.length + d) * z.inputs;
      to[j * z.length + d] += sdk::sum<T>(count, [=](std::int64_t i) { return row[i] * votes[i]; });
    }
  }
}

template <class T>
void squash_all(const RouteSizes& z, const T* s, T* v) {
  for (std::int64_t j = 0; j < z.capsules; ++j) squash_vector(s + j * z.length, v + j * z.length, z.length);
}

template <class T>
void route(const RouteSizes& z, const T* u, T* sums, T* y, T* work) {
  const std::int64_t numbers = z.numbers();
  T *const total = work, *const v = total + numbers, *const c = v + numbers;
  const T even = 1 / static_cast<T>(z.capsules);
  for (std::int64_t k = 0; k < numbers; ++k) {
    const T* const votes = u + k * z.inputs;
    sums[k] = even * sdk::sum<T>(z.inputs, [=](std::int64_t i) { return votes[i]; });
  }
  std::fill_n(total, numbers, T(0));
  for (std::int64_t r = 1; r < z.routings; ++r) {
    squash_all(z, sums + (r - 1) * numbers, v);
    sdk::each(numbers, [=](std::int64_t k) { total[k] += v[k]; });
    T* const s = sums + r * numbers;
    std::fill_n(s, numbers, T(0));
    for (std::int64_t first = 0; first < z.inputs; first += route_block) {
      const std::int64_t count = std::min(route_block, z.inputs - first);
      couple(z, u + first, total, count, c);
      add_weighted(z, u + first, c, route_block, count, s);
    }
  }
  squash_all(z, sums + (z.routings - 1) * numbers, y);
}

// The factors of du: for the iterations r through which the gradient flows, ds^r [J D], c^r [J, I] (not of r = 1: it is 1 / J), and for r < R g_r [J, I] and v^r [J D].
template <class T>
struct RouteFactors {
  static std::int64_t count(const RouteSizes& z) {
    const std::int64_t r = z.terms(), coupled = z.exact ? r - 1 : z.routings > 1;
    return r * z.numbers() + coupled * z.couplings() + (r - 1) * (z.numbers() + z.couplings());
  }
  RouteFactors(T* at, const RouteSizes& z) : sizes(z), ds(at), v(ds + z.terms() * z.numbers()), c(v + (z.terms() - 1) * z.numbers()), g(c + (z.exact ? z.terms() - 1 : z.routings > 1) * z.couplings()) {}

  // du of one number of one capsule, for `count` input capsules from `first` on.
  void row(std::int64_t capsule, std::int64_t number, std::int64_t first, std::int64_t count, T* to) const {
    const std::int64_t at = capsule * sizes.length + number, numbers = sizes.numbers(), couplings = sizes.couplings(), from = capsule * sizes.inputs + first;
    const bool even = sizes.exact || sizes.routings == 1;  // a term of r = 1
    std::fill_n(to, count, even ? ds[at] / static_cast<T>(sizes.capsules) : T(0));
    if (!sizes.exact) {
      if (!even) add(ds[at], c + from, count, to);
      return;
    }
    for (std::int64_t r = 1; r < sizes.routings; ++r) {
      const T one = ds[r * numbers + at], other = v[(r - 1) * numbers + at];
      const T *const coupling = c + (r - 1) * couplings + from, *const pull = g + (r - 1) * couplings + from;
      sdk::each(count, [=](std::int64_t i) { to[i] += one * coupling[i] + other * pull[i]; });
    }
  }

  static void add(T factor, const T* from, std::int64_t count, T* to) {
    sdk::each(count, [=](std::int64_t i) { to[i] += factor * from[i]; });
  }

  RouteSizes sizes;
  T *ds, *v, *c, *g;  // ds: r = 1 .. R; v: r = 1 .. R - 1; c: r = 2 .. R; g: r = 1 .. R - 1. Not exact: ds and c of r = R alone
};

// From the sums of forward and dy, the gradient of y.
template <class T>
void route_backward(const RouteSizes& z, const T* u, const T* sums, const T* dy, const RouteFactors<T>& f, T* work) {
  const std::int64_t numbers = z.numbers(), couplings = z.couplings();
  T *const total = work, *const d_v = total + numbers, *const c = d_v + 2 * numbers, *const d_c = c + z.capsules * route_block, *const one = d_v + numbers;
  const auto gradient = [&](std::int64_t r, const T* from, T* to) {
    for (std::int64_t j = 0; j < z.capsules; ++j) squash_gradient(sums + r * numbers + j * z.length, from + j * z.length, to + j * z.length, z.length);
  };
  std::fill_n(total, numbers, T(0));  // v^1 + ... + v^(R-1)
  for (std::int64_t r = 0; r + 1 < z.routings; ++r) {
    T* const v = z.exact ? f.v + r * numbers : one;
    squash_all(z, sums + r * numbers, v);
    sdk::each(numbers, [=](std::int64_t k) { total[k] += v[k]; });
  }
  std::copy_n(dy, numbers, d_v);
  for (std::int64_t r = z.routings - 1; r >= 0; --r) {
    T* const ds = f.ds + (z.exact ? r : 0) * numbers;
    gradient(r, d_v, ds);
    if (r == 0) break;
    T* const kept = f.c + (z.exact ? r - 1 : 0) * couplings;
    T* const g = f.g + (r - 1) * couplings;
    std::fill_n(d_v, numbers, T(0));
    for (std::int64_t first = 0; first < z.inputs; first += route_block) {
      const std::int64_t count = std::min(route_block, z.inputs - first);
      couple(z, u + first, total, count, c);
      for (std::int64_t j = 0; j < z.capsules; ++j) std::copy_n(c + j * route_block, count, kept + j * z.inputs + first);
      if (!z.exact) continue;
      T mean[route_block];
      std::fill_n(mean, count, T(0));
      for (std::int64_t j = 0; j < z.capsules; ++j) {
        T *const row = d_c + j * route_block, *const its = c + j * route_block;
        std::fill_n(row, count, T(0));
        add_rows(u + j * z.length * z.inputs + first, z.inputs, z.length, count, [=](std::int64_t d) { return Same<T>{ds[j * z.length + d]}; }, row);
        sdk::each(count, [&](std::int64_t i) { mean[i] += its[i] * row[i]; });
      }
      for (std::int64_t j = 0; j < z.capsules; ++j) {
        const T *const row = d_c + j * route_block, *const its = c + j * route_block;
        const T* const later = r + 1 < z.routings ? g + couplings + j * z.inputs + first : nullptr;
        T* const to = g + j * z.inputs + first;
        if (later) sdk::each(count, [&](std::int64_t i) { to[i] = later[i] + its[i] * (row[i] - mean[i]); });
        else sdk::each(count, [&](std::int64_t i) { to[i] = its[i] * (row[i] - mean[i]); });
      }
      add_weighted(z, u + first, g + first, z.inputs, count, d_v);
    }
    if (!z.exact) break;
    const T* const v = f.v + (r - 1) * numbers;
    sdk::each(numbers, [=](std::int64_t k) { total[k] -= v[k]; });
  }
}

}  // namespace teranga::layers
