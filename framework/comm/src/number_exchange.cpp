// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/number_exchange.hpp>

#include <teranga/comm/wait_until.hpp>

#include <algorithm>

namespace teranga {
namespace {

constexpr int most_ranks_to_each = 32;  // beyond, a collective of MPI takes fewer messages
constexpr int number_tag = Messages::tags - 1;

}  // namespace

void NumberExchange::start(std::span<const double> numbers) {
  const int ranks = communicator_.size();
  if (ranks == 1 || ranks > most_ranks_to_each) return;
  if (!messages_) messages_ = communicator_.messages();
  of_ranks_.resize(numbers.size() * static_cast<std::size_t>(ranks));
  const auto of = [&](int rank) { return std::span(of_ranks_).subspan(numbers.size() * static_cast<std::size_t>(rank), numbers.size()); };
  std::ranges::copy(numbers, of(communicator_.rank()).begin());
  for (int i = 1; i < ranks; ++i) messages_->receive((communicator_.rank() + i) % ranks, number_tag, std::as_writable_bytes(of((communicator_.rank() + i) % ranks)));
  for (int i = 1; i < ranks; ++i) messages_->send((communicator_.rank() + i) % ranks, number_tag, std::as_bytes(of(communicator_.rank())));
}

bool NumberExchange::arrived() { return !messages_ || messages_->all_done(); }

void NumberExchange::finish(std::span<double> sums) {
  const int ranks = communicator_.size();
  if (ranks == 1) return;
  if (ranks > most_ranks_to_each) return communicator_.sum(sums);
  wait_until(communicator_, [this] { return arrived(); });
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] = of_ranks_[i];
    for (int rank = 1; rank < ranks; ++rank) sums[i] += of_ranks_[static_cast<std::size_t>(rank) * sums.size() + i];
  }
}

}  // namespace teranga
