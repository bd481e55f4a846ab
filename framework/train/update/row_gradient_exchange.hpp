// SPDX-License-Identifier: Apache-2.0
// The gradient of a lookup's table over ranks: of the table only those rows travel that a rank touched.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/wire.hpp>
#include <teranga/model/parameter_store.hpp>

namespace teranga::train {

class RowGradientExchange {
 public:
  // `table` numbers the tables of a phase: all ranks alike. The numbers of rows travel as they are, the rows as `wire`. The store must outlive the exchange.
  RowGradientExchange(Communicator& communicator, model::ParameterStore& store, std::size_t parameter, std::size_t table, Wire wire);

  // The rows of this rank's gradient are complete.
  void start();
  void drive();
  // Waits. The rows that any rank touched are touched on all ranks then, and hold the sums, in the order of the ranks.
  void finish();

  // That this rank sent in the last step.
  std::size_t sent_bytes() const noexcept { return sent_bytes_; }

 private:
  struct Rows {
    std::vector<std::byte> bytes;  // numbers of rows, then the rows
    bool found = false;
  };
  bool sends_to_each() const noexcept;
  void pack(std::vector<std::byte>& bytes) const;
  void add_up();
  std::size_t sent_row_bytes() const noexcept { return touched_.row() * bytes_of(wire_); }
  std::span<float> row(std::int64_t number) const noexcept { return {gradient_ + static_cast<std::size_t>(number) * touched_.row(), touched_.row()}; }

  Communicator& communicator_;
  model::ParameterStore& store_;
  model::TouchedRows& touched_;
  float* gradient_;
  Wire wire_;
  int tag_;
  std::unique_ptr<Messages> messages_;
  std::vector<Rows> of_ranks_;  // by rank, this one too
  std::size_t missing_ = 0;     // ranks whose rows have not been found
  std::vector<float> packed_;
  std::size_t sent_bytes_ = 0;
};

}  // namespace teranga::train
