// SPDX-License-Identifier: Apache-2.0
// The operations of a schedule in their order, and where every buffer lies: made once for a number of samples and a purpose, from shapes alone.
//
// Operations run in stages. In a slice stage every slice of the batch runs all operations of the stage in order, on one worker, so that it
// stays in that worker's cache; a stage ends where something must be known of the whole batch. Buffers of slice operations lie in an arena of
// their slice; what a range or a whole-batch operation reads lies in an arena of the whole batch.
#pragma once

#include <memory>
#include <vector>

#include <teranga/model/row_states.hpp>

#include "graph/graph.hpp"
#include "plan/memory_plan.hpp"
#include "plan/plan_context.hpp"
#include "graph/node_plan.hpp"
#include "graph/objective.hpp"

namespace teranga::model {

enum class OpKind { call, accumulate, loss };

struct Op {
  OpKind kind = OpKind::call;
  int node = -1;
  std::int32_t which = TRG_FORWARD;
  std::int32_t pass = 0;
  std::int32_t granularity = TRG_SLICE;
  int from = -1, into = -1;  // of accumulate: storages; `node` made the tensor whose gradient it is
  std::int64_t row_elements = 0;
};

struct Stage {
  std::int32_t granularity = TRG_SLICE;
  std::vector<Op> ops;  // of a range stage: all run at the same time
  // Calls whose sums are combined over the slices when the stage is done.
  std::vector<Op> reductions;
  std::vector<std::size_t> buckets;  // whose gradients are complete when the stage is done and partials are added up
  bool evaluates_loss = false;  // what losses are divided by must be known before
};

struct Storage {
  std::int64_t bytes_per_row = 0, bytes = 0;
  bool whole = false;
  int shared = -1;  // lies among the values of several networks, as that one
  Lifetime life;
};

// Where a gradient of an input goes: into the tensor's own storage, or aside and then added to it.
struct Contribution {
  int storage = -1;  // -1: not wanted
};

struct TensorPlace {
  int storage = -1;
  int field = -1;     // outside: the batch's field
  int gradient = -1;  // storage
  int mask = -1;      // storage of a mask that its maker makes
};

struct NodePlaces {
  std::vector<TensorPlace> outputs;
  std::vector<Contribution> d_inputs;
  int saved = -1, carry = -1;
  bool learns = false;      // its parameters get a gradient
  bool ranged = false;      // by ranges
  bool skipped = false;     // its output is its input's memory
  bool fused = false;         // by a node before it, which makes its output: that is its input's memory, too
};

struct Layout {
  std::vector<Stage> stages;
  std::vector<NodePlaces> nodes;
  std::vector<int> term_gradients;       // storage of each loss term's d_prediction, -1: none
  std::vector<Storage> storages;
  std::size_t slice_bytes = 0;           // of one slice's arena
  std::size_t whole_bytes = 0;
  std::vector<int> unlearnt;             // nodes with trainable parameters that no gradient reaches
};

struct SharedPart;

// `plans`: of one full slice, by node (null for inputs). `shared` may be null.
Layout make_layout(const PlanContext& context, const std::vector<std::unique_ptr<NodePlan>>& plans, Purpose purpose, std::int64_t rows, const SharedPart* shared);

}  // namespace teranga::model
