// SPDX-License-Identifier: Apache-2.0
#include "session/rank_sums.hpp"

#include <cmath>

namespace teranga::train {

RankSums::RankSums(Communicator& comm, std::int64_t rows_in_order) : comm_(comm), rows_in_order_(rows_in_order) {
  if (rows_in_order > 0 && comm.size() > 1) ordered_.emplace(comm);
}

void RankSums::begin_batch(std::int64_t global_rows) {
  if (!ordered_) return;
  const std::int64_t slices = (global_rows + rows_in_order_ - 1) / rows_in_order_;
  ordered_->begin(static_cast<int>(std::min<std::int64_t>(slices, comm_.size())));
}

void RankSums::sums_before(std::span<double> numbers) {
  if (!ordered_) return;
  LapTimer lap(profile_, 0);
  ordered_->before(std::as_writable_bytes(numbers));
  lap.done(work_);
}

void RankSums::sum_over_ranks(std::span<double> numbers) {
  LapTimer lap(profile_, 0);
  if (ordered_) {
    ordered_->hand_on(std::as_bytes(numbers));
    ordered_->give_to_all(std::as_writable_bytes(numbers));
  } else {
    comm_.sum(numbers);
  }
  lap.done(work_);
}

void RankSums::sum_at_one_rank(std::span<double> numbers) {
  LapTimer lap(profile_, 0);
  ordered_->hand_on(std::as_bytes(numbers));
  ordered_->give_to_all(std::as_writable_bytes(numbers));  // always the same rank keeps them: which one is the last depends on the batch
  sums_are_finite_ = std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); });
  if (comm_.rank() > 0) std::ranges::fill(numbers, 0.0);
  lap.done(work_);
}

}  // namespace teranga::train
