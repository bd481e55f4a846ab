// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/host_table.hpp>

#include <teranga/core/log.hpp>
#include <teranga/host/activation_lender.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/node_lender.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/math/random.hpp>
#include <teranga/math/vector_functions.hpp>
#include <teranga/sdk/c/layer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace teranga::host {
namespace {

thread_local Team* lent_team = nullptr;

void log_line(std::int32_t level, const char* text) {
  const std::string line = Breadcrumb::owner() + (text ? text : "");
  switch (level) {
    case TRG_LOG_DEBUG: return log::debug(line);
    case TRG_LOG_WARNING: return Breadcrumb::alike_on_all_ranks() ? log::warning_of_all(line) : log::warning(line);
    case TRG_LOG_ERROR: return log::error(line);
    default: return log::info(line);
  }
}

template <class T>
void typed_gemm(const trg_gemm& g) {
  math::Gemm<T> product;
  product.transpose_a = g.transpose_a != 0;
  product.transpose_b = g.transpose_b != 0;
  product.m = g.m, product.n = g.n, product.k = g.k;
  product.alpha = g.alpha, product.beta = g.beta;
  product.a = static_cast<const T*>(g.a), product.lda = g.lda;
  product.b = static_cast<const T*>(g.b), product.ldb = g.ldb;
  product.c = static_cast<T*>(g.c), product.ldc = g.ldc;
  math::gemm(product);
}

std::int32_t gemm(const trg_gemm* g) noexcept {
  try {
    if (g->type == TRG_F64) typed_gemm<double>(*g);
    else typed_gemm<float>(*g);
    return TRG_OK;
  } catch (...) {  // it would pass through a plugin that may be written in C
    return TRG_FAILED;
  }
}

template <class T>
void typed_vector(std::int32_t function, std::int64_t count, const T* x, T* y) {
  switch (function) {
    case TRG_EXP: return math::exp(count, x, y);
    case TRG_LOG: return math::log(count, x, y);
    case TRG_TANH: return math::tanh(count, x, y);
    case TRG_SIGMOID: return math::sigmoid(count, x, y);
    case TRG_ERF:
      for (std::int64_t i = 0; i < count; ++i) y[i] = std::erf(x[i]);
  }
}

void vector(std::int32_t function, std::int32_t type, std::int64_t count, const void* x, void* y) {
  if (type == TRG_F64) typed_vector(function, count, static_cast<const double*>(x), static_cast<double*>(y));
  else typed_vector(function, count, static_cast<const float*>(x), static_cast<float*>(y));
}

void uniform(trg_stream stream, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  const math::RandomStream random(stream.key, stream.row);
  if (type == TRG_F64) random.uniform(first, count, static_cast<double*>(out));
  else random.uniform(first, count, static_cast<float*>(out));
}

void normal(trg_stream stream, std::uint64_t first, std::int64_t count, std::int32_t type, void* out) {
  const math::RandomStream random(stream.key, stream.row);
  if (type == TRG_F64) random.normal(first, count, static_cast<double*>(out));
  else random.normal(first, count, static_cast<float*>(out));
}

void parallel_for(std::int64_t count, std::int64_t grain, void (*body)(void*, std::int64_t, std::int64_t), void* context) {
  grain = std::max<std::int64_t>(grain, 1);
  const std::int64_t pieces = (count + grain - 1) / grain;
  const auto piece = [&](std::int64_t i, int) { body(context, i * grain, std::min(count, (i + 1) * grain)); };
  if (lent_team) return lent_team->for_each(pieces, piece);
  for (std::int64_t i = 0; i < pieces; ++i) piece(i, 0);
}

const void* extension(const char* id) {
  if (std::strcmp(id, TRG_NODE_MEMORY) == 0) return &node_lender();
  return std::strcmp(id, TRG_ACTIVATION_LENDER) == 0 ? &activation_lender() : nullptr;
}

}  // namespace

const trg_host& host_table() noexcept {
  static const trg_host table = {sizeof(trg_host), TRG_BORDER_MAJOR, TRG_BORDER_MINOR, TERANGA_VERSION, log_line, gemm, vector, uniform, normal, parallel_for, extension};
  return table;
}

LendTeam::LendTeam(Team& team) noexcept : before_(lent_team) { lent_team = &team; }
LendTeam::~LendTeam() { lent_team = before_; }

}  // namespace teranga::host
