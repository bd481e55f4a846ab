// SPDX-License-Identifier: Apache-2.0
// Each rank owns one part of a bucket. First all ranks send every part to its owner, which adds up what it gets; then the owners send the sums to all. Two ranks on
// two nodes send each other all that they have, and each adds it up: that is as many bytes, in half of the messages. Two ranks on one node do not, because each would add twice as many
// elements.
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/comm/wait_until.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "exchange_checks.hpp"

namespace teranga {
namespace {

// Element: what travels, float or the bits of a bfloat16.
template <class Element>
class BucketExchange {
  static constexpr bool narrow = !std::is_same_v<Element, float>;

 public:
  BucketExchange(Communicator& communicator, int tag, std::size_t count) : rank_(communicator.rank()), ranks_(communicator.size()), pair_(ranks_ == 2 && communicator.local_size() == 1), tag_(tag), count_(count), messages_(communicator.messages()) {
    others_.resize(pair_ ? count : part(rank_).count * static_cast<std::size_t>(ranks_ - 1));
    if constexpr (narrow) rounded_.resize(count);
  }

  bool idle() const noexcept { return state_ == State::idle; }

  void start(std::span<float> values) {
    values_ = values;
    if constexpr (narrow) to_bf16(values, rounded_);
    state_ = State::parts;
    if (pair_) {
      messages_->receive(1 - rank_, tag_, std::as_writable_bytes(std::span(others_)));
      messages_->send(1 - rank_, tag_, std::as_bytes(all()));
      return;
    }
    std::size_t slot = 0;
    for_each_other([&](int other) { messages_->receive(other, tag_, std::as_writable_bytes(slot_of(slot++))); });
    for_each_other([&](int other) { messages_->send(other, tag_, std::as_bytes(of(other))); });
  }

  void drive() {
    if (state_ == State::parts && messages_->all_done()) {
      if (pair_) return add_up_pair();
      add_up();
      state_ = State::sums;
      for_each_other([&](int other) { messages_->receive(other, tag_ + 1, std::as_writable_bytes(of(other))); });
      for_each_other([&](int other) { messages_->send(other, tag_ + 1, std::as_bytes(of(rank_))); });
    }
    if (state_ == State::sums && messages_->all_done()) {
      if constexpr (narrow) from_bf16(rounded_, values_);
      state_ = State::idle;
    }
  }

 private:
  enum class State { idle, parts, sums };
  struct Part {
    std::size_t begin, count;
  };

  Part part(int rank) const {
    constexpr std::size_t line = 16;  // elements of a cache line
    const std::size_t lines = (count_ + line - 1) / line, r = static_cast<std::size_t>(rank), all = static_cast<std::size_t>(ranks_);
    const std::size_t begin = std::min(count_, lines * r / all * line), end = std::min(count_, lines * (r + 1) / all * line);
    return {begin, end - begin};
  }
  template <class T>
  std::span<T> part_of(std::span<T> all, int rank) const { return all.subspan(part(rank).begin, part(rank).count); }
  std::span<Element> all() {  // what travels
    if constexpr (narrow) return rounded_;
    else return values_;
  }
  std::span<Element> of(int rank) { return part_of(all(), rank); }
  std::span<Element> slot_of(std::size_t slot) { return std::span(others_).subspan(slot * part(rank_).count, part(rank_).count); }

  // Each rank begins with its neighbour: not all of them with the same rank.
  template <class F>
  void for_each_other(F&& f) const {
    for (int i = 1; i < ranks_; ++i) f((rank_ + i) % ranks_);
  }

  std::span<Element> of_rank(int rank) { return rank == rank_ ? of(rank) : slot_of(static_cast<std::size_t>((rank - rank_ - 1 + ranks_) % ranks_)); }

  // g0 + g1, which is g1 + g0.
  void add_up_pair() {
    if constexpr (narrow) from_bf16(rounded_, values_);
    add(values_, std::span<const Element>(others_));
    if constexpr (narrow) {  // as sums are that travel
      to_bf16(values_, rounded_);
      from_bf16(rounded_, values_);
    }
    state_ = State::idle;
  }

  // ((g0 + g1) + g2) + ..., in the order of the ranks. Rounded numbers are added up as f32, and this rank's own are rounded as well: a sum does not depend on who makes it.
  void add_up() {
    const std::span<float> own = part_of(values_, rank_);
    std::span<float> sum = own;
    if constexpr (narrow) from_bf16(of_rank(0), sum);
    else sum = of_rank(0);
    for (int rank = 1; rank < ranks_; ++rank) add(sum, of_rank(rank));
    if constexpr (narrow) to_bf16(sum, of(rank_));
    else if (sum.data() != own.data()) std::ranges::copy(sum, own.begin());
  }

  int rank_, ranks_;
  bool pair_;
  int tag_;
  std::size_t count_;
  std::unique_ptr<Messages> messages_;
  std::vector<Element> others_;   // this rank's part as the others have it, in the order of for_each_other; of a pair, all that the other one has
  std::vector<Element> rounded_;  // all of the bucket, where numbers travel in another form than they have
  std::span<float> values_;
  State state_ = State::idle;
};

template <class Element>
class DirectExchange final : public GradientExchange {
 public:
  DirectExchange(Communicator& communicator, std::vector<Bucket> buckets) : GradientExchange(std::move(buckets)), communicator_(communicator), is_started_(this->buckets().size()) {
    int tag = 0;
    for (const Bucket& bucket : this->buckets()) {
      of_bucket_.emplace_back(communicator, std::exchange(tag, tag + 2), bucket.count);
      bytes_ += bucket.count * sizeof(Element);
    }
  }

  void start(std::size_t bucket, std::span<float> values) override {
    require_start(*this, bucket, values, bucket < is_started_.size() && is_started_[bucket]);
    is_started_[bucket] = true;
    of_bucket_[bucket].start(values);
    ++active_;
    drive();
  }

  bool sends_at_start() const noexcept override { return true; }

  void drive() override {
    if (active_ == 0) return;
    active_ = 0;
    for (BucketExchange<Element>& bucket : of_bucket_) {
      if (bucket.idle()) continue;
      bucket.drive();
      active_ += !bucket.idle();
    }
  }

  void finish() override {
    require_all(*this, static_cast<std::size_t>(std::ranges::count(is_started_, true)));
    const activity::Collective shown("the exchange of gradients", bytes_);
    wait_until(communicator_, [&] {
      drive();
      return active_ == 0;
    });
    is_started_.assign(is_started_.size(), false);
  }

 private:
  Communicator& communicator_;
  std::vector<BucketExchange<Element>> of_bucket_;
  std::vector<bool> is_started_;
  std::size_t active_ = 0, bytes_ = 0;
};

}  // namespace

std::unique_ptr<GradientExchange> direct_exchange(Communicator& communicator, std::vector<Bucket> buckets, Wire wire) {
  if (wire == Wire::bf16) return std::make_unique<DirectExchange<std::uint16_t>>(communicator, std::move(buckets));
  return std::make_unique<DirectExchange<float>>(communicator, std::move(buckets));
}

void sum_over_ranks(Communicator& communicator, std::span<float> values, Wire wire) {
  if (wire == Wire::f32) return communicator.sum(values);
  const auto exchange = direct_exchange(communicator, {{0, 1, 0, values.size()}}, wire);
  exchange->start(0, values);
  exchange->finish();
}

}  // namespace teranga
