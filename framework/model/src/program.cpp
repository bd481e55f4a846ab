// SPDX-License-Identifier: Apache-2.0
// Running a program: stage by stage, on all threads, without allocating.
#include "program_frames.hpp"

#include "element_access.hpp"
#include "vector_sum.hpp"

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

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a ^ (b + 0x9E3779B97F4A7C15ull + (a << 6) + (a >> 2));
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

[[noreturn]] void fail(const trg_error& error, const Node& node) {
  host::Report report;
  report.native = error;
  host::raise(report, node.who());
}

}  // namespace

void Program::point_at(const Batch& batch) {
  batch_ = &batch;
  for (const Patch& patch : patches_) {
    // Reading is all that anyone does with a batch's fields.
    const char* field = static_cast<const char*>(batch.fields[static_cast<std::size_t>(patch.field)]);
    patch.tensor->data = field ? const_cast<char*>(field) + patch.offset : nullptr;
  }
  for (auto& [fold, keys] : folded_keys_)
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = mix(batch.sample_ids[i / static_cast<std::size_t>(fold)], i % static_cast<std::size_t>(fold) + 1);
}

void Program::skip(const Step& step) {
  if (!step.sum_over_ranks) return;
  point_at_states();
  for (const PreparedStage& stage : stages_) {
    if (stage.evaluates_loss && loss_->counts()) loss_->count_nothing(step);
    for (const Op& op : stage.reductions) {
      if (!synchronised(op)) continue;
      Sums& sums = sums_of(op);
      std::fill(sums.global.begin(), sums.global.end(), 0.0);
      step.sum_over_ranks(sums.global);
    }
  }
  if (training_) update_states();  // those that come from the sums of all ranks are equal on all of them
}

void Program::find_touched_rows() {
  for (const Lookup& lookup : lookups_) {
    const Field& field = context_.fields[static_cast<std::size_t>(lookup.field)];
    const trg_tensor numbers{const_cast<void*>(batch_->fields[static_cast<std::size_t>(lookup.field)]), nullptr, 0, static_cast<std::int32_t>(field.type)};
    const std::int64_t count = rows_ * element_count(field.shape);
    for (std::int64_t i = 0; i < count; ++i) lookup.rows->touch(whole(number_at(numbers, i)));
  }
  for (TouchedRows& rows : context_.store.touched()) rows.list();
}

// A walk's first batch says how many rows it has.
void Program::begin_rows() {
  RowStates& states = context_.store.row_states();
  if (states.empty()) return;
  if (states.rows(purpose_) == 0) states.begin(purpose_, rows_);
  if (states.rows(purpose_) < rows_)
    throw Error(ExitCode::failure, fmt::format("states of rows: expected batches of at most {} rows on this rank, as the first was, found one of {}", states.rows(purpose_), rows_));
}

void Program::point_at_states() {
  for (const StatePatch& patch : state_patches_) {
    void* base = patch.row_state < 0 ? context_.store.state(patch.next) : context_.store.row_states().data(purpose_, patch.row_state, patch.next);
    patch.tensor->data = base ? static_cast<char*>(base) + patch.offset : nullptr;
  }
}

void Program::run(const Batch& batch, const Step& step, std::span<double> sums) {
  step_ = &step;
  settle();
  point_at(batch);
  begin_rows();
  point_at_states();
  derive();
  made_before_ = shared_ && shared_->ready(context_.store, step.batch, rows_);
  if (shared_) shared_->lose(made_before_);
  LapTimer lap(profile_, 0);
  if (training_) gradients_.clear();
  if (!lookups_.empty()) context_.store.clear_touched(context_.team);
  lap.done(clear_);
  if (context_.team.far_apart()) drop_copies();
  if (!lookups_.empty() && std::ranges::none_of(stages_, &PreparedStage::finds_rows)) find_touched_rows();
  if (loss_) loss_->begin();
  for (PreparedStage& stage : stages_) {
    if (stage.evaluates_loss && loss_->counts()) loss_->count(step);
    run_stage(stage);
    reduce(stage);
  }
  if (shared_) shared_->keep(made_before_, context_.store, step.batch, rows_);
  if (training_) {
    gradients_.reduce(partials_, slices_.size(), profile_);
    update_states();
  } else {
    context_.store.row_states().swap(purpose_);  // a training step counts when it is committed, a judged batch at once
  }
  if (loss_) loss_->add_to(sums);
}

void Program::derive() {
  if (derived_.empty() || derived_.front().version == context_.store.version()) return;
  const LoopWatch watch(profile_, derive_wait_);
  context_.team.for_each(static_cast<std::int64_t>(derived_.size()), [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    Derived& d = derived_[static_cast<std::size_t>(i)];
    const Node& node = context_.graph.at(d.node);
    const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "derive");
    trg_error& error = errors_[static_cast<std::size_t>(worker)];
    d.call.worker = worker;
    d.call.scratch = scratch_ + scratch_bytes_ * static_cast<std::size_t>(worker);
    const bool staged = context_.team.far_apart() && staging_bytes_ >= d.buffer.size();
    d.call.derived = staged ? arenas_ + staging_bytes_ * static_cast<std::size_t>(worker) : d.buffer.data();
    if (node.calls->derive(d.plan->handle(), &d.call, &error) != TRG_OK) fail(error, node);
    if (staged) copy_past_caches(d.buffer.data(), d.call.derived, d.buffer.size());
    d.version = context_.store.version();
    lap.done(d.work);
  });
}

void Program::run_stage(PreparedStage& stage) {
  if (stage.granularity == TRG_RANGE) {
    const LoopWatch watch(profile_, stage.wait);
    context_.team.for_each(static_cast<std::int64_t>(stage.items.size()), [&](std::int64_t i, int worker) {
      LapTimer lap(profile_, worker);
      const auto [op, range] = stage.items[static_cast<std::size_t>(i)];
      if (stage.ops[op].shared && made_before_) return;
      Frame& frame = stage.ops[op].frames[range];
      run_call(stage.ops[op], frame, worker);
      lap.done(frame.work);
    });
    return;
  }
  if (stage.granularity == TRG_BATCH) {
    const host::LendTeam lend(context_.team);
    const LoopWatch watch(profile_, stage.wait);  // of the threads that the calls are lent nothing is known
    LapTimer lap(profile_, 0);
    for (PreparedOp& op : stage.ops) {
      if (op.shared && made_before_) continue;
      run_call(op, op.frames[0], 0);
      lap.done(op.frames[0].work);
    }
    return;
  }
  const LoopWatch watch(profile_, stage.wait);
  const std::int64_t before = stage.finds_rows ? 1 : 0;
  context_.team.for_each(before + static_cast<std::int64_t>(slices_.size()), [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    if (i < before) {
      find_touched_rows();
      lap.done(find_);
      return;
    }
    const auto index = static_cast<std::size_t>(i - before);
    move_slice(stage, index, worker);
    if (stage.clears_partials) {
      gradients_.clear_partial(slices_[index].partial);
      lap.done(clear_slice_);
    }
    for (PreparedOp& op : stage.ops) {
      Frame& frame = op.frames[index];
      switch (op.op.kind) {
        case OpKind::call:
          if (op.shared && made_before_) break;
          run_call(op, frame, worker);
          lap.done(frame.work);
          break;
        case OpKind::loss: loss_->evaluate(index, *batch_, frame.work, metrics_, lap); break;
        case OpKind::accumulate: {
          if (context_.compute == ElementType::f64) add(static_cast<double*>(frame.into), static_cast<const double*>(frame.from), frame.elements);
          else add(static_cast<float*>(frame.into), static_cast<const float*>(frame.from), frame.elements);
          lap.done(frame.work);
          break;
        }
      }
    }
  });
}

void Program::run_call(const PreparedOp& op, Frame& frame, int worker) {
  const Node& node = context_.graph.at(op.op.node);
  const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), op.call_name);
  trg_call& call = frame.call;
  call.worker = worker;
  call.scratch = scratch_ + scratch_bytes_ * static_cast<std::size_t>(worker);
  call.random_key = mix(step_->random_key, node.random_key);
  call.row_keys = (node.fold == 1 ? batch_->sample_ids.data() : folded_keys_.find(node.fold)->second.data()) + call.first_row;
  if (frame.sums) std::fill_n(frame.sums, frame.sum_count, 0.0);
  trg_error& error = errors_[static_cast<std::size_t>(worker)];
  if (op.function(frame.plan, &call, &error) != TRG_OK) fail(error, node);
}

Program::Sums& Program::sums_of(const Op& op) {
  return sums_[static_cast<std::size_t>(op.node) * 2 + static_cast<std::size_t>(op.which)][static_cast<std::size_t>(op.pass)];
}

bool Program::synchronised(const Op& op) const {
  return full_[static_cast<std::size_t>(op.node)]->answer().calls[static_cast<std::size_t>(op.which)].synchronised;
}

void Program::reduce(const PreparedStage& stage) {
  for (const Op& op : stage.reductions) {
    Sums& sums = sums_of(op);
    const auto count = static_cast<std::size_t>(sums.count);
    std::fill(sums.local.begin(), sums.local.end(), 0.0);
    for (std::size_t s = 0; s < slices_.size(); ++s)
      for (std::size_t i = 0; i < count; ++i) sums.local[i] += sums.slices[s * count + i];
    std::copy(sums.local.begin(), sums.local.end(), sums.global.begin());
    if (synchronised(op) && step_->sum_over_ranks) step_->sum_over_ranks(sums.global);
  }
}

void Program::update_states() {
  LapTimer lap(profile_, 0);
  for (StateUpdate& update : state_updates_) {
    for (Chained& chained : update.chained) std::memcpy(chained.before.data(), static_cast<const char*>(context_.store.state(true)) + chained.offset, chained.bytes);
    const Node& node = context_.graph.at(update.node);
    const host::Breadcrumb crumb(node.item_name.c_str(), node.name.c_str(), "update_state");
    if (node.calls->update_state(update.plan->handle(), &update.call, &errors_[0]) != TRG_OK) fail(errors_[0], node);
    lap.done(update.work);
  }
}

const void* Program::value(Source source) const {
  const TensorPlace& place = layout_.nodes[static_cast<std::size_t>(source.node)].outputs[static_cast<std::size_t>(source.port)];
  if (place.field >= 0) return batch_->fields[static_cast<std::size_t>(place.field)];
  return address(place.storage, nullptr, 0);
}

// Forward once more, one call at a time: later calls may write over what earlier ones made.
int Program::first_not_finite(const Batch& batch, const Step& step) {
  step_ = &step;
  settle();
  point_at(batch);
  point_at_states();
  for (PreparedStage& stage : stages_) {
    const std::size_t rounds = stage.granularity == TRG_SLICE ? slices_.size() : 1;
    for (std::size_t i = 0; i < rounds; ++i)
      for (PreparedOp& op : stage.ops) {
        if (op.op.kind == OpKind::loss) break;
        if (op.op.kind != OpKind::call) continue;
        run_call(op, op.frames[i], 0);
        if (!outputs_finite(op, op.frames[i])) return op.op.node;
      }
    if (stage.evaluates_loss) return -1;
    reduce(stage);
  }
  return -1;
}

bool Program::outputs_finite(const PreparedOp& op, const Frame& frame) const {
  for (std::size_t i = 0; i < context_.graph.at(op.op.node).facts.outputs.size(); ++i) {
    const trg_tensor& t = frame.call.outputs[i];
    std::size_t count = 1;
    for (std::int32_t axis = 0; axis < t.rank; ++axis) count *= static_cast<std::size_t>(t.shape[axis]);
    const bool finite = t.type == TRG_F64 ? all_finite(static_cast<const double*>(t.data), count) : t.type != TRG_F32 || all_finite(static_cast<const float*>(t.data), count);
    if (!finite) return false;
  }
  return true;
}

}  // namespace teranga::model
