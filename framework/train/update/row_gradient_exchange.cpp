// SPDX-License-Identifier: Apache-2.0
#include "update/row_gradient_exchange.hpp"

#include "update/row_sums.hpp"

#include <teranga/comm/wait_until.hpp>
#include <teranga/core/error.hpp>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// Up to here each rank sends its rows to every other one. Beyond, sums of the rows that any rank touched are fewer bytes.
constexpr int most_ranks_to_each = 8;

// Both become what they are as terms of a sum that begins at zero.
void copy_without_signs_of_zero(std::span<float> row, float* __restrict to) {
  float* const values = row.data();
  for (std::size_t i = 0; i < row.size(); ++i) to[i] = values[i] = values[i] + 0.0F;
}

}  // namespace

RowGradientExchange::RowGradientExchange(Communicator& communicator, model::ParameterStore& store, std::size_t parameter, std::size_t table, Wire wire)
    : communicator_(communicator), store_(store), touched_(*store.touched(parameter)), gradient_(static_cast<float*>(store.gradient(store.parameters()[parameter]))), wire_(wire), tag_(Messages::tags - 2 - static_cast<int>(table)), messages_(communicator.messages()), of_ranks_(static_cast<std::size_t>(communicator.size())) {}

bool RowGradientExchange::sends_to_each() const noexcept { return communicator_.size() <= most_ranks_to_each; }

void RowGradientExchange::pack(std::vector<std::byte>& bytes) const {
  const std::vector<std::int64_t>& numbers = touched_.numbers();
  bytes.resize(numbers.size() * (sizeof(std::int64_t) + sent_row_bytes()));
  std::memcpy(bytes.data(), numbers.data(), numbers.size() * sizeof(std::int64_t));
  std::byte* at = bytes.data() + numbers.size() * sizeof(std::int64_t);
  for (const std::int64_t number : numbers) {
    if (wire_ == Wire::bf16) to_bf16(row(number), {reinterpret_cast<std::uint16_t*>(at), touched_.row()});
    else copy_without_signs_of_zero(row(number), reinterpret_cast<float*>(at));
    at += sent_row_bytes();
  }
}

void RowGradientExchange::start() {
  if (!sends_to_each()) return;
  const int rank = communicator_.rank(), ranks = communicator_.size();
  Rows& own = of_ranks_[static_cast<std::size_t>(rank)];
  pack(own.bytes);
  if (own.bytes.size() > Messages::most_bytes_found)
    throw Error(ExitCode::failure, fmt::format("the rows of \"{}\" that one step touches take {} bytes, and a message between processes has room for {}: a smaller batch_size in [training] touches fewer rows",
                                               store_.parameters()[touched_.parameter()].name, own.bytes.size(), Messages::most_bytes_found));
  for (int i = 1; i < ranks; ++i) messages_->send((rank + i) % ranks, tag_, own.bytes);
  for (Rows& rows : of_ranks_) rows.found = &rows == &own;
  missing_ = of_ranks_.size() - 1;
  sent_bytes_ = own.bytes.size() * missing_;
}

void RowGradientExchange::drive() {
  for (std::size_t rank = 0; missing_ > 0 && rank < of_ranks_.size(); ++rank) {
    Rows& rows = of_ranks_[rank];
    if (rows.found || !messages_->receive_found(static_cast<int>(rank), tag_, rows.bytes)) continue;
    rows.found = true;
    --missing_;
  }
}

void RowGradientExchange::finish() {
  if (!sends_to_each()) {
    sent_bytes_ = sum_touched_rows(store_, touched_, communicator_, wire_, packed_);
    return;
  }
  wait_until(communicator_, [this] {
    drive();
    return missing_ == 0 && messages_->all_done();
  });
  add_up();
}

// In the order of the ranks. The first two terms of a sum may change places: so the first two ranks leave their own in place, where it is not rounded; a zero in it has no sign (pack).
void RowGradientExchange::add_up() {
  const Rows* const in_place = wire_ == Wire::f32 && communicator_.rank() < 2 ? &of_ranks_[static_cast<std::size_t>(communicator_.rank())] : nullptr;
  if (!in_place)
    for (const std::int64_t number : touched_.numbers()) std::ranges::fill(row(number), 0.0F);
  for (const Rows& rows : of_ranks_) {
    if (&rows == in_place) continue;
    const std::size_t count = rows.bytes.size() / (sizeof(std::int64_t) + sent_row_bytes());
    const auto* const numbers = reinterpret_cast<const std::int64_t*>(rows.bytes.data());
    const std::byte* from = rows.bytes.data() + count * sizeof(std::int64_t);
    for (std::size_t i = 0; i < count; ++i, from += sent_row_bytes()) {
      touched_.touch(numbers[i]);
      if (wire_ == Wire::bf16) teranga::add(row(numbers[i]), std::span(reinterpret_cast<const std::uint16_t*>(from), touched_.row()));
      else teranga::add(row(numbers[i]), std::span(reinterpret_cast<const float*>(from), touched_.row()));
    }
  }
  touched_.list();  // the same on all ranks
}

}  // namespace teranga::train
