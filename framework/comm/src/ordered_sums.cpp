// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/ordered_sums.hpp>

#include <teranga/comm/wait_until.hpp>

namespace teranga {
namespace {

constexpr int sum_tag = 0;

}  // namespace

OrderedSums::OrderedSums(Communicator& communicator) : communicator_(communicator), messages_(communicator.messages()), ranks_(communicator.size()) {}

void OrderedSums::wait() {
  wait_until(communicator_, [this] { return messages_->all_done(); });
}

bool OrderedSums::before(std::span<std::byte> sum) {
  const int rank = communicator_.rank();
  if (rank == 0 || rank >= ranks_) return false;
  messages_->receive(rank - 1, sum_tag, sum);
  wait();
  return true;
}

void OrderedSums::hand_on(std::span<const std::byte> sum) {
  const int next = communicator_.rank() + 1;
  if (next >= ranks_) return;
  messages_->send(next, sum_tag, sum);
  wait();
}

void OrderedSums::give_to_all(std::span<std::byte> sum) { communicator_.broadcast(sum.data(), sum.size(), ranks_ - 1); }

}  // namespace teranga
