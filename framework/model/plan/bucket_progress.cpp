// SPDX-License-Identifier: Apache-2.0
#include "plan/bucket_progress.hpp"

#include <algorithm>
#include <utility>

namespace teranga::model {

BucketProgress::BucketProgress(const GradientBuckets& buckets, const Graph& graph, const ParameterStore& store, const ParameterIndex& index) : of_node_(graph.nodes.size()), open_(buckets.parameters.size()) {
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> bucket_of(store.parameters().size(), none);
  for (std::size_t b = 0; b < open_.size(); ++b)
    for (const std::size_t parameter : buckets.parameters[b]) bucket_of[parameter] = b;
  std::vector<double> flops(open_.size()), bytes(open_.size());
  for (std::size_t n = 0; n < of_node_.size(); ++n)
    for (const int parameter : index.parameters[n]) {
      const std::size_t b = bucket_of[static_cast<std::size_t>(parameter)];
      if (b == none) continue;
      bytes[b] += static_cast<double>(store.parameters()[static_cast<std::size_t>(parameter)].count);
      if (std::ranges::find(of_node_[n], b) != of_node_[n].end()) continue;
      of_node_[n].push_back(b);
      flops[b] += graph.nodes[n]->facts.calls[TRG_BACKWARD_PARAMS].flops;
      ++open_[b].passes, ++open_[b].nodes;
    }
  for (std::size_t b = 0; b < open_.size(); ++b) open_[b].work = flops[b] / std::max(bytes[b], 1.0);
}

bool BucketProgress::has(std::size_t bucket, int node) const { return std::ranges::find(buckets_of(node), bucket) != buckets_of(node).end(); }

void BucketProgress::pass(int node) {
  for (const std::size_t b : buckets_of(node)) --open_[b].passes;
}

void BucketProgress::complete(int node) {
  for (const std::size_t b : buckets_of(node)) --open_[b].nodes;
}

std::vector<std::size_t> BucketProgress::take_complete() {
  std::vector<std::size_t> out;
  for (std::size_t b = 0; b < open_.size(); ++b)
    if (open_[b].nodes == 0 && !std::exchange(open_[b].taken, true)) out.push_back(b);
  return out;
}

std::vector<std::size_t> BucketProgress::open_by_work() const {
  std::vector<std::size_t> out;
  for (std::size_t b = 0; b < open_.size(); ++b)
    if (open_[b].nodes > 0) out.push_back(b);
  std::ranges::stable_sort(out, {}, [&](std::size_t b) { return open_[b].work; });
  return out;
}

}  // namespace teranga::model
