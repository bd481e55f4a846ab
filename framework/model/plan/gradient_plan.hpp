// SPDX-License-Identifier: Apache-2.0
// How the gradient of each parameter comes about on one rank. Where several slices of a batch each give a part of it, each slice has a partial gradient of its own, and these
// are added up. Other gradients are written by the calls themselves: gradients that a call adds to are cleared before.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plan/layout.hpp"
#include "plan/node_plans.hpp"

namespace teranga::model {

struct GradientPlan {
  // A piece of a gradient that is added up from the partials of the slices.
  struct Chunk {
    std::size_t partial, gradient, count;  // elements: into a slice's partial and into the gradients of the store
    std::size_t parameter;
  };
  // Chunks of one bucket of gradients: into `chunks`.
  struct ChunkRange {
    std::size_t begin = 0, end = 0;
  };
  struct Bytes {
    std::size_t offset, count;  // in the gradients of the store
    bool operator==(const Bytes&) const = default;
  };
  struct Lookup {
    std::size_t parameter;
    int field;  // whose numbers name the rows that get one
  };

  std::vector<std::optional<std::size_t>> partials;  // by parameter: bytes into a slice's partial; nothing where calls write the gradient itself
  std::size_t partial_bytes = 0;                     // of one slice
  std::vector<Chunk> chunks;    // in the order in which they are computed
  std::vector<ChunkRange> of_bucket;  // by bucket; the last one is of what is in no bucket
  std::vector<Bytes> cleared;   // before the calls of a step
  std::vector<bool> overwrites; // by node: its ranges are the first to write to its gradients, and can overwrite
  std::vector<Lookup> lookups;  // tables of which only some rows get a gradient
};

// Of a training step that is cut into so many slices.
GradientPlan plan_gradients(const PlanContext& context, const NodePlans& plans, const Layout& layout, std::size_t slices);

}  // namespace teranga::model
