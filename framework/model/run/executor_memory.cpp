// SPDX-License-Identifier: Apache-2.0
// Preparing the calls of a schedule, and binding its arenas to memory: that of the store, of the batch, of the slices and of the whole batch.
#include "run/executor.hpp"

#include "run/random_key.hpp"

#include <teranga/core/error.hpp>
#include <teranga/host/undeclared_memory.hpp>
#include <teranga/parallel/past_caches.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace teranga::model {
namespace {

// Reading is all that anyone does with a batch's fields.
void* readable(const void* data) { return const_cast<void*>(data); }

}  // namespace

Executor::Executor(const PlanContext& context, std::int64_t rows, Purpose purpose)
    : context_(context), schedule_(make_schedule(context, rows, purpose)), gradients_(schedule_->gradients, context.store, context.team), profile_(schedule_->training() ? context.profile : nullptr),
      passes_(schedule_->training() ? context.passes : nullptr), slice_passes_(static_cast<std::size_t>(context.team.threads())) {
  make_sums();
  make_derived();
  make_frames();
  make_updates();
  if (schedule_->has_losses) loss_.emplace(context.objective, context.fields, *schedule_, schedule_->training() ? &context.class_weights : nullptr, bindings_);
  for (const auto& node : context.graph.nodes)
    if (node->fold > 1) folded_keys_[node->fold].resize(static_cast<std::size_t>(rows * node->fold));
  errors_.resize(static_cast<std::size_t>(context.team.threads()));
  for (trg_error& error : errors_) error.size = sizeof(error);
  slice_memory_.resize(schedule_->slices.size());
  bind_fixed();
  if (profile_) watch();
}

void Executor::make_sums() {
  for (const LayerSums& sums : schedule_->sums) {
    const auto count = static_cast<std::size_t>(sums.count);
    sums_.push_back({std::vector<double>((count + guard_words) * schedule_->slices.size()), std::vector<double>(count), std::vector<double>(count)});
  }
}

void Executor::make_derived() {
  for (const DerivedWeights& planned : schedule_->derived) {
    Derived& d = derived_.emplace_back(Derived{Buffer(planned.bytes)});
    d.tensors = bound(planned.parameters, bindings_);
    d.call.size = sizeof(trg_call);
    d.call.parameters = d.tensors.data();
  }
}

void Executor::make_frames() {
  for (const ScheduledStage& stage : schedule_->stages) {
    StageFrames& frames = stages_.emplace_back(StageFrames{&stage, {}});
    for (const ScheduledOp& op : stage.ops) {
      OpFrames& of_op = frames.ops.emplace_back(OpFrames{&op, {}});
      for (const ScheduledCall& call : op.calls) of_op.frames.push_back(frame_of(call, op.op));
    }
  }
  // From here on, frames keep their places.
  for (StageFrames& stage : stages_)
    for (OpFrames& op : stage.ops)
      for (std::size_t f = 0; f < op.frames.size(); ++f) bind_frame(op.frames[f], op.op->calls[f]);
}

Frame Executor::frame_of(const ScheduledCall& planned, const Op& op) {
  Frame frame;
  frame.elements = planned.elements;
  if (!planned.plan) return frame;
  frame.plan = planned.plan->handle();
  frame.tensors = bound(planned.tensors, bindings_);
  trg_call& call = frame.call;
  call.size = sizeof(call);
  call.pass = op.pass;
  call.first_row = planned.first_row;
  call.rows = planned.rows;
  call.range_begin = planned.range_begin;
  call.range_end = planned.range_end;
  call.fresh = planned.fresh;
  trg_tensor* at = frame.tensors.data();
  const auto take = [&](std::size_t count) { return std::exchange(at, at + count); };
  call.inputs = take(planned.inputs), call.outputs = take(planned.outputs);
  call.d_inputs = take(planned.inputs), call.d_outputs = take(planned.outputs);
  call.parameters = take(planned.parameters), call.d_parameters = take(planned.parameters);
  call.states_in = take(planned.states), call.states_out = take(planned.states);
  call.input_masks = take(planned.inputs), call.output_masks = take(planned.outputs);
  if (planned.sums >= 0) {
    frame.sum_count = schedule_->sums[static_cast<std::size_t>(planned.sums)].count;
    frame.sums = call.sums = sums_[static_cast<std::size_t>(planned.sums)].slices.data() + static_cast<std::size_t>(std::max(planned.slice, 0)) * (static_cast<std::size_t>(frame.sum_count) + guard_words);
  }
  if (planned.sums_before >= 0) {
    Sums& before = sums_[static_cast<std::size_t>(planned.sums_before)];
    call.local_sums = before.local.data();
    call.global_sums = before.global.data();
  }
  return frame;
}

void Executor::bind_frame(Frame& frame, const ScheduledCall& call) {
  for (const auto& [buffer, what] : call.guards) frame.guards.push_back({nullptr, what});
  for (std::size_t i = 0; i < frame.guards.size(); ++i) bindings_.add(call.guards[i].first, frame.guards[i].at);
  frame.scratch_guard = call.scratch_guard;
  bindings_.add(call.saved, frame.call.saved);
  bindings_.add(call.carry, frame.call.carry);
  bindings_.add(call.from, frame.from);
  bindings_.add(call.into, frame.into);
  if (call.derived) frame.call.derived = derived_[static_cast<std::size_t>(call.derived.index)].buffer.data();
}

void Executor::make_updates() {
  for (const FormerState& former : schedule_->former_states) former_states_.emplace_back(former.bytes);
  for (const StateUpdate& planned : schedule_->state_updates) {
    Updating& update = updates_.emplace_back();
    update.tensors = bound(planned.tensors, bindings_);
    update.call.size = sizeof(trg_call);
    update.call.states_in = update.tensors.data();
    update.call.states_out = update.tensors.data() + planned.states;
    if (planned.sums < 0) continue;
    update.call.local_sums = sums_[static_cast<std::size_t>(planned.sums)].local.data();
    update.call.global_sums = sums_[static_cast<std::size_t>(planned.sums)].global.data();
  }
}

// Arenas that never move.
void Executor::bind_fixed() {
  bindings_.bind(Arena::weights, 0, context_.store.weights());
  bindings_.bind(Arena::gradients, 0, context_.store.gradients());
  bindings_.bind(Arena::undeclared, 0, host::undeclared_memory());
  for (std::size_t f = 0; f < former_states_.size(); ++f) bindings_.bind(Arena::former_state, static_cast<int>(f), former_states_[f].data());
}

// Where one layer asks for more than all others, it is that one, and not the batch.
void Executor::tell_greediest() const {
  const auto threads = static_cast<std::size_t>(context_.team.threads());
  for (std::size_t n = 0; n < context_.graph.nodes.size(); ++n) {
    const Node& node = *context_.graph.nodes[n];
    if (node.is_input()) continue;
    std::size_t bytes = 0;
    for (const NodePlan* plan : schedule_->plans->all_of(n)) {
      const auto& buffers = plan->answer().buffers;
      const std::int64_t rows = schedule_->rows;
      bytes = std::max(bytes, buffers[TRG_SCRATCH].size(context_.slice_rows) * threads + buffers[TRG_SAVED].size(rows) + buffers[TRG_CARRY].size(rows));
    }
    if (bytes > schedule_->memory.bytes / 2)
      throw Error(ExitCode::plugin, fmt::format("{} asks for {:.3g} GB of scratch, saved and carry memory for the {} samples of a batch on {} threads, and there is not enough", node.who(), 1e-9 * static_cast<double>(bytes), schedule_->rows, threads));
  }
}

// All schedules of a store run in one piece of memory, which is taken when a schedule first runs and moves when another schedule needs more.
void Executor::bind_memory() {
  const MemoryMap& map = schedule_->memory;
  if (schedule_->shared) bind_shared();
  char* memory = nullptr;
  try {
    memory = context_.store.work_memory().take(map.bytes);
  } catch (const Error&) {
    tell_greediest();
    throw Error(ExitCode::failure, fmt::format("there is not enough memory for what lies between the layers for the {} samples of a batch ({:.3g} GB)", schedule_->rows, 1e-9 * static_cast<double>(map.bytes)),
                "a smaller training.batch_size needs less memory");
  }
  if (memory == memory_) return;
  memory_ = memory;
  bindings_.bind(Arena::batch, 0, memory + map.batch);
  for (std::size_t s = 0; s < slice_memory_.size(); ++s) {
    slice_memory_[s] = memory + s % map.slice_arenas * map.slice_bytes;
    bindings_.bind(Arena::slice, static_cast<int>(s), slice_memory_[s]);
    bindings_.bind(Arena::partial, static_cast<int>(s), memory + map.partials + s * map.partial_bytes);
  }
}

// What lies there is lost where it moves.
void Executor::bind_shared() {
  SharedValues& all = *schedule_->shared->shared;
  const std::size_t bytes = all.offset(all.values.size(), schedule_->rows);
  if (all.memory.size() < bytes)
    for (SharedValues::Value& value : all.values) value.batch = 0;
  char* const memory = all.memory.take(bytes);
  if (memory != shared_memory_) bindings_.bind(Arena::shared, 0, memory);
  shared_memory_ = memory;
}

void Executor::bind_batch() {
  for (int field = 0; field < bindings_.count(Arena::field); ++field) bindings_.bind(Arena::field, field, readable(batch_->fields[static_cast<std::size_t>(field)]));
  for (auto& [fold, keys] : folded_keys_)
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = mix(batch_->sample_ids[i / static_cast<std::size_t>(fold)], i % static_cast<std::size_t>(fold) + 1);
}

// States change places with every step.
void Executor::bind_states() {
  RowStates& rows = context_.store.row_states();
  for (const bool next : {false, true}) {
    bindings_.bind(next ? Arena::next_state : Arena::state, 0, context_.store.state(next));
    const Arena of_rows = next ? Arena::next_row_state : Arena::row_state;
    for (int state = 0; state < bindings_.count(of_rows); ++state) bindings_.bind(of_rows, state, rows.data(schedule_->purpose, state, next));
  }
}

// A walk's first batch says how many rows it has.
void Executor::begin_rows() {
  RowStates& states = context_.store.row_states();
  if (states.empty()) return;
  const Purpose walk = schedule_->purpose;
  if (states.rows(walk) == 0) states.begin(walk, schedule_->rows);
  if (states.rows(walk) < schedule_->rows)
    throw Error(ExitCode::failure, fmt::format("states of rows: expected batches of at most {} rows on this rank, as the first was, found one of {}", states.rows(walk), schedule_->rows));
}

// To the arena of the worker that runs it, where workers have arenas.
void Executor::bind_slice(std::size_t slice, int worker) {
  const MemoryMap& map = schedule_->memory;
  char* const memory = memory_ + map.slice_bytes * static_cast<std::size_t>(worker);
  if (!map.by_worker || slice_memory_[slice] == memory) return;
  slice_memory_[slice] = memory;
  bindings_.bind(Arena::slice, static_cast<int>(slice), memory);
}

// Nothing in the whole batch's arena is alive before the first stage, but several threads hold what slices wrote for ranges since the step before, if it is so
// little that caches still can. Zeros that go past the caches take it from all of them at once.
void Executor::drop_copies() {
  constexpr std::size_t piece = 1 << 18, most = 16 << 20;
  const MemoryMap& map = schedule_->memory;
  if (map.batch_bytes > most || std::ranges::all_of(schedule_->stages, [](const ScheduledStage& stage) { return stage.granularity == TRG_SLICE; })) return;
  const LoopWatch watch(profile_, drop_wait_);
  context_.team.for_each(static_cast<std::int64_t>((map.batch_bytes + piece - 1) / piece), [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    const std::size_t at = static_cast<std::size_t>(i) * piece, bytes = std::min(piece, map.batch_bytes - at);
    clear_past_caches(memory_ + map.batch + at, bytes);
    lap.done({drop_row_, 0, static_cast<double>(bytes)});
  });
}

}  // namespace teranga::model
