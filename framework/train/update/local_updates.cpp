// SPDX-License-Identifier: Apache-2.0
#include "update/local_updates.hpp"

#include "session/number_tensor.hpp"
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
constexpr const char* own_weights = "averaging/weights/";
constexpr const char* own_share = "averaging/share";

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

std::vector<std::size_t> trained_by(const std::deque<Phase>& phases) {
  std::set<std::size_t> trained;
  for (const Phase& phase : phases) trained.insert(phase.trained().begin(), phase.trained().end());
  return {trained.begin(), trained.end()};
}

float* trainable_weights(model::ParameterStore& store) { return static_cast<float*>(store.weights()); }

}  // namespace

bool LocalUpdates::wanted(const recipe::TrainingRecipe& training, const Communicator& comm) {
  const auto& averaging = training.averaging;
  return averaging && (averaging->outer || (averaging->every > 1 && comm.size() > 1));
}

LocalUpdates::LocalUpdates(const recipe::TrainingRecipe& training, std::deque<Phase>& phases, model::ParameterStore& store, const host::Registry& registry, Communicator& comm, Team& team)
    : recipe_(*training.averaging), phases_(phases), store_(store), comm_(comm), team_(team), trained_(trained_by(phases)), exchange_(store, trained_, comm, team, wire_of(training), recipe_.overlap) {
  if (recipe_.outer) outer_.emplace(*recipe_.outer, registry, store, trained_, team);
  if (recipe_.overlap) first_.resize(store.trainable_elements());
}

void LocalUpdates::begin_from(std::vector<float>& weights) {
  exchange_.for_each_piece([&](std::size_t begin, std::size_t count) { std::copy_n(trainable_weights(store_) + begin, count, weights.data() + begin); });
}

void LocalUpdates::begin(std::int64_t rows, std::int64_t global_rows) {
  if (global_rows_ == 0 && together()) begin_from(exchange_.common());
  rows_ += rows, global_rows_ += global_rows;
}

void LocalUpdates::end_round(const StepOfRun& at, bool last) {
  LapTimer waiting(profile_, 0);
  exchange_.wait();
  waiting.done({meeting_.row});
  for (Phase& phase : phases_) phase.meet(at);
  LapTimer lap(profile_, 0);
  if (exchange_.started()) end_last_round();
  share_ = static_cast<float>(static_cast<double>(rows_) / static_cast<double>(global_rows_));
  exchange_.start(share_, phases_.front());
  if (recipe_.overlap && !last) {
    begin_from(first_);
  } else {
    come_together();
  }
  lap.done(meeting_);
  rows_ = global_rows_ = 0;
  apart_ = comm_.size() > 1;
}

// A rank's weights differ from the common ones in what it sends.
void LocalUpdates::come_together() {
  if (together()) return;
  exchange_.finish();
  exchange_.for_each_changed([&](std::size_t begin, std::size_t count) { std::copy_n(exchange_.common().data() + begin, count, trainable_weights(store_) + begin); });
  take_mean_change();
}

// The gradients are the mean change with its sign turned round, and the weights are those in common.
void LocalUpdates::take_mean_change() {
  if (outer_) {
    constexpr std::int64_t any_epoch = 1;  // the rate has no schedule
    outer_->apply(rounds_, any_epoch);
  } else {
    const auto* const gradients = static_cast<const float*>(store_.gradients());
    exchange_.for_each_changed([&](std::size_t begin, std::size_t count) {
      for (std::size_t i = begin; i < begin + count; ++i) trainable_weights(store_)[i] -= gradients[i];
    });
  }
  ++rounds_;
  store_.clear_touched(team_);
  store_.changed(trained_);
}

// The one whose changes travelled in the round that ends now: this rank goes on from the weights that follow from it, plus its own change of this round.
void LocalUpdates::end_last_round() {
  exchange_.finish();
  float* const weights = trainable_weights(store_);
  std::vector<float>& common = exchange_.common();
  exchange_.for_each_piece([&](std::size_t begin, std::size_t count) {
    for (std::size_t i = begin; i < begin + count; ++i) first_[i] = weights[i] - first_[i];
    std::copy_n(common.data() + begin, count, weights + begin);
  });
  take_mean_change();
  exchange_.for_each_piece([&](std::size_t begin, std::size_t count) {
    std::copy_n(weights + begin, count, common.data() + begin);
    for (std::size_t i = begin; i < begin + count; ++i) weights[i] += first_[i];
  });
}

std::vector<TensorView> LocalUpdates::own_views() const {
  std::vector<TensorView> out;
  for (const Phase& phase : phases_)
    for (TensorView& view : phase.own_views()) out.push_back(std::move(view));
  return out;
}

// By parameter; and the part of this rank in the samples of the round whose changes travel.
std::vector<TensorView> LocalUpdates::weight_views() const {
  std::vector<TensorView> out;
  for (TensorView& view : store_.parameter_views())
    if (static_cast<const float*>(view.data) < trainable_weights(store_) + store_.trainable_elements()) out.push_back({own_weights + view.name, view.type, view.shape, view.data});
  out.push_back({own_share, ElementType::f32, {1}, &share_});
  return out;
}

void LocalUpdates::store(SnapshotViews& snapshot) const {
  if (!together())
    for (TensorView& view : snapshot.parameters)
      if (const auto at = static_cast<std::size_t>(static_cast<const float*>(view.data) - trainable_weights(store_)); at < store_.trainable_elements()) view.data = exchange_.common().data() + at;
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
  if (!apart_ && together()) return out;
  std::vector<TensorView> views = weight_views();
  if (together()) views.clear();
  const std::size_t of_first = views.size();
  for (TensorView& view : own_views()) views.push_back(std::move(view));
  std::string own;
  for (const TensorView& view : std::span(views).first(comm_.is_root() ? of_first : views.size())) own.append(static_cast<const char*>(view.data), view.bytes());
  const std::vector<std::string> all = comm_.gather(own);
  for (std::size_t rank = of_first > 0 ? 0 : 1; rank < all.size(); ++rank) {
    checkpoint::RankState& state = out.emplace_back();
    state.rank = static_cast<int>(rank);
    const char* from = all[rank].data();
    for (const TensorView& view : std::span(views).first(rank == 0 ? of_first : views.size())) {
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

namespace {

const std::vector<NamedTensor>& tensors_of(const std::vector<checkpoint::RankState>& states, int rank) {
  static const std::vector<NamedTensor> none;
  const auto found = std::ranges::find(states, rank, &checkpoint::RankState::rank);
  return found == states.end() ? none : found->tensors;
}

// They are memory of those who gave the views.
void fill(const std::vector<TensorView>& views, const std::string& bytes) {
  const char* from = bytes.data();
  for (const TensorView& view : views) std::memcpy(const_cast<void*>(view.data), std::exchange(from, from + view.bytes()), view.bytes());
}

}  // namespace

void LocalUpdates::take_travelled(const std::vector<checkpoint::RankState>& ranks, model::ParameterStore& store) {
  const std::vector<TensorView> views = store.parameter_views();
  const std::vector<NamedTensor> common = store.parameter_tensors();
  for (const checkpoint::RankState& rank : ranks) {
    const auto share = std::ranges::find(rank.tensors, own_share, &NamedTensor::name);
    if (share == rank.tensors.end() || share->tensor.type() != ElementType::f32 || share->tensor.count() != 1) continue;
    for (std::size_t p = 0; p < views.size(); ++p) {
      const auto own = std::ranges::find(rank.tensors, own_weights + views[p].name, &NamedTensor::name);
      if (own == rank.tensors.end() || own->tensor.shape() != views[p].shape || own->tensor.type() != ElementType::f32) continue;
      auto* const weights = static_cast<float*>(const_cast<void*>(views[p].data));  // it is memory of the store
      const std::span<const float> theirs = own->tensor.as<float>(), begun = common[p].tensor.as<float>();
      for (std::size_t i = 0; i < theirs.size(); ++i) weights[i] += share->tensor.as<float>()[0] * (theirs[i] - begun[i]);
    }
  }
}

// A rank takes what the former rank of its number kept, or that of its number modulo theirs.
void LocalUpdates::share() {
  if (outer_)
    for (const std::span<std::byte> memory : outer_->memory()) comm_.broadcast(memory.data(), memory.size(), 0);
  const std::vector<TensorView> views = own_views();
  std::int64_t numbers[] = {rounds_, former_ranks_.empty() ? 1 : former_ranks_.back().rank + 1, !tensors_of(former_ranks_, 0).empty()};
  comm_.broadcast(numbers, sizeof(numbers), 0);
  rounds_ = numbers[0];
  const auto ranks = static_cast<int>(numbers[1]);
  apart_ = ranks > 1 && comm_.size() > 1;
  if (comm_.is_root() && ranks > 1 && ranks != comm_.size())
    log::info(fmt::format("the checkpoint holds the optimizers of {} processes, and {} go on from it: process r takes that of the former process r modulo {}", ranks, comm_.size(), ranks));
  for (int former = 1; former < ranks; ++former) {
    std::string bytes = comm_.is_root() ? bytes_in_order(tensors_of(former_ranks_, former), views) : std::string();
    comm_.broadcast(bytes);
    if (!bytes.empty() && comm_.rank() % ranks == former) fill(views, bytes);
  }
  if (numbers[2] != 0) share_weights(ranks);
  former_ranks_.clear();
}

// As many ranks as before go on as they would have. Other ranks, or those without overlap, begin with the weights that follow from all changes that were on their way.
void LocalUpdates::share_weights(int ranks) {
  const std::vector<TensorView> views = weight_views();
  const bool go_on = recipe_.overlap && ranks == comm_.size();
  begin_from(exchange_.common());
  std::fill_n(static_cast<float*>(store_.gradients()), store_.trainable_elements(), 0.0F);
  for (int former = 0; former < ranks; ++former) {
    std::string bytes = comm_.is_root() ? bytes_in_order(tensors_of(former_ranks_, former), views) : std::string();
    comm_.broadcast(bytes);
    if (bytes.empty()) continue;
    if (!go_on) add_change(bytes);
    else if (comm_.rank() == former) fill(views, bytes);
  }
  if (go_on) return start_again();
  for (model::TouchedRows& touched : store_.touched()) {
    for (std::int64_t number = 0; number < touched.rows(); ++number) touched.touch(number);
    touched.list();
  }
  take_mean_change();
}

// What travelled when the checkpoint was made.
void LocalUpdates::start_again() {
  for (const model::TouchedRows& touched : store_.touched()) {
    model::TouchedRows* const rows = phases_.front().round_rows(touched.parameter());
    const std::size_t row = touched.row(), begin = store_.parameters()[touched.parameter()].offset;
    for (std::int64_t number = 0; rows && number < touched.rows(); ++number) {
      const float* const weights = trainable_weights(store_) + begin + static_cast<std::size_t>(number) * row;
      if (!std::equal(weights, weights + row, exchange_.common().data() + (weights - trainable_weights(store_)))) rows->touch(number);
    }
  }
  exchange_.start(share_, phases_.front());
  begin_from(first_);
  store_.changed();
}

void LocalUpdates::add_change(const std::string& weights) {
  float share = 0;
  std::memcpy(&share, weights.data() + weights.size() - sizeof(share), sizeof(share));
  const char* from = weights.data();
  for (const TensorView& view : weight_views()) {
    const auto at = static_cast<std::size_t>(static_cast<const float*>(view.data) - trainable_weights(store_));
    if (view.data == &share_) continue;
    for (std::size_t i = at; i < at + view.bytes() / sizeof(float); ++i) {
      float weight = 0;
      std::memcpy(&weight, std::exchange(from, from + sizeof(weight)), sizeof(weight));
      static_cast<float*>(store_.gradients())[i] += share * (exchange_.common()[i] - weight);
    }
  }
}

void LocalUpdates::set_profile(Profile& profile) {
  profile_ = &profile;
  meeting_.row = profile.row("weights of a round", Pass::averaging);
}

}  // namespace teranga::train
