// SPDX-License-Identifier: Apache-2.0
#include "plan/schedule.hpp"

#include "plan/call_planner.hpp"
#include "graph/guard.hpp"

#include <algorithm>
#include <utility>

namespace teranga::model {
namespace {

std::size_t in_pages(std::size_t bytes) { return (bytes + 4095) / 4096 * 4096; }

// What is shared was found by plans of one sample. Where a layer answers otherwise for more of them, this schedule shares nothing.
bool shares_as_found(const Graph& graph, const NodePlans& plans, const SharedPart& shared) {
  const auto reads = [](std::int32_t flags) { return (flags & TRG_READ_IN_BACKWARD) != 0; };
  const auto& full = plans.full();
  for (std::size_t n = 0; n < full.size(); ++n) {
    if (!shared.alike[n]) continue;
    const PlanAnswer& answer = full[n]->answer();
    if (answer.outputs.size() != 1 || !(answer.outputs[0].flags & TRG_REPEATABLE) || answer.buffers[TRG_SAVED].size(1) > 0) return false;
    if (shared.value_of[n] >= 0) continue;
    if (reads(answer.outputs[0].flags)) return false;
    for (std::size_t m = 0; m < full.size(); ++m)
      for (std::size_t i = 0; i < graph.nodes[m]->inputs.size(); ++i)
        if (graph.nodes[m]->inputs[i] == Source{static_cast<int>(n), 0} && reads(full[m]->answer().input_flags[i])) return false;
  }
  return true;
}

std::vector<BatchSlice> cut_into_slices(std::int64_t rows, std::int64_t slice_rows) {
  std::vector<BatchSlice> out;
  for (std::int64_t first = 0; first < rows; first += slice_rows) out.push_back({first, std::min(slice_rows, rows - first), {}});
  return out;
}

MemoryMap map_memory(const Schedule& schedule, std::size_t threads) {
  MemoryMap map;
  const std::size_t slices = schedule.slices.size();
  map.slice_bytes = schedule.layout.slice_bytes;
  map.batch_bytes = schedule.layout.whole_bytes;
  map.partial_bytes = schedule.gradients.partial_bytes;
  map.scratch_bytes = in_pages(schedule.plans->scratch_bytes() + guard_bytes);
  map.by_worker = std::ranges::count(schedule.layout.stages, TRG_SLICE, &Stage::granularity) == 1 && threads < slices;
  map.slice_arenas = map.by_worker ? threads : slices;
  map.batch = in_pages(map.slice_bytes * map.slice_arenas);
  map.partials = map.batch + in_pages(map.batch_bytes);
  map.scratch = map.partials + in_pages(map.partial_bytes * slices);
  map.bytes = map.scratch + in_pages(map.scratch_bytes * threads);
  return map;
}

std::size_t staging_bytes(const Schedule& schedule, std::size_t threads) {
  constexpr std::size_t most = 2 << 20;  // stays in the second-level cache, or near it, until it is copied
  std::size_t out = 0;
  for (const DerivedWeights& d : schedule.derived) {
    const std::size_t bytes = (d.bytes + 63) / 64 * 64;
    if (threads > 1 && bytes <= most && bytes * threads <= schedule.memory.scratch) out = std::max(out, bytes);
  }
  return out;
}

}  // namespace

std::size_t Schedule::derived_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const DerivedWeights& d : derived) bytes += d.bytes;
  return bytes;
}

std::unique_ptr<const Schedule> make_schedule(const PlanContext& context, std::int64_t rows, Purpose purpose) {
  auto schedule = std::make_unique<Schedule>();
  const std::int64_t planned = std::max<std::int64_t>(rows, 1);
  const auto threads = static_cast<std::size_t>(context.team.threads());
  schedule->rows = rows;
  schedule->purpose = purpose;
  schedule->has_losses = purpose != Purpose::prediction && !context.objective.terms.empty();
  schedule->counts = schedule->has_losses && context.objective.counts_itself(context.graph);
  SharedPart* const shared = schedule->training() ? context.shared : nullptr;
  schedule->plans = std::make_unique<NodePlans>(context, planned, purpose, shared);
  if (shared && shares_as_found(context.graph, *schedule->plans, *shared)) schedule->shared = shared;
  schedule->layout = make_layout(context, schedule->plans->full(), purpose, planned, schedule->shared);
  schedule->slices = cut_into_slices(rows, context.slice_rows);
  if (schedule->training()) schedule->gradients = plan_gradients(context, *schedule->plans, schedule->layout, schedule->slices.size());
  schedule->memory = map_memory(*schedule, threads);
  CallPlanner(context, *schedule).plan();
  schedule->memory.staging_bytes = staging_bytes(*schedule, threads);
  return schedule;
}

}  // namespace teranga::model
