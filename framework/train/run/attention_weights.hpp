// SPDX-License-Identifier: Apache-2.0
// The weights of multi-head attention for one sample, from the layer's parameters and inputs: layers give out what attention makes, and not its weights. So that nobody is shown
// weights that the layer does not have, callers compare attention_output() with what the layer gave.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace teranga::train {

// A kernel [inputs, units] and its bias [units], which may be empty.
struct HeadKernel {
  std::span<const float> kernel, bias;
};

struct AttentionLayer {
  std::int64_t heads = 0, key_dim = 0, value_dim = 0;
  bool causal = false;
  HeadKernel query, key, value, output;  // units: heads * key_dim twice, heads * value_dim, width; inputs of `output`: heads * value_dim
};

// Inputs of the layer, of one sample: query [queries, ...], key and value [keys, ...]. A mask is empty, or has a 0 for each step that is skipped.
struct AttentionSample {
  std::int64_t queries = 0, keys = 0;
  std::span<const float> query, key, value;
  std::vector<std::uint8_t> query_mask = {}, key_mask = {};
};

// [heads, queries, keys]: softmax(Q K^T / sqrt(key_dim)). A query that is skipped, or that sees no key, has weights of 0.
std::vector<double> attention_weights(const AttentionLayer& layer, const AttentionSample& sample);
// What the layer makes with these weights: [queries, width].
std::vector<double> attention_output(const AttentionLayer& layer, const AttentionSample& sample, const std::vector<double>& weights);

}  // namespace teranga::train
