// SPDX-License-Identifier: Apache-2.0
// The gradient of a lookup's table over ranks: of the table only those rows travel that a rank touched. Among few ranks each sends its rows to every other one. Among more, each rank owns
// every R-th row of the table: it gets the rows that the others touched of these, adds them up, and sends the sums to all. Where batches have many rows in common, as words of a language
// are, that is fewer bytes. Sums are made in the order of the ranks.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/wire.hpp>
#include <teranga/model/parameter_store.hpp>

namespace teranga::train {

// The tags of a table's messages: rows, and one above it sums.
constexpr int first_tag_of_table(std::size_t table) { return Messages::tags - 3 - 2 * static_cast<int>(table); }
constexpr bool is_of_sums(int tag) { return (Messages::tags - 2 - tag) % 2 == 0; }
constexpr std::size_t table_of_tag(int tag) { return static_cast<std::size_t>((Messages::tags - 2 - tag) / 2); }

class RowGradientExchange {
 public:
  // Whether, among so many ranks, every R-th row of a table belongs to a rank: row r to rank r modulo R.
  static bool goes_to_owners(int ranks) noexcept;

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
  enum class Way { to_each, by_owners, collective };
  enum class State { idle, rows, sums };
  // Of another rank, or for it: numbers of rows, then the rows.
  using Rows = std::vector<std::byte>;
  struct Found {
    Rows rows;
    bool yet = false;
  };

  int owner_of(std::int64_t number) const noexcept { return way_ == Way::by_owners ? static_cast<int>(number % communicator_.size()) : communicator_.rank(); }
  void pack(int owner, Rows& out) const;
  template <class F>
  void for_each_row(const Rows& rows, F&& f) const;
  void send(const Rows& rows, int to, int tag);
  void await_others();
  bool find_others(int tag);
  void add_up();
  void send_sums();
  void take_sums();
  void take(const Rows& sums);
  std::size_t sent_row_bytes() const noexcept { return touched_.row() * bytes_of(wire_); }
  std::span<float> row(std::int64_t number) const noexcept { return {gradient_ + static_cast<std::size_t>(number) * touched_.row(), touched_.row()}; }

  Communicator& communicator_;
  model::ParameterStore& store_;
  model::TouchedRows& touched_;
  float* gradient_;
  Wire wire_;
  Way way_;
  int tag_;
  std::unique_ptr<Messages> messages_;
  State state_ = State::idle;
  std::vector<Found> found_;    // by rank; of this one what it adds itself
  std::size_t missing_ = 0;     // ranks whose rows have not been found
  std::vector<Rows> for_ranks_;  // for owners, by rank
  Rows sums_;
  std::vector<float> packed_;
  std::size_t sent_bytes_ = 0;
};

}  // namespace teranga::train
