// SPDX-License-Identifier: Apache-2.0
#include "update/row_gradient_exchange.hpp"

#include "update/row_sums.hpp"

#include <teranga/comm/wait_until.hpp>
#include <teranga/core/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr int most_ranks_to_each = 3, most_ranks_of_owners = 32;

// Both become what they are as terms of a sum that begins at zero.
void copy_without_signs_of_zero(std::span<float> row, float* __restrict to) {
  float* const values = row.data();
  for (std::size_t i = 0; i < row.size(); ++i) to[i] = values[i] = values[i] + 0.0F;
}

}  // namespace

bool RowGradientExchange::goes_to_owners(int ranks) noexcept { return ranks > most_ranks_to_each && ranks <= most_ranks_of_owners; }

RowGradientExchange::RowGradientExchange(Communicator& communicator, model::ParameterStore& store, std::size_t parameter, std::size_t table, Wire wire)
    : communicator_(communicator),
      store_(store),
      touched_(*store.touched(parameter)),
      gradient_(static_cast<float*>(store.gradient(store.parameters()[parameter]))),
      wire_(wire),
      way_(goes_to_owners(communicator.size()) ? Way::by_owners : communicator.size() <= most_ranks_to_each ? Way::to_each : Way::collective),
      tag_(first_tag_of_table(table)),
      messages_(communicator.messages()),
      found_(static_cast<std::size_t>(communicator.size())),
      for_ranks_(found_.size()) {}

// This rank's rows that belong to the owner.
void RowGradientExchange::pack(int owner, Rows& out) const {
  const auto belongs = [&](std::int64_t number) { return owner_of(number) == owner; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(touched_.numbers(), belongs));
  out.resize(count * (sizeof(std::int64_t) + sent_row_bytes()));
  std::byte *number_at = out.data(), *at = out.data() + count * sizeof(std::int64_t);
  for (const std::int64_t number : touched_.numbers()) {
    if (!belongs(number)) continue;
    std::memcpy(std::exchange(number_at, number_at + sizeof(number)), &number, sizeof(number));
    if (wire_ == Wire::bf16) to_bf16(row(number), {reinterpret_cast<std::uint16_t*>(at), touched_.row()});
    else copy_without_signs_of_zero(row(number), reinterpret_cast<float*>(at));
    at += sent_row_bytes();
  }
}

// f(number, where its elements are): floats, or bits of bfloat16.
template <class F>
void RowGradientExchange::for_each_row(const Rows& rows, F&& f) const {
  const std::size_t count = rows.size() / (sizeof(std::int64_t) + sent_row_bytes());
  const auto* const numbers = reinterpret_cast<const std::int64_t*>(rows.data());
  const std::byte* from = rows.data() + count * sizeof(std::int64_t);
  for (std::size_t i = 0; i < count; ++i) f(numbers[i], std::exchange(from, from + sent_row_bytes()));
}

void RowGradientExchange::send(const Rows& rows, int to, int tag) {
  if (rows.size() > Messages::most_bytes_found)
    throw Error(ExitCode::failure, fmt::format("the rows of \"{}\" that one step touches take {} bytes, and a message between processes has room for {}: a smaller batch_size in [training] touches fewer rows",
                                               store_.parameters()[touched_.parameter()].name, rows.size(), Messages::most_bytes_found));
  messages_->send(to, tag, rows);
  sent_bytes_ += rows.size();
}

void RowGradientExchange::await_others() {
  for (Found& found : found_) found.yet = false;
  missing_ = found_.size() - 1;
}

void RowGradientExchange::start() {
  if (way_ == Way::collective) return;
  const int rank = communicator_.rank(), ranks = communicator_.size();
  Rows& own = found_[static_cast<std::size_t>(rank)].rows;
  pack(rank, own);
  sent_bytes_ = 0;
  await_others();
  for (int i = 1; i < ranks; ++i) {
    const int to = (rank + i) % ranks;
    Rows& theirs = for_ranks_[static_cast<std::size_t>(to)];
    if (way_ == Way::by_owners) pack(to, theirs);
    send(way_ == Way::by_owners ? theirs : own, to, tag_);
  }
  state_ = State::rows;
}

// Whether the rows of all others are here, and those that this rank sent have left.
bool RowGradientExchange::find_others(int tag) {
  for (std::size_t rank = 0; missing_ > 0 && rank < found_.size(); ++rank) {
    Found& found = found_[rank];
    if (found.yet || static_cast<int>(rank) == communicator_.rank() || !messages_->receive_found(static_cast<int>(rank), tag, found.rows)) continue;
    found.yet = true;
    --missing_;
  }
  return missing_ == 0 && messages_->all_done();
}

void RowGradientExchange::drive() {
  if (state_ == State::rows && find_others(tag_)) {
    add_up();
    if (way_ == Way::by_owners) send_sums();
    else state_ = State::idle;
  }
  if (state_ == State::sums && find_others(tag_ + 1)) take_sums();
}

void RowGradientExchange::finish() {
  if (way_ == Way::collective) {
    sent_bytes_ = sum_touched_rows(store_, touched_, communicator_, wire_, packed_);
    return;
  }
  wait_until(communicator_, [this] {
    drive();
    return state_ == State::idle;
  });
  touched_.list();  // the same on all ranks
}

// In the order of the ranks. The first two terms of a sum may change places: so the first two ranks leave their own in place, where it is not rounded; a zero in it has no sign (pack).
void RowGradientExchange::add_up() {
  const Found& own = found_[static_cast<std::size_t>(communicator_.rank())];
  const Found* const in_place = wire_ == Wire::f32 && communicator_.rank() < 2 ? &own : nullptr;
  if (!in_place) for_each_row(own.rows, [&](std::int64_t number, const std::byte*) { std::ranges::fill(row(number), 0.0F); });
  for (const Found& found : found_) {
    if (&found == in_place) continue;
    for_each_row(found.rows, [&](std::int64_t number, const std::byte* from) {
      touched_.touch(number);
      if (wire_ == Wire::bf16) teranga::add(row(number), std::span(reinterpret_cast<const std::uint16_t*>(from), touched_.row()));
      else teranga::add(row(number), std::span(reinterpret_cast<const float*>(from), touched_.row()));
    });
  }
}

// Of the rows that this rank owns. Those of bfloat16 are rounded on all ranks, on this one too.
void RowGradientExchange::send_sums() {
  const int rank = communicator_.rank(), ranks = communicator_.size();
  touched_.list();
  pack(rank, sums_);
  if (wire_ == Wire::bf16) take(sums_);
  await_others();
  for (int i = 1; i < ranks; ++i) send(sums_, (rank + i) % ranks, tag_ + 1);
  state_ = State::sums;
}

void RowGradientExchange::take_sums() {
  for (const Found& found : found_)
    if (found.yet) take(found.rows);
  state_ = State::idle;
}

void RowGradientExchange::take(const Rows& sums) {
  for_each_row(sums, [&](std::int64_t number, const std::byte* from) {
    touched_.touch(number);
    if (wire_ == Wire::bf16) from_bf16(std::span(reinterpret_cast<const std::uint16_t*>(from), touched_.row()), row(number));
    else std::copy_n(reinterpret_cast<const float*>(from), touched_.row(), row(number).data());
  });
}

}  // namespace teranga::train
