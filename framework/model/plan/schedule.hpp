// SPDX-License-Identifier: Apache-2.0
// All that a network does with a batch of so many samples, in which order, and on which buffers. A schedule is made once, from shapes alone, and is never changed. It holds no
// address of what it computes on: the executor binds arenas to memory, and runs it.
//
// A rank without samples has a schedule of 0 rows: the stages of one row, without slices. So it takes part in the same collectives, in the same order.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "plan/buffer_ref.hpp"
#include "plan/gradient_plan.hpp"
#include "plan/layout.hpp"
#include "plan/node_plans.hpp"
#include "plan/plan_context.hpp"

namespace teranga::model {

struct TensorRef {
  BufferRef buffer;
  const Shape* shape = nullptr;  // null: there is no such tensor
  std::int32_t type = TRG_F32;
};

// One call of a plugin, on a slice, on a range or on the whole batch; or the sum of two gradients of one tensor.
struct ScheduledCall {
  const NodePlan* plan = nullptr;
  int slice = -1;  // -1: of the whole batch
  std::int64_t first_row = 0, rows = 0;  // as the layer sees them: folded
  std::int64_t range_begin = 0, range_end = 0;
  bool fresh = false;  // overwrites its gradients
  std::vector<TensorRef> tensors;  // inputs, outputs, d_inputs, d_outputs, parameters, d_parameters, states_in, states_out, input_masks, output_masks
  std::size_t inputs = 0, outputs = 0, parameters = 0, states = 0;  // how many there are of them
  BufferRef saved, carry, derived;
  std::vector<std::pair<BufferRef, const char*>> guards;  // and what lies before each
  std::ptrdiff_t scratch_guard = -1;                      // bytes into the worker's scratch memory; -1: none
  int sums = -1, sums_before = -1;  // into Schedule::sums: what the call adds up, and what the pass before has added up
  BufferRef from, into;  // of a sum
  std::int64_t elements = 0;

  const TensorRef* d_inputs() const { return &tensors[inputs + outputs]; }
  const TensorRef* d_outputs() const { return d_inputs() + inputs; }
  const TensorRef* parameter_refs() const { return d_outputs() + outputs; }
  const TensorRef* d_parameters() const { return parameter_refs() + parameters; }
};

struct ScheduledOp {
  Op op;
  std::int32_t (*function)(void*, const trg_call*, trg_error*) = nullptr;
  const char* call_name = "";
  bool shared = false;  // may have been made before, by another network
  std::vector<ScheduledCall> calls;  // by slice, or by range; of a loss empty calls
};

struct ScheduledStage {
  std::int32_t granularity = TRG_SLICE;
  std::vector<ScheduledOp> ops;
  std::vector<std::pair<std::size_t, std::size_t>> items;  // of a stage of ranges: operation and range, in the order in which they are computed
  bool clears_partials = false;   // the first stage of slices
  bool finds_rows = false;        // the same stage, beside its slices: nobody asks for touched rows before the step's gradients are there
  bool evaluates_loss = false;    // a collective comes before: what losses are divided by
  std::vector<std::size_t> buckets;  // of gradients, complete when the stage is done and their partials are added up
  std::vector<int> reductions;    // into Schedule::sums: added up over the slices when the stage is done, and over the ranks where they are synchronised
};

// What the calls of one pass of a layer add up over the batch.
struct LayerSums {
  std::int64_t count = 0;  // of numbers
  bool synchronised = false;
};

struct DerivedWeights {
  int node;
  const NodePlan* plan;
  std::size_t bytes;
  std::vector<TensorRef> parameters;
};

// What a state was before a step: of a state that two layers update, one after the other.
struct FormerState {
  std::size_t offset, bytes;
};

struct StateUpdate {
  int node;
  const NodePlan* plan;
  std::size_t states;
  std::vector<TensorRef> tensors;  // before the step, and after it
  int sums = -1;                   // of the last pass of forward that adds something up
  std::size_t first_former = 0, formers = 0;  // into Schedule::former_states: copied before the call
};

// A loss term or a metric of one slice: what it compares, planned for the shapes of the slice.
struct Comparison {
  std::unique_ptr<ComparePlan<trg_loss_calls>> loss;
  std::unique_ptr<ComparePlan<trg_metric_calls>> metric;
  TensorRef prediction, target, gradient, mask;
  std::int64_t elements = 0;      // leading ones
  std::int64_t mask_repeats = 1;  // elements that one value of the mask stands for
};

struct BatchSlice {
  std::int64_t first, rows;
  std::vector<Comparison> comparisons;  // terms, then metrics
};

// How the arenas lie in the one piece of memory that a schedule runs in: bytes. Arenas of slices come first.
struct MemoryMap {
  // Where one stage is all that slices pass through they leave nothing behind, and a worker runs them all in its own arena, which stays in its cache.
  bool by_worker = false;
  std::size_t slice_bytes = 0, slice_arenas = 0;
  std::size_t batch = 0, batch_bytes = 0;
  std::size_t partials = 0, partial_bytes = 0;  // of one slice
  std::size_t scratch = 0, scratch_bytes = 0;   // of one worker
  std::size_t bytes = 0;
  // Of one worker, from the beginning on, while nothing there is alive: derived weights are made in it, then copied to where all read them.
  std::size_t staging_bytes = 0;
};

struct Schedule {
  std::int64_t rows = 0;
  Purpose purpose = Purpose::training;
  bool has_losses = false;  // that are evaluated for this purpose
  bool counts = false;      // what losses are divided by is counted in each batch
  SharedPart* shared = nullptr;  // null where the network shares nothing; the one thing here that changes: which values are there
  std::unique_ptr<NodePlans> plans;
  Layout layout;
  std::vector<BatchSlice> slices;
  GradientPlan gradients;  // of a training
  MemoryMap memory;
  std::vector<ScheduledStage> stages;
  std::vector<LayerSums> sums;
  std::vector<DerivedWeights> derived;
  std::vector<StateUpdate> state_updates;
  std::vector<FormerState> former_states;
  std::deque<Shape> shapes;  // that tensors point to

  bool training() const noexcept { return purpose == Purpose::training; }
  std::size_t derived_bytes() const noexcept;
};

// Throws Error as layers, losses and metrics report it. The context must outlive the schedule.
std::unique_ptr<const Schedule> make_schedule(const PlanContext& context, std::int64_t rows, Purpose purpose);

}  // namespace teranga::model
