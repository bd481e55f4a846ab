// SPDX-License-Identifier: Apache-2.0
// Sums over ranks in the order of the ranks: each goes on from what the ranks before it have added up. So the bits of a sum depend on the order of its terms alone, and not on the
// number of ranks that have them. The ranks work on a sum one after the other.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <teranga/comm/communicator.hpp>

namespace teranga {

class OrderedSums {
 public:
  explicit OrderedSums(Communicator& communicator);

  // The first so many ranks, one at least, have terms of the sums that follow.
  void begin(int ranks) noexcept { ranks_ = ranks; }

  // For each sum, in this order. Gives what the ranks before this one have added up; false: there is nothing, and `sum` is as it was.
  bool before(std::span<std::byte> sum);
  // What this rank has made of it.
  void hand_on(std::span<const std::byte> sum);
  // Of any number of sums that were handed on: all ranks get what the last one has. Collective.
  void give_to_all(std::span<std::byte> sum);

 private:
  void wait();

  Communicator& communicator_;
  std::unique_ptr<Messages> messages_;
  int ranks_;
};

}  // namespace teranga
