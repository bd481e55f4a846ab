// SPDX-License-Identifier: Apache-2.0
// The mean over ranks of how far the weights of each rank are from weights that all ranks have in common. It travels at once, or while the ranks compute.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/gradient_exchange.hpp>
#include <teranga/model/network.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/team.hpp>

#include "update/flat_loops.hpp"
#include "update/phase.hpp"

namespace teranga::train {

class ChangeExchange final : public model::StepHooks {
 public:
  // Of the parameters `trained` (indices into the store's). All must outlive it. `early`: messages travel while ranks compute.
  ChangeExchange(model::ParameterStore& store, const std::vector<std::size_t>& trained, Communicator& comm, Team& team, Wire wire, bool early);

  // The common weights, in the places of the store's trainable weights.
  std::vector<float>& common() noexcept { return common_; }
  const std::vector<float>& common() const noexcept { return common_; }
  // Sends `share` x (common weights - weights of this rank). Of a table, its touched rows: those of `phase` that updates alone may have changed. The rows do not travel while ranks compute.
  void start(float share, Phase& phase);
  bool started() const noexcept { return started_; }
  // Waits until all has arrived, and only that.
  void wait();
  // Waits, and the store's gradients become the sums of all ranks; the touched rows of tables are listed, and all others have no gradient.
  void finish();

  // Of a rank that updates alone: what was started goes on between two calls of layers.
  void sum_over_ranks(std::span<double> /*numbers*/) override {}
  void drive() override;

  // f(begin, count) for all of the flat arrays, on all threads.
  template <class F>
  void for_each_piece(F&& f) const {
    const std::size_t count = common_.size();
    team_.for_each(static_cast<std::int64_t>((count + flat_piece - 1) / flat_piece), [&](std::int64_t i, int) {
      const std::size_t at = static_cast<std::size_t>(i) * flat_piece;
      f(at, std::min(flat_piece, count - at));
    });
  }
  // The same for what is sent whole, and for the rows that are listed as touched.
  template <class F>
  void for_each_changed(F&& f) const;

 private:
  struct Piece {
    std::size_t begin, count;  // elements of the flat arrays
  };
  void touch(Phase& phase);
  void keep_rows();
  void give_rows();
  float* travelling() { return early_ ? travelling_.data() : static_cast<float*>(store_.gradients()); }

  model::ParameterStore& store_;
  Communicator& comm_;
  Team& team_;
  const Wire wire_;
  const bool early_;
  std::vector<float> common_, travelling_;
  std::unique_ptr<GradientExchange> exchange_;  // of what is not in a table of which rows are known
  std::vector<Piece> pieces_;                   // of that too
  std::vector<std::vector<std::int64_t>> rows_;  // of tables, that are kept in travelling_ until finish()
  std::vector<float> packed_rows_;
  bool started_ = false;  // what finish() is for
  bool travels_ = false;
};

template <class F>
void ChangeExchange::for_each_changed(F&& f) const {
  team_.for_each(static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t i, int) { f(pieces_[static_cast<std::size_t>(i)].begin, pieces_[static_cast<std::size_t>(i)].count); });
  for (const model::TouchedRows& touched : store_.touched()) {
    const std::size_t begin = store_.parameters()[touched.parameter()].offset, row = touched.row();
    team_.for_each(static_cast<std::int64_t>(touched.numbers().size()),
                   [&](std::int64_t i, int) { f(begin + static_cast<std::size_t>(touched.numbers()[static_cast<std::size_t>(i)]) * row, row); });
  }
}

}  // namespace teranga::train
