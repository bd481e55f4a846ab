// SPDX-License-Identifier: Apache-2.0
// The table that the harness lends to plugins: plain loops, right before fast. Its random numbers are not the product's.
#include <cmath>
#include <cstdio>
#include <deque>
#include <numbers>
#include <string_view>

#include "harness.hpp"

namespace teranga::test {

namespace {

template <class T>
void multiply(const trg_gemm& g) {
  const T *a = static_cast<const T*>(g.a), *b = static_cast<const T*>(g.b);
  T* c = static_cast<T*>(g.c);
  for (std::int64_t i = 0; i < g.m; ++i)
    for (std::int64_t j = 0; j < g.n; ++j) {
      double sum = 0;
      for (std::int64_t p = 0; p < g.k; ++p)
        sum += static_cast<double>(g.transpose_a ? a[p * g.lda + i] : a[i * g.lda + p]) * static_cast<double>(g.transpose_b ? b[j * g.ldb + p] : b[p * g.ldb + j]);
      T& to = c[i * g.ldc + j];
      to = static_cast<T>(g.alpha * sum + (g.beta == 0 ? 0 : g.beta * static_cast<double>(to)));
    }
}

std::int32_t gemm(const trg_gemm* g) {
  if (g->type == TRG_F64) multiply<double>(*g);
  else multiply<float>(*g);
  return TRG_OK;
}

double apply(std::int32_t function, double x) {
  switch (function) {
    case TRG_EXP: return std::exp(x);
    case TRG_LOG: return std::log(x);
    case TRG_TANH: return std::tanh(x);
    case TRG_SIGMOID: return 1 / (1 + std::exp(-x));
    default: return std::erf(x);
  }
}

void put(std::int32_t type, void* to, std::int64_t i, double value) {
  if (type == TRG_F64) static_cast<double*>(to)[i] = value;
  else static_cast<float*>(to)[i] = static_cast<float>(value);
}

void vector(std::int32_t function, std::int32_t type, std::int64_t count, const void* x, void* y) {
  for (std::int64_t i = 0; i < count; ++i)
    put(type, y, i, apply(function, type == TRG_F64 ? static_cast<const double*>(x)[i] : static_cast<double>(static_cast<const float*>(x)[i])));
}

// A multiple of 2^-24 in [0, 1) as a pure function of (key, row, draw).
double draw(trg_stream stream, std::uint64_t i) {
  std::uint64_t z = stream.key * 0x9e3779b97f4a7c15u + (stream.row + 1) * 0xd1b54a32d192ed03u + i * 0x8cb92ba72f3d8dd7u;
  for (int round = 0; round < 2; ++round) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
  }
  return static_cast<double>(z >> 40) / 16777216.0;
}

void uniform(trg_stream stream, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  for (std::int64_t i = 0; i < count; ++i) put(type, out, i, draw(stream, first + static_cast<std::uint64_t>(i)));
}

void normal(trg_stream stream, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint64_t n = first + static_cast<std::uint64_t>(i);
    const double u = 1 - draw(stream, 2 * n), v = draw(stream, 2 * n + 1);
    put(type, out, i, std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v));
  }
}

void parallel_for(std::int64_t count, std::int64_t grain, void (*body)(void*, std::int64_t, std::int64_t), void* context) {
  const std::int64_t step = grain < 1 ? 1 : grain;
  for (std::int64_t begin = 0; begin < count; begin += step) body(context, begin, begin + step < count ? begin + step : count);
}

void log(std::int32_t level, const char* text) { std::printf("plugin, level %d: %s\n", level, text); }

// An activation that is lent for good: until the process ends.
struct Lent {
  explicit Lent(const trg_item& item) : options(item, Options{}), calls(*static_cast<const trg_activation_calls*>(item.calls)) {}
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() {
    if (self) calls.destroy(self);
  }

  BoundOptions options;
  const trg_activation_calls& calls;
  void* self = nullptr;
};

// Of the product's own plugin.
std::int32_t lend(const trg_value* component, const trg_activation_calls** calls, void** activation, trg_error* error) {
  const trg_item& item = find_item("activations", component->text, TRG_ACTIVATION);
  static std::deque<Lent> all;
  Lent& lent = all.emplace_back(item);
  *calls = &lent.calls;
  trg_options given = *lent.options.native();
  if (component->count > 0) given.items = component->options, given.count = static_cast<std::size_t>(component->count);
  const std::int32_t code = lent.calls.create(&given, &lent.self, error);
  *activation = lent.self;
  return code;
}

const void* extension(const char* id) {
  static const trg_activation_lender lender = {sizeof(trg_activation_lender), lend};
  return std::string_view(id) == TRG_ACTIVATION_LENDER ? &lender : nullptr;
}

}  // namespace

const trg_host& host_table() {
  static const trg_host table = {sizeof(trg_host), TRG_BORDER_MAJOR, TRG_BORDER_MINOR, "harness", log, gemm, vector, uniform, normal, parallel_for, extension};
  return table;
}

}  // namespace teranga::test
