// SPDX-License-Identifier: Apache-2.0
#include "session/part_evaluation.hpp"

#include "session/rank_sums.hpp"

#include <algorithm>

namespace teranga::train {
namespace {

// The sums of one phase over all batches so far.
struct Tally {
  const PhaseNetwork& phase;
  std::vector<double> sums, of_batch;

  explicit Tally(const PhaseNetwork& p) : phase(p), sums(p.network->sum_count()), of_batch(p.network->sum_count()) {}

  void add(const model::Batch& batch, const model::Step& step) {
    std::fill(of_batch.begin(), of_batch.end(), 0.0);
    phase.of(batch.bucket).evaluate(batch, step, of_batch);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += i < phase.network->loss_terms() ? of_batch[i] * static_cast<double>(batch.global_rows) : of_batch[i];
  }

  void report(std::int64_t samples, NamedNumbers& out) const {
    model::Network& network = *phase.network;
    double loss = network.penalty();
    for (std::size_t t = 0; t < network.loss_terms(); ++t) loss += sums[t] / static_cast<double>(samples);
    out.emplace_back(phase.named("loss"), loss);
    const auto metrics = network.metrics();
    for (std::size_t m = 0; m < metrics.size(); ++m) out.emplace_back(phase.named(metrics[m].name), network.metric_value(m, sums));
  }
};

}  // namespace

std::uint64_t noise_key(std::int64_t seed, std::int64_t step) { return (static_cast<std::uint64_t>(seed) + 1) * 0x9E3779B97F4A7C15ull + static_cast<std::uint64_t>(step); }

model::Batch view_of(const data::Batch& batch, std::vector<const void*>& pointers) {
  pointers.resize(batch.fields.size());
  for (std::size_t i = 0; i < pointers.size(); ++i) pointers[i] = batch.fields[i].data;
  return {batch.rows, batch.global_rows, batch.sample_ids, pointers, batch.bucket};
}

NamedNumbers evaluate_part(const data::Source& source, data::Part part, std::int64_t batch_size, const Networks& networks, Communicator& comm, std::uint64_t random_key,
                        const std::function<void(const model::Batch&)>& also, std::int64_t most_batches) {
  data::LoaderOptions options;
  options.part = part;
  options.batch_size = batch_size;
  options.shuffle = false;
  options.epochs = 1;
  options.steps_per_epoch = most_batches;
  const std::int64_t rows_in_order = networks.layers().rows_in_order();
  options.who = rank_of(comm, rows_in_order);
  data::Loader loader(source, options);
  std::vector<Tally> tallies;
  for (const PhaseNetwork& phase : networks.phases()) {
    phase.network->begin_pass();
    tallies.emplace_back(phase);
  }
  model::Step step;
  step.random_key = random_key;
  RankSums rank_sums(comm, rows_in_order);
  step.hooks = rank_sums.hooks();
  std::vector<const void*> pointers;
  std::int64_t samples = 0;
  while (const data::Batch* batch = loader.next()) {
    const model::Batch view = view_of(*batch, pointers);
    for (Tally& tally : tallies) tally.add(view, step);
    if (also) also(view);
    samples += batch->global_rows;
  }
  NamedNumbers out;
  for (Tally& tally : tallies) {
    comm.sum(std::span<double>(tally.sums));
    tally.report(samples, out);
  }
  return out;
}

}  // namespace teranga::train
