// SPDX-License-Identifier: Apache-2.0
// Where everything of a program lies: arenas of slices, the arena of the whole batch, partial gradients, what is shared; and how it all moves.
#include "program_frames.hpp"

#include <teranga/core/error.hpp>
#include <teranga/parallel/past_caches.hpp>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "memory_plan.hpp"

namespace teranga::model {
namespace {

// What no address of a process is: of memory that is not taken yet.
constexpr std::uintptr_t nowhere = std::uintptr_t{1} << 62, nowhere_shared = nowhere + (std::uintptr_t{1} << 61);

std::size_t in_pages(std::size_t bytes) { return (bytes + 4095) / 4096 * 4096; }

}  // namespace

// Where everything lies in one piece of memory, which is taken when the program first runs.
void Program::lay_out_memory() {
  const auto scratch = [&](const std::unique_ptr<NodePlan>& plan, std::int64_t rows) {
    if (plan) scratch_bytes_ = std::max(scratch_bytes_, plan->answer().buffers[TRG_SCRATCH].size(rows));
  };
  for (std::size_t n = 0; n < full_.size(); ++n) {
    scratch(full_[n], std::min(rows_, context_.slice_rows));
    scratch(short_[n], rows_ % std::min(rows_, context_.slice_rows));
    scratch(whole_[n], rows_);
  }
  scratch_bytes_ = in_pages(std::max<std::size_t>(scratch_bytes_, 1));  // so that what is empty lies in the memory, too
  find_fresh();
  find_gradients();

  base_ = reinterpret_cast<char*>(nowhere);
  shared_base_ = reinterpret_cast<char*>(nowhere_shared);
  if (shared_) shared_bytes_ = shared_->shared->offset(shared_->shared->values.size(), rows_);
  const auto take = [&](std::size_t bytes) { return base_ + std::exchange(bytes_, bytes_ + in_pages(bytes)); };
  const std::size_t partial_bytes = gradients_.partial_bytes();
  const auto threads = static_cast<std::size_t>(context_.team.threads());
  by_worker_ = std::ranges::count(layout_.stages, TRG_SLICE, &Stage::granularity) == 1 && threads < slices_.size();
  const std::size_t arenas = by_worker_ ? threads : slices_.size();
  arenas_ = take(layout_.slice_bytes * arenas);
  whole_arena_ = take(layout_.whole_bytes);
  partials_ = take(partial_bytes * slices_.size());
  scratch_ = take(scratch_bytes_ * threads);
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    slices_[i].arena = arenas_ + i % arenas * layout_.slice_bytes;
    slices_[i].partial = partials_ + i * partial_bytes;
  }
}

// Of the layers that use the same parameters the first one that runs may overwrite their gradients, and the others add.
void Program::find_fresh() {
  fresh_.assign(layout_.nodes.size(), false);
  std::set<int> written;
  for (const Stage& stage : layout_.stages)
    for (const Op& op : stage.ops) {
      if (stage.granularity != TRG_RANGE || op.kind != OpKind::call || op.which != TRG_BACKWARD_PARAMS) continue;
      const auto n = static_cast<std::size_t>(op.node);
      bool first = true;
      for (const int parameter : context_.places.parameters[n]) first = written.insert(parameter).second && first;
      fresh_[n] = first && (whole_[n]->answer().calls[TRG_BACKWARD_PARAMS].offered & TRG_FRESH);
    }
}

// Whether the layer that is the first to write to a parameter's gradient overwrites it.
bool Program::overwritten(int parameter) const {
  for (std::size_t n = 0; n < fresh_.size(); ++n)
    if (fresh_[n] && std::ranges::find(context_.places.parameters[n], parameter) != context_.places.parameters[n].end()) return true;
  return false;
}

// How the gradient of each parameter comes about: with one slice only, its calls write to the gradients themselves.
void Program::find_gradients() {
  for (std::size_t n = 0; training_ && n < layout_.nodes.size(); ++n) {
    if (!layout_.nodes[n].learns) continue;
    for (std::size_t i = 0; i < full_[n]->answer().parameters.size(); ++i) {
      const auto index = static_cast<std::size_t>(context_.places.parameter_of(static_cast<int>(n), static_cast<int>(i)));
      if (!context_.store.parameters()[index].trainable || gradients_.knows(index)) continue;
      TouchedRows* const touched = context_.store.touched(index);
      if (touched) {
        const Node& node = *context_.graph.nodes[n];
        lookups_.push_back({touched, context_.graph.at(node.inputs[static_cast<std::size_t>(node.facts.parameters[i].touched_by)].node).field});
      }
      const bool never_cleared = (touched && layout_.nodes[n].ranged) || overwritten(static_cast<int>(index));
      if (!layout_.nodes[n].ranged && slices_.size() > 1) gradients_.add_up(index);
      else if (!never_cleared) gradients_.clear_before(index);
    }
  }
  gradients_.complete();
}

void Program::make_sums() {
  sums_.resize(layout_.nodes.size() * 2);
  for (std::size_t n = 0; n < layout_.nodes.size(); ++n)
    for (std::size_t which = 0; full_[n] && which < 2; ++which)
      for (const std::int64_t count : full_[n]->answer().calls[which].sums) {
        Sums& sums = sums_[n * 2 + which].emplace_back();
        sums.count = count;
        sums.slices.assign(static_cast<std::size_t>(count) * slices_.size(), 0.0);
        sums.local.assign(static_cast<std::size_t>(count), 0.0);
        sums.global = sums.local;
      }
}

char* Program::take_memory() {
  try {
    return context_.store.work_memory().take(bytes_);
  } catch (const Error&) {
    throw Error(ExitCode::failure, fmt::format("there is not enough memory for what lies between the layers for the {} samples of a batch ({:.3g} GB)", rows_, 1e-9 * static_cast<double>(bytes_)),
                "a smaller training.batch_size needs less memory");
  }
}

// Takes the memory, and lets every prepared pointer follow it. None of the others lies in what it took before: they are older than that, and still valid.
void Program::settle() {
  char* const base = take_memory();
  char* const shared_base = shared_ ? take_shared() : shared_base_;
  const auto move = [&](const Follow& follow) {
    for (std::vector<trg_tensor>& tensors : tensors_)
      for (trg_tensor& tensor : tensors) follow(tensor.data);
    for (PreparedStage& stage : stages_)
      for (PreparedOp& op : stage.ops)
        for (Frame& frame : op.frames) follow(frame.call.saved), follow(frame.call.carry), follow(frame.from), follow(frame.into);
    if (loss_) loss_->follow(follow);
    for (Slice& slice : slices_) follow(slice.arena), follow(slice.partial);
    follow(arenas_), follow(whole_arena_), follow(partials_), follow(scratch_);
  };
  if (base != base_) move({base_, bytes_, base});
  if (shared_base != shared_base_) move({shared_base_, shared_bytes_, shared_base});
  base_ = base, shared_base_ = shared_base;
}

// What lies there is lost where it moves.
char* Program::take_shared() {
  SharedValues& all = *shared_->shared;
  if (all.memory.size() < shared_bytes_)
    for (SharedValues::Value& value : all.values) value.batch = 0;
  return all.memory.take(shared_bytes_);
}

// Nothing in the whole batch's arena is alive before the first stage, but several threads hold what slices wrote for ranges since the step before, if it is so
// little that caches still can. Zeros that go past the caches take it from all of them at once.
void Program::drop_copies() {
  constexpr std::size_t piece = 1 << 18, most = 16 << 20;
  if (layout_.whole_bytes > most || std::ranges::all_of(layout_.stages, [](const Stage& stage) { return stage.granularity == TRG_SLICE; })) return;
  const LoopWatch watch(profile_, drop_wait_);
  context_.team.for_each(static_cast<std::int64_t>((layout_.whole_bytes + piece - 1) / piece), [&](std::int64_t i, int worker) {
    LapTimer lap(profile_, worker);
    const std::size_t at = static_cast<std::size_t>(i) * piece, bytes = std::min(piece, layout_.whole_bytes - at);
    clear_past_caches(whole_arena_ + at, bytes);
    lap.done({drop_row_, 0, static_cast<double>(bytes)});
  });
}

// Lets the calls of a slice follow it to the arena of the worker that runs it.
void Program::move_slice(PreparedStage& stage, std::size_t index, int worker) {
  Slice& slice = slices_[index];
  char* const arena = arenas_ + layout_.slice_bytes * static_cast<std::size_t>(worker);
  if (!by_worker_ || slice.arena == arena) return;
  const Follow follow{slice.arena, layout_.slice_bytes, arena};
  for (PreparedOp& op : stage.ops) op.frames[index].follow(follow);
  if (loss_) loss_->follow(index, follow);
  slice.arena = arena;
}

}  // namespace teranga::model
