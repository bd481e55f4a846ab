// SPDX-License-Identifier: Apache-2.0
#include "update/gradient_averaging.hpp"

#include "update/sent_parameters.hpp"

#include <teranga/comm/wait_until.hpp>

namespace teranga::train {

GradientAveraging::GradientAveraging(const PhaseNetwork& what, Wire wire, Communicator& comm) : what_(what), wire_(wire), store_(what.network->store()), comm_(comm), rank_sums_(comm, what.network->rows_in_order()), numbers_(comm) {
  if (comm_.size() > 1) plan();
}

// The buckets of parameters that are sent whole come first, then one for each table of which rows are sent.
void GradientAveraging::plan() {
  const auto& [whole, segments, tables] = sent_parameters(store_, what_.network->trained());
  exchange_ = gradient_exchange(comm_, plan_buckets(segments), wire_);
  model::GradientBuckets buckets;
  for (const Bucket& bucket : exchange_->buckets()) buckets.parameters.emplace_back(whole.begin() + static_cast<std::ptrdiff_t>(bucket.first_segment), whole.begin() + static_cast<std::ptrdiff_t>(bucket.first_segment + bucket.segments));
  for (const std::size_t index : tables) {
    buckets.parameters.push_back({index});
    tables_.emplace_back(comm_, store_, index, tables_.size(), wire_);
  }
  // On one node the ranks' sums take the cores of the layers, so that early messages hide nothing. The rows of tables are the most bytes, and their layer comes first: what the others
  // still have to compute when backward has passed through all of them hides the rows.
  const bool several_nodes = comm_.local_size() < comm_.size();
  buckets.order = several_nodes && tables.empty() && exchange_->sends_at_start() && !rank_sums_.ordered() ? model::GradientOrder::early : model::GradientOrder::last;
  what_.network->set_gradient_buckets(buckets);
  for (const auto& shorter : what_.shorter) shorter->set_gradient_buckets(buckets);
}

model::StepHooks* GradientAveraging::hooks(bool only_batch) noexcept {
  sends_at_once_ = only_batch;
  return comm_.size() > 1 ? this : nullptr;
}

bool GradientAveraging::gradients_before(std::size_t bucket) {
  OrderedSums* const ordered = rank_sums_.ordered();
  if (!ordered) return false;
  LapTimer lap(profile_, 0);
  const bool found = ordered->before(std::as_writable_bytes(gradients_of(bucket)));
  lap.done({gradients_.row});
  return found;
}

void GradientAveraging::gradients_ready(std::size_t bucket) {
  if (OrderedSums* const ordered = rank_sums_.ordered()) ordered->hand_on(std::as_bytes(gradients_of(bucket)));
  else if (sends_at_once_) start(bucket);
}

void GradientAveraging::finish_in_order() {
  OrderedSums* const ordered = rank_sums_.ordered();
  if (!ordered) return;
  LapTimer lap(profile_, 0);
  for (std::size_t bucket = 0; bucket < exchange_->buckets().size(); ++bucket) ordered->give_to_all(std::as_writable_bytes(gradients_of(bucket)));
  lap.done(gradients_);
}

std::span<float> GradientAveraging::gradients_of(std::size_t bucket) const {
  const Bucket& one = exchange_->buckets()[bucket];
  return {static_cast<float*>(store_.gradients()) + one.begin, one.count};
}

void GradientAveraging::send() {
  if (comm_.size() == 1 || rank_sums_.ordered()) return;
  for (std::size_t bucket = 0; bucket < exchange_->buckets().size() + tables_.size(); ++bucket) start(bucket);
}

void GradientAveraging::start(std::size_t bucket) {
  const std::vector<Bucket>& whole = exchange_->buckets();
  if (bucket >= whole.size()) return tables_[bucket - whole.size()].start();
  exchange_->start(bucket, gradients_of(bucket));
}

void GradientAveraging::drive() {
  exchange_->drive();
  for (RowGradientExchange& table : tables_) table.drive();
}

void GradientAveraging::finish(std::span<double> numbers) {
  if (comm_.size() == 1) return;
  LapTimer lap(profile_, 0);
  {
    const activity::Collective shown("the sums of a step", numbers.size_bytes());
    numbers_.start(numbers);
    wait_until(comm_, [this] {  // the others' gradients go on meanwhile
      drive();
      return numbers_.arrived();
    });
    numbers_.finish(numbers);
  }
  lap.done(meeting_);
  if (rank_sums_.ordered()) return;
  exchange_->finish();
  for (RowGradientExchange& table : tables_) table.finish();
  Work work = gradients_;
  for (const RowGradientExchange& table : tables_) work.bytes += static_cast<double>(table.sent_bytes());
  lap.done(work);
}

void GradientAveraging::sum(std::span<double> numbers) {
  LapTimer lap(profile_, 0);
  comm_.sum(numbers);
  lap.done(meeting_);
}

void GradientAveraging::set_profile(Profile& profile, const std::string& prefix) {
  if (comm_.size() == 1) return;
  profile_ = &profile;
  meeting_.row = profile.row(prefix + "loss and requests", Pass::averaging);  // where the ranks wait for each other
  rank_sums_.set_profile(profile, {profile.row(prefix + "sums of layers and masks", Pass::averaging)});
  gradients_.row = profile.row(prefix + "gradients", Pass::averaging);
  for (const Bucket& bucket : exchange_->buckets()) gradients_.bytes += static_cast<double>(bucket.count * bytes_of(wire_));
}

}  // namespace teranga::train
