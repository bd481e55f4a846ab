// SPDX-License-Identifier: Apache-2.0
#include "update/local_updates.hpp"

#include "session/number_tensor.hpp"
#include "update/flat_loops.hpp"
#include "update/row_sums.hpp"
#include "update/sent_parameters.hpp"

#include <teranga/core/log.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr const char* outer_slots = "averaging/slots/";

std::vector<NamedTensor> without_prefix(const std::vector<NamedTensor>& tensors, std::string_view prefix) {
  std::vector<NamedTensor> out;
  for (const NamedTensor& tensor : tensors)
    if (tensor.name.starts_with(prefix)) out.push_back({tensor.name.substr(prefix.size()), tensor.tensor});
  return out;
}

// The bytes of these tensors one behind the other, as the views have them; empty where one is missing or of another shape.
std::string bytes_in_order(const std::vector<NamedTensor>& tensors, const std::vector<TensorView>& views) {
  std::string out;
  for (const TensorView& view : views) {
    const auto found = std::ranges::find(tensors, view.name, &NamedTensor::name);
    if (found == tensors.end() || found->tensor.shape() != view.shape || found->tensor.type() != view.type) return {};
    out.append(static_cast<const char*>(found->tensor.data()), view.bytes());
  }
  return out;
}

}  // namespace

bool LocalUpdates::wanted(const recipe::TrainingRecipe& training, const Communicator& comm) {
  const auto& averaging = training.averaging;
  return averaging && (averaging->outer || (averaging->every > 1 && comm.size() > 1));
}

LocalUpdates::LocalUpdates(const recipe::TrainingRecipe& training, std::deque<Phase>& phases, model::ParameterStore& store, const host::Registry& registry, Communicator& comm, Team& team)
    : recipe_(*training.averaging), wire_(wire_of(training)), phases_(phases), store_(store), comm_(comm), team_(team) {
  std::set<std::size_t> trained;
  for (const Phase& phase : phases) trained.insert(phase.trained().begin(), phase.trained().end());
  trained_.assign(trained.begin(), trained.end());
  if (recipe_.outer) outer_.emplace(*recipe_.outer, registry, store, trained_, team);
  exchange_ = gradient_exchange(comm, plan_buckets(sent_parameters(store, trained_).segments), wire_);
  for (const Bucket& bucket : exchange_->buckets())
    for (std::size_t at = 0; at < bucket.count; at += flat_piece) pieces_.push_back({bucket.begin + at, std::min(flat_piece, bucket.count - at)});
  first_.resize(store.trainable_elements());
}

void LocalUpdates::begin(std::int64_t rows, std::int64_t global_rows) {
  if (global_rows_ == 0) {
    const std::size_t count = first_.size();
    team_.for_each(static_cast<std::int64_t>((count + flat_piece - 1) / flat_piece), [&](std::int64_t i, int) {
      const std::size_t at = static_cast<std::size_t>(i) * flat_piece;
      std::copy_n(weight(at), std::min(flat_piece, count - at), first_.data() + at);
    });
  }
  rows_ += rows, global_rows_ += global_rows;
}

void LocalUpdates::end_round(const StepOfRun& at) {
  for (Phase& phase : phases_) phase.meet(at);
  LapTimer lap(profile_, 0);
  average(static_cast<float>(static_cast<double>(rows_) / static_cast<double>(global_rows_)), at.epoch);
  lap.done(meeting_);
  rows_ = global_rows_ = 0;
  ++rounds_;
  apart_ = comm_.size() > 1;
}

template <class F>
void LocalUpdates::each_piece(F&& f) {
  team_.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t i, int) { f(pieces_[static_cast<std::size_t>(i)].begin, pieces_[static_cast<std::size_t>(i)].count); });
  for (const model::TouchedRows& touched : store_.touched()) {
    const std::size_t begin = store_.parameters()[touched.parameter()].offset, row = touched.row();
    team_.for_each(static_cast<std::int64_t>(touched.numbers().size()),
                   [&](std::int64_t i, int) { f(begin + static_cast<std::size_t>(touched.numbers()[static_cast<std::size_t>(i)]) * row, row); });
  }
}

// The rows of tables that may have changed in the round: there is one phase where rows are known.
void LocalUpdates::touch() {
  store_.clear_touched(team_);  // of the last update
  for (model::TouchedRows& touched : store_.touched()) {
    if (model::TouchedRows* const rows = phases_.front().round_rows(touched.parameter())) {
      rows->list();
      for (const std::int64_t number : rows->numbers()) touched.touch(number);
      rows->clear();
    } else {
      for (std::int64_t number = 0; number < touched.rows(); ++number) touched.touch(number);
    }
    touched.list();
  }
}

void LocalUpdates::average(float share, std::int64_t epoch) {
  touch();
  each_piece([&](std::size_t begin, std::size_t count) {
    float *const w = weight(begin), *const g = gradient(begin);
    const float* const first = first_.data() + begin;
    for (std::size_t i = 0; i < count; ++i) g[i] = share == 0 ? 0 : share * (first[i] - w[i]);
    std::copy_n(first, count, w);
  });
  sum_over_ranks();
  if (outer_) outer_->apply(rounds_, epoch + 1);
  else
    each_piece([&](std::size_t begin, std::size_t count) {
      float* const w = weight(begin);
      const float* const g = gradient(begin);
      for (std::size_t i = 0; i < count; ++i) w[i] -= g[i];
    });
  store_.clear_touched(team_);
  store_.changed(trained_);
}

void LocalUpdates::sum_over_ranks() {
  if (comm_.size() == 1) return;
  const std::vector<Bucket>& buckets = exchange_->buckets();
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) exchange_->start(bucket, std::span(gradient(buckets[bucket].begin), buckets[bucket].count));
  exchange_->finish();
  for (model::TouchedRows& touched : store_.touched()) sum_touched_rows(store_, touched, comm_, wire_, packed_rows_);
}

std::vector<TensorView> LocalUpdates::own_views() const {
  std::vector<TensorView> out;
  for (const Phase& phase : phases_)
    for (TensorView& view : phase.own_views()) out.push_back(std::move(view));
  return out;
}

void LocalUpdates::store(SnapshotViews& snapshot) const {
  if (!outer_) return;
  for (TensorView& slot : outer_->slot_views()) {
    slot.name = outer_slots + slot.name;
    snapshot.run.push_back(std::move(slot));
  }
  for (NamedTensor& tensor : outer_->scalar_tensors()) snapshot.add(snapshot.run, {"averaging/" + tensor.name, std::move(tensor.tensor)});
  snapshot.add(snapshot.run, number_tensor("averaging/rounds", {static_cast<double>(rounds_)}));
}

std::vector<checkpoint::RankState> LocalUpdates::gather() const {
  std::vector<checkpoint::RankState> out;
  if (!apart_) return out;
  const std::vector<TensorView> views = own_views();
  std::string own;
  if (!comm_.is_root())
    for (const TensorView& view : views) own.append(static_cast<const char*>(view.data), view.bytes());
  const std::vector<std::string> all = comm_.gather(own);
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    checkpoint::RankState& state = out.emplace_back();
    state.rank = static_cast<int>(rank);
    const char* from = all[rank].data();
    for (const TensorView& view : views) {
      state.tensors.push_back({view.name, Tensor(view.type, view.shape)});
      std::memcpy(state.tensors.back().tensor.data(), std::exchange(from, from + view.bytes()), view.bytes());
    }
  }
  return out;
}

void LocalUpdates::take(const FormerRun& former) {
  former_ranks_ = former.snapshot.rank_states;
  if (!outer_) return;
  const std::vector<NamedTensor> run = without_prefix(former.snapshot.run, "averaging/");
  constexpr double most = 1e15;
  const auto rounds = numbers_of(run, "rounds", 1);
  if (rounds.empty() || !(rounds[0] >= 0 && rounds[0] < most) || former.change_of("training.averaging.outer")) return log::info("the outer optimizer begins anew: the checkpoint has none like it");
  outer_->set_slots(without_prefix(former.snapshot.run, outer_slots), former.from);
  outer_->set_scalars(run);
  rounds_ = static_cast<std::int64_t>(rounds[0]);
}

// A rank takes what the former rank of its number kept, or that of its number modulo theirs.
void LocalUpdates::share() {
  if (outer_)
    for (const std::span<std::byte> memory : outer_->memory()) comm_.broadcast(memory.data(), memory.size(), 0);
  const std::vector<TensorView> views = own_views();
  std::int64_t numbers[] = {rounds_, static_cast<std::int64_t>(former_ranks_.size()) + 1};
  comm_.broadcast(numbers, sizeof(numbers), 0);
  rounds_ = numbers[0];
  const auto ranks = static_cast<int>(numbers[1]);
  apart_ = ranks > 1 && comm_.size() > 1;
  if (comm_.is_root() && ranks > 1 && ranks != comm_.size())
    log::info(fmt::format("the checkpoint holds the optimizers of {} processes, and {} go on from it: process r takes that of the former process r modulo {}", ranks, comm_.size(), ranks));
  for (int former = 1; former < ranks; ++former) {
    std::string bytes = comm_.is_root() ? bytes_in_order(former_ranks_[static_cast<std::size_t>(former - 1)].tensors, views) : std::string();
    comm_.broadcast(bytes);
    if (bytes.empty() || comm_.rank() % ranks != former) continue;
    const char* from = bytes.data();
    for (const TensorView& view : views) std::memcpy(const_cast<void*>(view.data), std::exchange(from, from + view.bytes()), view.bytes());  // it is memory of the phases
  }
  former_ranks_.clear();
}

void LocalUpdates::set_profile(Profile& profile) {
  profile_ = &profile;
  meeting_.row = profile.row("weights of a round", Pass::averaging);
}

}  // namespace teranga::train
