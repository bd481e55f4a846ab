// SPDX-License-Identifier: Apache-2.0
// The part of an update that ranks do together: gradients travel while backward works, and the numbers of the step (loss, metrics, requests) with them.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/comm/number_exchange.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/train/networks.hpp>

#include "session/rank_sums.hpp"
#include "update/row_gradient_exchange.hpp"

namespace teranga::train {

class GradientAveraging final : public model::StepHooks {
 public:
  // Of the phase's networks, which it tells the buckets of. They must outlive it.
  GradientAveraging(const PhaseNetwork& what, Wire wire, Communicator& comm);

  // For the network's train(): null where the rank is alone. Whether the batch is the only one of its update, so that its gradients are sent as soon as they are complete.
  model::StepHooks* hooks(bool only_batch) noexcept;
  // Otherwise, after the last batch of the update: sends the gradients in the store.
  void send();
  // Where sums are made in the order of the samples, after every batch: the gradients in the store become those of all ranks.
  void finish_in_order();
  // After that, on all ranks: the numbers become their sums, and the gradients become those of all ranks.
  void finish(std::span<double> numbers);
  // Whether losses and metrics of the last batch are finite, where they are added up in the order of the samples; else true.
  bool sums_are_finite() const noexcept { return rank_sums_.sums_are_finite(); }
  // The numbers alone.
  void sum(std::span<double> numbers);

  // What ranks do together goes into rows of the profile with this prefix.
  void set_profile(Profile& profile, const std::string& prefix);

  void sum_over_ranks(std::span<double> numbers) override { rank_sums_.sum_over_ranks(numbers); }
  void gradients_ready(std::size_t bucket) override;
  void drive() override;
  void begin_batch(std::int64_t global_rows) override { rank_sums_.begin_batch(global_rows); }
  void sums_before(std::span<double> numbers) override { rank_sums_.sums_before(numbers); }
  void sum_at_one_rank(std::span<double> numbers) override { rank_sums_.sum_at_one_rank(numbers); }
  bool gradients_before(std::size_t bucket) override;

 private:
  void plan();
  void start(std::size_t bucket);
  std::span<float> gradients_of(std::size_t bucket) const;

  const PhaseNetwork& what_;
  const Wire wire_;
  model::ParameterStore& store_;
  Communicator& comm_;
  RankSums rank_sums_;
  NumberExchange numbers_;
  std::unique_ptr<GradientExchange> exchange_;  // of parameters that are sent whole
  std::deque<RowGradientExchange> tables_;      // and of those of which rows are sent
  bool sends_at_once_ = true;
  Profile* profile_ = nullptr;
  Work meeting_, gradients_;
};

}  // namespace teranga::train
