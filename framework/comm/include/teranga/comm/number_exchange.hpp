// SPDX-License-Identifier: Apache-2.0
// Adds up a few numbers over ranks while other messages travel: such as the loss of a step.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <teranga/comm/communicator.hpp>

namespace teranga {

class NumberExchange {
 public:
  explicit NumberExchange(Communicator& communicator) : communicator_(communicator) {}

  // Sends the numbers of this rank. All ranks give the same count.
  void start(std::span<const double> numbers);
  bool arrived();  // whether finish() has nothing to wait for, but for collectives of many ranks
  // The sums, in the order of the ranks: all ranks get the same bits.
  void finish(std::span<double> sums);

 private:
  Communicator& communicator_;
  std::unique_ptr<Messages> messages_;
  std::vector<double> of_ranks_;  // by rank, this one too
};

}  // namespace teranga
