// SPDX-License-Identifier: Apache-2.0
// States of which each row of the batch has its own (a stateful recurrent layer): where a row of one batch stopped, the same row of the next
// begins. Training, evaluation and prediction each walk through the data with values of their own, so that judging never disturbs training. A rank
// holds its rows of the global batch, the same ones in every batch of a walk.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::model {

// What a pass through a network is for.
enum class Purpose { training, evaluation, prediction };

struct RowState {
  std::string name;  // "lstm/state_h"
  std::string layer;
  Shape shape;  // of one row
  bool resets_each_epoch = false;
  std::size_t bytes = 0;  // of one row
  Buffer initial = {};    // one row
};

class RowStates {
 public:
  explicit RowStates(ElementType type) : type_(type) {}

  // Returns its number.
  int add(const std::string& layer, const std::string& name, Shape shape, bool resets_each_epoch);
  std::vector<RowState>& states() noexcept { return states_; }
  const std::vector<RowState>& states() const noexcept { return states_; }
  bool empty() const noexcept { return states_.empty(); }

  // All values initial, for so many rows of this rank. A walk that has not begun does so at its first batch, for the rows of that one.
  void begin(Purpose walk, std::int64_t rows);
  void end(Purpose walk);  // its next batch begins a new one
  // Rows of the walk; 0: it has not begun.
  std::int64_t rows(Purpose walk) const noexcept { return walks_[index(walk)].rows; }
  // States of the training that start with every epoch become initial.
  void begin_epoch();

  // [rows, shape]; null before the walk begins.
  void* data(Purpose walk, int state, bool next) noexcept;
  // What the last batch left is where the next begins.
  void swap(Purpose walk) noexcept { std::swap(walks_[index(walk)].now, walks_[index(walk)].next); }

  // This rank's rows of the training, [rows, shape]: copied out, and in.
  std::vector<NamedTensor> tensors() const;
  void set(int state, const void* rows);

 private:
  struct Walk {
    std::int64_t rows = 0;
    std::vector<Buffer> now, next;  // by state
  };
  static std::size_t index(Purpose walk) noexcept { return static_cast<std::size_t>(walk); }
  void reset(Walk& walk, std::size_t state);

  ElementType type_;
  std::vector<RowState> states_;
  std::array<Walk, 3> walks_;
};

}  // namespace teranga::model
