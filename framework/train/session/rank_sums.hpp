// SPDX-License-Identifier: Apache-2.0
// The sums over ranks that layers and losses ask for within a step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/ordered_sums.hpp>
#include <teranga/data/order.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/profile.hpp>

namespace teranga::train {

// The ranks share each batch; `rows_in_order` as Network::rows_in_order() gives it.
inline data::RankOf rank_of(const Communicator& comm, std::int64_t rows_in_order) { return {comm.rank(), comm.size(), std::max<std::int64_t>(rows_in_order, 1)}; }

class RankSums final : public model::StepHooks {
 public:
  RankSums(Communicator& comm, std::int64_t rows_in_order);

  // Their time goes there.
  void set_profile(Profile& profile, const Work& work) { profile_ = &profile, work_ = work; }
  // For a step: null where the rank is alone.
  model::StepHooks* hooks() noexcept { return comm_.size() > 1 ? this : nullptr; }
  // Where sums are made in the order of the samples; else null.
  OrderedSums* ordered() noexcept { return ordered_ ? &*ordered_ : nullptr; }
  // Whether the last sums of sum_at_one_rank() are finite: all ranks know it. True before the first ones.
  bool sums_are_finite() const noexcept { return sums_are_finite_; }

  void begin_batch(std::int64_t global_rows) override;
  void sums_before(std::span<double> numbers) override;
  void sum_over_ranks(std::span<double> numbers) override;
  void sum_at_one_rank(std::span<double> numbers) override;

 private:
  Communicator& comm_;
  const std::int64_t rows_in_order_;
  std::optional<OrderedSums> ordered_;
  bool sums_are_finite_ = true;
  Profile* profile_ = nullptr;
  Work work_;
};

}  // namespace teranga::train
