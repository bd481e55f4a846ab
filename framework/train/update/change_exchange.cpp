// SPDX-License-Identifier: Apache-2.0
#include "update/change_exchange.hpp"

#include "update/row_sums.hpp"
#include "update/sent_parameters.hpp"

#include <algorithm>
#include <utility>

namespace teranga::train {

ChangeExchange::ChangeExchange(model::ParameterStore& store, const std::vector<std::size_t>& trained, Communicator& comm, Team& team, Wire wire, bool early)
    : store_(store), comm_(comm), team_(team), wire_(wire), early_(early), common_(store.trainable_elements()), rows_(store.touched().size()) {
  exchange_ = gradient_exchange(comm, plan_buckets(sent_parameters(store, trained).segments), wire_);
  for (const Bucket& bucket : exchange_->buckets())
    for (std::size_t at = 0; at < bucket.count; at += flat_piece) pieces_.push_back({bucket.begin + at, std::min(flat_piece, bucket.count - at)});
  if (early_) travelling_.resize(common_.size());
}

// The rows of tables that may have changed: there is one phase where rows are known.
void ChangeExchange::touch(Phase& phase) {
  store_.clear_touched(team_);  // of the last update
  for (model::TouchedRows& touched : store_.touched()) {
    if (model::TouchedRows* const rows = phase.round_rows(touched.parameter())) {
      rows->list();
      for (const std::int64_t number : rows->numbers()) touched.touch(number);
      rows->clear();
    } else {
      for (std::int64_t number = 0; number < touched.rows(); ++number) touched.touch(number);
    }
    touched.list();
  }
}

void ChangeExchange::start(float share, Phase& phase) {
  touch(phase);
  float* const sent = travelling();
  auto* const gradients = static_cast<float*>(store_.gradients());
  const auto* const weights = static_cast<const float*>(store_.weights());
  for_each_changed([&](std::size_t begin, std::size_t count) {
    for (std::size_t i = begin; i < begin + count; ++i) gradients[i] = share == 0 ? 0 : share * (common_[i] - weights[i]);
    if (sent != gradients) std::copy_n(gradients + begin, count, sent + begin);
  });
  started_ = true;
  if (comm_.size() > 1) {
    const std::vector<Bucket>& buckets = exchange_->buckets();
    for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) exchange_->start(bucket, std::span(sent + buckets[bucket].begin, buckets[bucket].count));
    travels_ = true;
    if (!early_) wait();
    for (model::TouchedRows& touched : store_.touched()) sum_touched_rows(store_, touched, comm_, wire_, packed_rows_);
  }
  if (early_) keep_rows();
}

void ChangeExchange::drive() {
  if (travels_) exchange_->drive();
}

void ChangeExchange::wait() {
  if (std::exchange(travels_, false)) exchange_->finish();
}

void ChangeExchange::finish() {
  wait();
  started_ = false;
  if (!early_) return;
  give_rows();
  auto* const gradients = static_cast<float*>(store_.gradients());
  for_each_changed([&](std::size_t begin, std::size_t count) { std::copy_n(travelling_.data() + begin, count, gradients + begin); });
}

// The sums of rows wait beside what travels, since the next updates use the store's list of rows and its gradients.
void ChangeExchange::keep_rows() {
  for (std::size_t table = 0; table < rows_.size(); ++table) {
    const model::TouchedRows& touched = store_.touched()[table];
    rows_[table] = touched.numbers();
    const std::size_t begin = store_.parameters()[touched.parameter()].offset, row = touched.row();
    for (const std::int64_t number : rows_[table]) {
      const std::size_t at = begin + static_cast<std::size_t>(number) * row;
      std::copy_n(static_cast<const float*>(store_.gradients()) + at, row, travelling_.data() + at);
    }
  }
}

void ChangeExchange::give_rows() {
  store_.clear_touched(team_);  // of the last update
  for (std::size_t table = 0; table < rows_.size(); ++table) {
    for (const std::int64_t number : rows_[table]) store_.touched()[table].touch(number);
    store_.touched()[table].list();
  }
}

}  // namespace teranga::train
