// SPDX-License-Identifier: Apache-2.0
// Which buckets of gradients are complete, while backward is planned layer by layer.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <teranga/model/gradient_buckets.hpp>
#include <teranga/model/parameter_store.hpp>

#include "graph/graph.hpp"

namespace teranga::model {

class BucketProgress {
 public:
  BucketProgress(const GradientBuckets& buckets, const Graph& graph, const ParameterStore& store, const ParameterIndex& index);

  std::span<const std::size_t> buckets_of(int node) const { return of_node_[static_cast<std::size_t>(node)]; }
  bool has(std::size_t bucket, int node) const;

  // Backward has passed through the node.
  void pass(int node);
  // The node has added all that it adds to the gradients of its parameters.
  void complete(int node);

  bool all_passed(std::size_t bucket) const { return open_[bucket].passes == 0; }
  // Those that have become complete since the last call.
  std::vector<std::size_t> take_complete();
  // Those that are not complete yet: the fewest operations for a byte first. A function of recipe and shapes alone.
  std::vector<std::size_t> open_by_work() const;

 private:
  struct Open {
    std::size_t passes = 0, nodes = 0;  // nodes that backward has to pass through, and nodes that have to add to the gradients
    double work = 0;                    // operations for a byte
    bool taken = false;
  };
  std::vector<std::vector<std::size_t>> of_node_;
  std::vector<Open> open_;
};

}  // namespace teranga::model
