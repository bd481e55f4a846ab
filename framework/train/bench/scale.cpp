// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/scale.hpp>

#include "bench/step_bench.hpp"
#include "update/row_gradient_exchange.hpp"
#include "update/sent_parameters.hpp"

#include <teranga/comm/rehearsal.hpp>
#include <teranga/comm/wire.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/peak_memory.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/math/machine_speed.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

using ScaleClock = std::chrono::steady_clock;
using Steps = std::vector<std::vector<RankEvent>>;  // of a round

double seconds_since(ScaleClock::time_point begin) { return std::chrono::duration<double>(ScaleClock::now() - begin).count(); }

// The rows of tables that other ranks touch: as many as this one, anywhere in the table. Where rows have owners, rank 0, which is rehearsed, gets its own ones, and sums of those of others.
class RowsOfOthers {
 public:
  RowsOfOthers(const model::ParameterStore& store, Wire wire, int ranks) : tables_(store.touched()), wire_(wire), owners_(RowGradientExchange::goes_to_owners(ranks) ? ranks : 1) {}

  void operator()(int rank, int tag, std::span<std::byte> bytes) {
    if (tables_.empty()) return;
    if (tag < 0 && rank == 1) ++texts_;  // a text goes round for each table in turn
    const std::size_t index = tag < 0 ? texts_ % tables_.size() : table_of_tag(tag);
    const model::TouchedRows& table = tables_[std::min(index, tables_.size() - 1)];
    const std::size_t item = sizeof(std::int64_t) + (tag < 0 ? 0 : table.row() * bytes_of(wire_)), count = bytes.size() / item;
    const std::int64_t rows = std::max<std::int64_t>(1, table.rows() / owners_), owner = tag >= 0 && is_of_sums(tag) ? rank % owners_ : 0;
    std::int64_t step = 2 * ((2654435761LL * rank) % rows) + 1;
    while (std::gcd(step, rows) != 1) ++step;
    for (std::size_t i = 0; i < count; ++i) {
      std::int64_t number = 0;
      std::memcpy(&number, bytes.data() + i * sizeof(number), sizeof(number));
      number = std::min((number / owners_ * step + rank) % rows * owners_ + owner, table.rows() - 1);
      std::memcpy(bytes.data() + i * sizeof(number), &number, sizeof(number));
    }
  }

 private:
  const std::vector<model::TouchedRows>& tables_;
  Wire wire_;
  std::int64_t owners_;  // 1: rows have none
  std::size_t texts_ = static_cast<std::size_t>(-1);
};

double median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return (numbers[(numbers.size() - 1) / 2] + numbers[numbers.size() / 2]) / 2;
}

bool alike(const Steps& a, const Steps& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return std::ranges::equal(x, y, [](const RankEvent& e, const RankEvent& f) { return e.kind == f.kind && e.channel == f.channel; }); });
}

// Each time is the median of that time in all rounds.
Steps typical(const std::vector<Steps>& rounds) {
  Steps out = rounds.back();
  for (std::size_t s = 0; s < out.size(); ++s)
    for (std::size_t e = 0; e < out[s].size(); ++e)
      for (double RankEvent::*time : {&RankEvent::seconds, &RankEvent::look}) {
        std::vector<double> times;
        for (const Steps& round : rounds)
          if (alike(round, out)) times.push_back(round[s][e].*time);
        out[s][e].*time = median(std::move(times));
      }
  return out;
}

// Of a long round its first step, one of those between, and its last one are made. 0: all are.
constexpr std::int64_t steps_made = 3;

std::int64_t shorten_round(recipe::TrainingRecipe& training) {
  std::int64_t* const by_updates = training.averaging ? &training.averaging->every : nullptr;
  std::int64_t* const length = training.accumulate > 1 ? &training.accumulate : by_updates;
  const bool both = training.accumulate > 1 && by_updates && *by_updates > 1;
  return !length || both || *length <= steps_made ? 0 : std::exchange(*length, steps_made);
}

std::vector<Steps> rounds_of(StepBench& bench, Rehearsal& comm, double seconds) {
  constexpr std::size_t warm = 2, least = 5, most = 500;
  std::vector<Steps> out;
  std::size_t done = 0;
  for (auto begin = ScaleClock::now(); out.size() < least || (out.size() < most && seconds_since(begin) < seconds); ++done) {
    if (done == warm) begin = ScaleClock::now();
    comm.begin();
    for (std::int64_t s = 0; s < bench.steps_of_round(); ++s) {
      bench.step();
      comm.end_of_step();
    }
    Steps steps = comm.take();
    if (done >= warm) out.push_back(std::move(steps));
  }
  return out;
}

double seconds_per_byte_added() {
  std::vector<float> into(1 << 20), from(into.size());
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 10; ++i) {
    const auto begin = ScaleClock::now();
    teranga::add(std::span(into), std::span<const float>(from));
    best = std::min(best, seconds_since(begin));
  }
  return best / static_cast<double>(into.size() * sizeof(float));
}

// By one core, from memory to memory.
double copied_bytes_per_second() {
  const std::vector<char> from(std::size_t{64} << 20, 'x');
  std::vector<char> to(from.size());
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) {
    const auto begin = ScaleClock::now();
    std::memcpy(to.data(), from.data(), from.size());
    best = std::min(best, seconds_since(begin));
  }
  return to.back() == 'x' ? static_cast<double>(from.size()) / best : 0;
}

// How many times as long calls take that move more than their part of a node's memory can, where so many processes make them at once. What is faster than the memory comes from caches.
double stretch_of(StepBench& bench, int threads, double memory, int processes) {
  Profile& profile = bench.add_profile(threads, {});
  for (std::int64_t step = 0; step < 3 * bench.steps_of_round(); ++step) {
    profile.begin_step(step + 1);
    bench.step();
    profile.end_step();
  }
  double alone = 0, together = 0;
  for (const Profile::Row& row : profile.rows()) {
    const double took = row.seconds / threads;
    alone += took;
    together += row.bytes < memory * took ? std::max(took, processes * row.bytes / memory) : took;
  }
  return alone > 0 ? together / alone : 1;
}

CheckedTask predictable(CheckedTask task) {
  if (task.recipe.training.reproducible)
    throw Error(ExitCode::usage, "scale: with reproducible = true processes add up one after the other, which is not predicted", "--set training.reproducible=false");
  if (task.recipe.training.averaging && task.recipe.training.averaging->overlap)
    throw Error(ExitCode::usage, "scale: with overlap = true a round takes as long as its computing or as its messages, whichever is longer, which is not predicted", "--set training.averaging.overlap=false");
  return task;
}

// Of a step, in seconds.
double work_of(const RehearsedStep& step) { return cost_of(step.record, {}).working / step.steps; }

class ScaleBench {
 public:
  ScaleBench(const BenchTask& task, const ScaleOptions& options) : options_(options), task_(predictable(check_task(task))), team_(options.threads), batch_size_(task_.recipe.training.batch_size) {
    shortened_ = shorten_round(task_.recipe.training);
    step_.recipe = task_.recipe.name;
    step_.threads = team_.threads();
    step_.fixed_batch = options.fixed_batch;
    step_.seconds_per_byte_added = seconds_per_byte_added();
    if (options.ranks_on_node > 1) {
      Team all;
      step_.copied_bytes_per_second = copied_bytes_per_second();
      step_.memory_bytes_per_second = 1e9 * math::triad_gbytes(all);
    }
  }

  RehearsedStep alone() { return of(1, 1, true); }
  RehearsedStep of(int nodes) { return of(nodes, options_.ranks_on_node, false); }

 private:
  RehearsedStep of(int nodes, int ranks_on_node, bool alone) {
    RehearsedStep out = step_;
    const std::int64_t ranks = std::int64_t{nodes} * ranks_on_node;
    const StepBench::BatchRows rows = options_.fixed_batch ? StepBench::BatchRows{(batch_size_ + ranks - 1) / ranks, batch_size_} : StepBench::BatchRows{batch_size_, batch_size_ * ranks};
    forget_peak_memory();
    std::optional<RowsOfOthers> others;
    Rehearsal comm({static_cast<int>(ranks), ranks_on_node}, [&](int rank, int tag, std::span<std::byte> bytes) { (*others)(rank, tag, bytes); });
    StepBench bench(task_, comm, team_, rows);
    others.emplace(bench.store(), wire_of(task_.recipe.training), static_cast<int>(ranks));
    Steps steps = typical(rounds_of(bench, comm, options_.seconds));
    out.nodes = nodes;
    out.own_rows = bench.batch().rows, out.rows = bench.batch().global_rows;
    out.record = {static_cast<int>(ranks), ranks_on_node, {}};
    out.steps = 0;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const double times = shortened_ > 0 && steps.size() == steps_made && s == 1 ? static_cast<double>(shortened_ - steps_made + 1) : 1;
      out.record.parts.push_back({times, std::move(steps[s])});
      out.steps += times;
    }
    out.memory_bytes = static_cast<double>(peak_memory_bytes());
    if (alone && options_.ranks_on_node > 1 && step_.stretch == 1) step_.stretch = stretch_of(bench, team_.threads(), step_.memory_bytes_per_second, options_.ranks_on_node);
    return out;
  }

  const ScaleOptions options_;
  CheckedTask task_;
  Team team_;
  const std::int64_t batch_size_;
  std::int64_t shortened_ = 0;  // the steps of a round in the recipe
  RehearsedStep step_;          // what all have
};

}  // namespace

std::vector<RehearsedStep> rehearse(const BenchTask& task, const ScaleOptions& options) {
  math::keep_openmp_single();
  ScaleBench bench(task, options);
  std::vector<RehearsedStep> out = {bench.alone()};
  for (const int nodes : options.nodes) out.push_back(nodes * options.ranks_on_node == 1 ? out.front() : bench.of(nodes));
  // Everything is compared with the process alone, so it is measured once more, after the others: what else runs on the machine only makes it slower.
  RehearsedStep again = bench.alone();
  const double first = work_of(out.front()), last = work_of(again), faster = std::min(first, last);
  if (std::max(first, last) > 1.1 * faster)
    log::warning(fmt::format("a step of one process took {:.4g} ms before the others were measured and {:.4g} ms after them: other work on the machine makes predictions wrong", 1e3 * first, 1e3 * last));
  if (last < first)
    for (RehearsedStep& step : out)
      if (step.record.ranks == 1) step = again;
  return out;
}

}  // namespace teranga::train
