// SPDX-License-Identifier: Apache-2.0
// Running a schedule: stage by stage, on all threads, without allocating.
#include "run/executor.hpp"

#include "run/element_access.hpp"
#include "run/random_key.hpp"
#include "run/vector_sum.hpp"

#include <teranga/host/host_table.hpp>
#include <teranga/parallel/past_caches.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace teranga::model {
namespace {

template <class T>
bool all_finite(const T* data, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (!std::isfinite(data[i])) return false;
  return true;
}

// A call of a layer, within its breadcrumb.
template <class F>
void call_layer(const Node& node, trg_error& error, F&& call) {
  if (const std::int32_t status = host::foreign_call(&error, call); status != TRG_OK) host::raise(status, error, node.who());
}

}  // namespace

void Executor::run(const Batch& batch, const Step& step, std::span<double> sums) {
  if (step.hooks) step.hooks->begin_batch(batch.global_rows);
  Ticks from = ticks_now();
  begin(batch, step);
  behind_losses_ = false;
  if (passes_) passes_->forward += ticks_now() - from;
  for (StageFrames& stage : stages_) {
    if (stage.stage->evaluates_loss && schedule_->counts) loss_->count(step);
    from = ticks_now();
    run_stage(stage);
    count_time(*stage.stage, ticks_now() - from);
    reduce(*stage.stage);
    for (const std::size_t bucket : stage.stage->buckets) finish_bucket(bucket);
  }
  from = ticks_now();
  if (schedule_->rows > 0) end();
  if (schedule_->training()) update_states();  // a rank without samples makes the same ones of the sums of all ranks
  if (passes_) passes_->backward += ticks_now() - from;
  if (loss_) add_losses(sums);
}

// The stage with the losses goes forward and backward slice by slice: its time is split as that of its slices.
void Executor::count_time(const ScheduledStage& stage, Ticks spent) {
  if (!passes_) return;
  if (!stage.evaluates_loss) {
    (behind_losses_ ? passes_->backward : passes_->forward) += spent;
    return;
  }
  behind_losses_ = true;
  double forward = 0, backward = 0;
  for (SlicePasses& of_worker : slice_passes_) {
    forward += static_cast<double>(of_worker.ticks.forward), backward += static_cast<double>(of_worker.ticks.backward);
    of_worker.ticks = {};
  }
  const Ticks before = forward + backward > 0 ? static_cast<Ticks>(static_cast<double>(spent) * forward / (forward + backward)) : spent;
  passes_->forward += before;
  passes_->backward += spent - before;
}

void Executor::add_losses(std::span<double> sums) {
  if (!context_.in_order) return loss_->add_to(sums);
  batch_sums_.assign(sums.size(), 0.0);
  if (step_->hooks) step_->hooks->sums_before(batch_sums_);
  loss_->add_to(batch_sums_);
  if (step_->hooks) step_->hooks->sum_at_one_rank(batch_sums_);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += batch_sums_[i];
}

// A rank without samples has nothing to add up: its gradients are zero.
void Executor::finish_bucket(std::size_t bucket) {
  const bool onto = step_->hooks && step_->hooks->gradients_before(bucket);
  const Ticks from = ticks_now();
  if (schedule_->rows > 0) add_up_gradients(bucket, onto);
  if (passes_) passes_->backward += ticks_now() - from;
  if (step_->hooks) step_->hooks->gradients_ready(bucket);
}

void Executor::add_up_gradients(std::size_t bucket, bool onto) { gradients_.reduce(bucket, memory_ + schedule_->memory.partials, schedule_->slices.size(), onto, profile_); }

void Executor::end() {
  if (schedule_->shared) schedule_->shared->keep(made_before_, context_.store, step_->batch, schedule_->rows);
  if (schedule_->training()) add_up_gradients(gradients_.without_bucket(), false);
  else context_.store.row_states().swap(schedule_->purpose);  // a training step counts when it is committed, an evaluated batch at once
}

void Executor::begin(const Batch& batch, const Step& step) {
  batch_ = &batch, step_ = &step;
  if (schedule_->rows == 0) return bind_states();
  bind_memory();
  bind_batch();
  begin_rows();
  bind_states();
  derive();
  made_before_ = schedule_->shared && schedule_->shared->ready(context_.store, step.batch, schedule_->rows);
  if (schedule_->shared) schedule_->shared->lose(made_before_);
  LapTimer lap(profile_, 0);
  if (schedule_->training()) gradients_.clear();
  const bool looks_up = !schedule_->gradients.lookups.empty();
  if (looks_up) context_.store.clear_touched(context_.team);
  lap.done(clear_);
  if (context_.team.far_apart()) drop_copies();
  if (looks_up && std::ranges::none_of(schedule_->stages, &ScheduledStage::finds_rows)) find_touched_rows();
  if (loss_) loss_->begin();
}

void Executor::derive() {
  if (derived_.empty() || derived_.front().version == context_.store.version()) return;
  const LoopWatch watch(profile_, derive_wait_);
  context_.team.for_each(static_cast<std::int64_t>(derived_.size()), [&](std::int64_t i, int worker) { derive_one(static_cast<std::size_t>(i), worker); });
}

void Executor::derive_one(std::size_t index, int worker) {
  LapTimer lap(profile_, worker);
  Derived& d = derived_[index];
  const MemoryMap& map = schedule_->memory;
  const Node& node = context_.graph.at(schedule_->derived[index].node);
  const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "derive");
  trg_error& error = errors_[static_cast<std::size_t>(worker)];
  d.call.worker = worker;
  d.call.scratch = memory_ + map.scratch + map.scratch_bytes * static_cast<std::size_t>(worker);
  const bool staged = context_.team.far_apart() && map.staging_bytes >= d.buffer.size();
  d.call.derived = staged ? memory_ + map.staging_bytes * static_cast<std::size_t>(worker) : d.buffer.data();
  call_layer(node, error, [&] { return node.calls->derive(schedule_->derived[index].plan->handle(), &d.call, &error); });
  if (staged) copy_past_caches(d.buffer.data(), d.call.derived, d.buffer.size());
  d.version = context_.store.version();
  lap.done(d.work);
}

void Executor::find_touched_rows() {
  for (const GradientPlan::Lookup& lookup : schedule_->gradients.lookups) {
    const Field& field = context_.fields[static_cast<std::size_t>(lookup.field)];
    const trg_tensor numbers{const_cast<void*>(batch_->fields[static_cast<std::size_t>(lookup.field)]), nullptr, 0, static_cast<std::int32_t>(field.type)};
    const std::int64_t count = schedule_->rows * element_count(field.shape);
    TouchedRows& rows = *context_.store.touched(lookup.parameter);
    for (std::int64_t i = 0; i < count; ++i) rows.touch(whole(number_at(numbers, i)));
  }
  for (TouchedRows& rows : context_.store.touched()) rows.list();
}

void Executor::run_stage(StageFrames& stage) {
  if (schedule_->rows == 0) return;
  if (stage.stage->granularity == TRG_RANGE) run_ranges(stage);
  else if (stage.stage->granularity == TRG_BATCH) run_whole(stage);
  else run_slices(stage);
}

void Executor::run_ranges(StageFrames& stage) {
  const LoopWatch watch(profile_, stage.wait);
  context_.team.for_each(static_cast<std::int64_t>(stage.stage->items.size()), [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    const auto [index, range] = stage.stage->items[static_cast<std::size_t>(i)];
    OpFrames& op = stage.ops[index];
    if (op.op->shared && made_before_) return;
    run_call(*op.op, op.frames[range], worker);
    lap.done(op.frames[range].work);
    drive(worker);
  });
}

// Worker 0 is the thread that called.
void Executor::drive(int worker) {
  if (worker == 0 && step_->hooks) step_->hooks->drive();
}

void Executor::run_whole(StageFrames& stage) {
  const host::LendTeam lend(context_.team);
  const LoopWatch watch(profile_, stage.wait);  // of the threads that the calls are lent nothing is known
  LapTimer lap(profile_, 0);
  for (OpFrames& op : stage.ops) {
    if (op.op->shared && made_before_) continue;
    run_call(*op.op, op.frames[0], 0);
    lap.done(op.frames[0].work);
  }
}

void Executor::run_slices(StageFrames& stage) {
  const LoopWatch watch(profile_, stage.wait);
  const std::int64_t before = stage.stage->finds_rows ? 1 : 0;
  context_.team.for_each(before + static_cast<std::int64_t>(schedule_->slices.size()), [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    if (i < before) {
      find_touched_rows();
      lap.done(find_);
      return;
    }
    run_slice(stage, static_cast<std::size_t>(i - before), worker, lap);
  });
}

void Executor::run_slice(StageFrames& stage, std::size_t slice, int worker, LapTimer& lap) {
  const bool times = passes_ && stage.stage->evaluates_loss;
  const Ticks from = times ? ticks_now() : 0;
  Ticks judged = from;
  bind_slice(slice, worker);
  if (stage.stage->clears_partials) {
    gradients_.clear_partial(memory_ + schedule_->memory.partials + slice * schedule_->memory.partial_bytes);
    lap.done(clear_slice_);
  }
  for (OpFrames& op : stage.ops) {
    Frame& frame = op.frames[slice];
    switch (op.op->op.kind) {
      case OpKind::call:
        if (op.op->shared && made_before_) break;
        run_call(*op.op, frame, worker);
        lap.done(frame.work);
        drive(worker);
        break;
      case OpKind::loss:
        loss_->evaluate(slice, *batch_, frame.work, metrics_, lap);
        if (times) judged = ticks_now();
        break;
      case OpKind::accumulate:
        if (context_.compute == ElementType::f64) add(static_cast<double*>(frame.into), static_cast<const double*>(frame.from), frame.elements);
        else add(static_cast<float*>(frame.into), static_cast<const float*>(frame.from), frame.elements);
        lap.done(frame.work);
        break;
    }
  }
  if (!times) return;
  PassTicks& own = slice_passes_[static_cast<std::size_t>(worker)].ticks;
  own.forward += judged - from, own.backward += ticks_now() - judged;
}

void Executor::run_call(const ScheduledOp& op, Frame& frame, int worker) {
  const Node& node = context_.graph.at(op.op.node);
  const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), op.call_name);
  trg_call& call = frame.call;
  call.worker = worker;
  call.scratch = memory_ + schedule_->memory.scratch + schedule_->memory.scratch_bytes * static_cast<std::size_t>(worker);
  call.random_key = mix(step_->random_key, node.random_key);
  call.row_keys = (node.fold == 1 ? batch_->sample_ids.data() : folded_keys_.find(node.fold)->second.data()) + call.first_row;
  set_guards(frame);
  trg_error& error = errors_[static_cast<std::size_t>(worker)];
  call_layer(node, error, [&] { return op.function(frame.plan, &call, &error); });
  if (const char* const broken = broken_guard(frame)) throw Error(ExitCode::plugin, fmt::format("{}: its call {} has written behind the end of its {}", node.who(), op.call_name, broken));
}

void Executor::set_guards(Frame& frame) {
  if (frame.sums) {
    std::fill_n(frame.sums, frame.sum_count, 0.0);
    set_guard(frame.sums + frame.sum_count);
  }
  for (const Guard& guard : frame.guards) set_guard(guard.at);
  if (frame.scratch_guard >= 0) set_guard(static_cast<char*>(frame.call.scratch) + frame.scratch_guard);
}

// What lies before it, or null.
const char* Executor::broken_guard(const Frame& frame) {
  if (frame.sums && !is_intact(frame.sums + frame.sum_count)) return "sums";
  for (const Guard& guard : frame.guards)
    if (!is_intact(guard.at)) return guard.what;
  return frame.scratch_guard >= 0 && !is_intact(static_cast<const char*>(frame.call.scratch) + frame.scratch_guard) ? "scratch memory" : nullptr;
}

void Executor::reduce(const ScheduledStage& stage) {
  for (const int index : stage.reductions) {
    Sums& sums = sums_[static_cast<std::size_t>(index)];
    const std::size_t count = sums.local.size();
    const auto add_slices = [&](std::vector<double>& to) {
      for (std::size_t s = 0; s < schedule_->slices.size(); ++s)
        for (std::size_t i = 0; i < count; ++i) to[i] += sums.slices[s * (count + guard_words) + i];
    };
    std::fill(sums.local.begin(), sums.local.end(), 0.0);
    add_slices(sums.local);
    std::copy(sums.local.begin(), sums.local.end(), sums.global.begin());
    if (!schedule_->sums[static_cast<std::size_t>(index)].synchronised || !step_->hooks) continue;
    if (context_.in_order) {
      std::fill(sums.global.begin(), sums.global.end(), 0.0);
      step_->hooks->sums_before(sums.global);
      add_slices(sums.global);
    }
    step_->hooks->sum_over_ranks(sums.global);
  }
}

void Executor::update_states() {
  LapTimer lap(profile_, 0);
  for (std::size_t u = 0; u < updates_.size(); ++u) {
    const StateUpdate& planned = schedule_->state_updates[u];
    for (std::size_t f = planned.first_former; f < planned.first_former + planned.formers; ++f) {
      const FormerState& former = schedule_->former_states[f];
      std::memcpy(former_states_[f].data(), static_cast<const char*>(context_.store.state(true)) + former.offset, former.bytes);
    }
    const Node& node = context_.graph.at(planned.node);
    const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "update_state");
    call_layer(node, errors_[0], [&] { return node.calls->update_state(planned.plan->handle(), &updates_[u].call, &errors_[0]); });
    lap.done(updates_[u].work);
  }
}

const void* Executor::value(Source source) const {
  const TensorPlace& place = schedule_->layout.nodes[static_cast<std::size_t>(source.node)].outputs[static_cast<std::size_t>(source.port)];
  if (place.field >= 0) return batch_->fields[static_cast<std::size_t>(place.field)];
  return memory_ + schedule_->memory.batch + schedule_->layout.storages[static_cast<std::size_t>(place.storage)].life.offset;
}

// Forward once more, one call at a time: later calls may write over what earlier ones made.
int Executor::first_not_finite(const Batch& batch, const Step& step) {
  batch_ = &batch, step_ = &step;
  bind_memory();
  bind_batch();
  bind_states();
  for (StageFrames& stage : stages_) {
    const std::size_t rounds = stage.stage->granularity == TRG_SLICE ? schedule_->slices.size() : 1;
    for (std::size_t i = 0; i < rounds; ++i)
      for (OpFrames& op : stage.ops) {
        if (op.op->op.kind == OpKind::loss) break;
        if (op.op->op.kind != OpKind::call) continue;
        run_call(*op.op, op.frames[i], 0);
        if (!outputs_finite(op, op.frames[i])) return op.op->op.node;
      }
    if (stage.stage->evaluates_loss) return -1;
    reduce(*stage.stage);
  }
  return -1;
}

bool Executor::outputs_finite(const OpFrames& op, const Frame& frame) const {
  for (std::size_t i = 0; i < context_.graph.at(op.op->op.node).facts.outputs.size(); ++i) {
    const trg_tensor& t = frame.call.outputs[i];
    std::size_t count = 1;
    for (std::int32_t axis = 0; axis < t.rank; ++axis) count *= static_cast<std::size_t>(t.shape[axis]);
    const bool finite = t.type == TRG_F64 ? all_finite(static_cast<const double*>(t.data), count) : t.type != TRG_F32 || all_finite(static_cast<const float*>(t.data), count);
    if (!finite) return false;
  }
  return true;
}

}  // namespace teranga::model
