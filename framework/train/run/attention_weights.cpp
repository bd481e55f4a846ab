// SPDX-License-Identifier: Apache-2.0
#include "run/attention_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace teranga::train {
namespace {

// x [steps, inputs] times the kernel, plus the bias: [steps, units].
template <class T>
std::vector<double> projected(std::span<const T> x, std::int64_t steps, const HeadKernel& to, std::int64_t units) {
  const std::int64_t inputs = static_cast<std::int64_t>(to.kernel.size()) / units;
  std::vector<double> out(static_cast<std::size_t>(steps * units));
  for (std::int64_t t = 0; t < steps; ++t) {
    double* const row = &out[static_cast<std::size_t>(t * units)];
    for (std::int64_t u = 0; u < units && !to.bias.empty(); ++u) row[u] = static_cast<double>(to.bias[static_cast<std::size_t>(u)]);
    for (std::int64_t i = 0; i < inputs; ++i) {
      const auto factor = static_cast<double>(x[static_cast<std::size_t>(t * inputs + i)]);
      const float* const weights = &to.kernel[static_cast<std::size_t>(i * units)];
      for (std::int64_t u = 0; u < units; ++u) row[u] += factor * static_cast<double>(weights[u]);
    }
  }
  return out;
}

// Scores become weights; those of keys that are not seen become 0.
void softmax(double* row, std::int64_t keys, std::int64_t limit, const std::vector<std::uint8_t>& kept) {
  const auto seen = [&](std::int64_t s) { return s < limit && (kept.empty() || kept[static_cast<std::size_t>(s)]); };
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::int64_t s = 0; s < keys; ++s)
    if (seen(s)) most = std::max(most, row[s]);
  for (std::int64_t s = 0; s < keys; ++s) sum += row[s] = seen(s) ? std::exp(row[s] - most) : 0;
  for (std::int64_t s = 0; s < keys && sum > 0; ++s) row[s] /= sum;
}

}  // namespace

std::vector<double> attention_weights(const AttentionLayer& layer, const AttentionSample& sample) {
  const std::int64_t wide = layer.heads * layer.key_dim;
  const std::vector<double> q = projected(sample.query, sample.queries, layer.query, wide), k = projected(sample.key, sample.keys, layer.key, wide);
  const double scale = 1 / std::sqrt(static_cast<double>(layer.key_dim));
  std::vector<double> out(static_cast<std::size_t>(layer.heads * sample.queries * sample.keys), 0.0);
  for (std::int64_t h = 0; h < layer.heads; ++h)
    for (std::int64_t t = 0; t < sample.queries; ++t) {
      if (!sample.query_mask.empty() && !sample.query_mask[static_cast<std::size_t>(t)]) continue;
      double* const row = &out[static_cast<std::size_t>((h * sample.queries + t) * sample.keys)];
      for (std::int64_t s = 0; s < sample.keys; ++s)
        for (std::int64_t d = 0; d < layer.key_dim; ++d) row[s] += scale * q[static_cast<std::size_t>(t * wide + h * layer.key_dim + d)] * k[static_cast<std::size_t>(s * wide + h * layer.key_dim + d)];
      softmax(row, sample.keys, layer.causal ? std::min(t + 1, sample.keys) : sample.keys, sample.key_mask);
    }
  return out;
}

std::vector<double> attention_output(const AttentionLayer& layer, const AttentionSample& sample, const std::vector<double>& weights) {
  const std::int64_t wide = layer.heads * layer.value_dim, width = static_cast<std::int64_t>(layer.output.kernel.size()) / wide;
  const std::vector<double> v = projected(sample.value, sample.keys, layer.value, wide);
  std::vector<double> of_heads(static_cast<std::size_t>(sample.queries * wide), 0.0);
  for (std::int64_t h = 0; h < layer.heads; ++h)
    for (std::int64_t t = 0; t < sample.queries; ++t)
      for (std::int64_t s = 0; s < sample.keys; ++s) {
        const double weight = weights[static_cast<std::size_t>((h * sample.queries + t) * sample.keys + s)];
        for (std::int64_t d = 0; d < layer.value_dim; ++d) of_heads[static_cast<std::size_t>(t * wide + h * layer.value_dim + d)] += weight * v[static_cast<std::size_t>(s * wide + h * layer.value_dim + d)];
      }
  return projected(std::span<const double>(of_heads), sample.queries, layer.output, width);
}

}  // namespace teranga::train
