// SPDX-License-Identifier: Apache-2.0
// Every number that a network learns or keeps: parameters and states by their Keras names, in flat arrays, and the gradient of the
// trainable ones. The flat form is what averaging and optimizers work on; names and shapes are what checkpoints store.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/model/row_states.hpp>
#include <teranga/model/work_memory.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::model {

struct Graph;

struct Parameter {
  std::string name;  // "dense/kernel"
  std::string layer;
  Shape shape;
  bool trainable = true;
  double l1 = 0, l2 = 0;
  bool lazy = false;       // rows without a gradient stay as they are with every optimizer
  std::size_t offset = 0;  // elements, in the flat arrays; a multiple of 16
  std::size_t count = 0;
};

struct State {
  std::string name;  // "batch_normalization/moving_mean"
  std::string layer;
  Shape shape;
  std::int32_t merge = 0;  // enum trg_merge
  std::size_t offset = 0;
  std::size_t count = 0;
};

// The rows of a lookup's table that got a gradient in a step: all others are zero there.
class TouchedRows {
 public:
  TouchedRows(std::size_t parameter, std::int64_t rows, std::size_t row);

  std::size_t parameter() const noexcept { return parameter_; }  // index into parameters()
  std::int64_t rows() const noexcept { return rows_; }           // of the table
  std::size_t row() const noexcept { return row_; }              // elements of one
  const std::vector<std::int64_t>& numbers() const noexcept { return numbers_; }  // each once, ascending: as of the last list()

  void touch(std::int64_t number) noexcept {  // what is no row is left out
    const auto bit = static_cast<std::uint64_t>(number);
    if (bit >= static_cast<std::uint64_t>(rows_)) return;
    words_[bit / 64] |= std::uint64_t{1} << bit % 64;
    groups_[bit / 4096] |= std::uint64_t{1} << bit / 64 % 64;
  }
  void list();
  void clear();

 private:
  std::size_t parameter_;
  std::int64_t rows_;
  std::size_t row_;
  std::vector<std::uint64_t> words_, groups_;  // a bit for each row, and one for each word that is not zero
  std::vector<std::int64_t> numbers_;
};

// Where the parameters and states of a graph's nodes are in a store.
struct ParameterIndex {
  std::vector<std::vector<int>> parameters, states;  // by node: indices into parameters(), and into states() or those of row_states()

  int parameter_of(int node, int index) const { return parameters[static_cast<std::size_t>(node)][static_cast<std::size_t>(index)]; }
  int state_of(int node, int index) const { return states[static_cast<std::size_t>(node)][static_cast<std::size_t>(index)]; }
};

class ParameterStore {
 public:
  // Of all networks of a recipe. Draws initial values from the seed: the same for the same seed and names, whatever the ranks and threads.
  ParameterStore(const Graph& graph, const host::Registry& registry, std::uint64_t seed, ElementType compute);

  ElementType type() const noexcept { return type_; }
  const std::vector<Parameter>& parameters() const noexcept { return parameters_; }
  const std::vector<State>& states() const noexcept { return states_; }
  // Elements of the flat arrays. Trainable parameters come first.
  std::size_t trainable_elements() const noexcept { return trainable_elements_; }
  std::size_t elements() const noexcept { return elements_; }
  std::size_t state_elements() const noexcept { return state_elements_; }

  void* weights() noexcept { return weights_.data(); }
  void* gradients() noexcept { return gradients_.data(); }       // trainable_elements()
  void* state(bool next = false) noexcept { return (next ? next_states_ : states_now_).data(); }
  void commit(std::span<const int> states);  // what a step made of those becomes what they are
  RowStates& row_states() noexcept { return row_states_; }
  const RowStates& row_states() const noexcept { return row_states_; }
  WorkMemory& work_memory() noexcept { return work_memory_; }

  void* weight(const Parameter& p) noexcept { return static_cast<char*>(weights()) + p.offset * size_of(type_); }
  const void* weight(const Parameter& p) const noexcept { return static_cast<const char*>(weights_.data()) + p.offset * size_of(type_); }
  void* gradient(const Parameter& p) noexcept { return static_cast<char*>(gradients()) + p.offset * size_of(type_); }
  void* state(const State& s, bool next = false) noexcept { return static_cast<char*>(state(next)) + s.offset * size_of(type_); }

  // Of tables that only lookups by the data's numbers use; everything else may have a gradient anywhere.
  std::vector<TouchedRows>& touched() noexcept { return touched_; }
  const std::vector<TouchedRows>& touched() const noexcept { return touched_; }
  TouchedRows* touched(std::size_t parameter) noexcept;
  void clear_touched(Team& team);  // gradients of the touched rows become zero, and none is touched

  // Bumped after every change of the weights from outside or by an update; derived buffers follow it.
  std::uint64_t version() const noexcept { return version_; }
  void changed() noexcept { std::ranges::fill(versions_, ++version_); }
  void changed(std::span<const std::size_t> parameters) noexcept {  // those alone
    ++version_;
    for (const std::size_t p : parameters) versions_[p] = version_;
  }
  std::uint64_t version_of(std::size_t parameter) const noexcept { return versions_[parameter]; }  // as of its last change

  // Of this graph or any that is made of the same networks.
  ParameterIndex parameter_index(const Graph& graph) const;
  // Finds the tables that only lookups by the data's numbers use: of a graph that is all there is.
  void find_touched(const Graph& graph);

  // As named tensors, in the order of the recipe's layers and their declarations. Views hold until the next commit().
  std::vector<TensorView> parameter_views() const;
  std::vector<TensorView> state_views() const;
  std::vector<NamedTensor> parameter_tensors() const;
  std::vector<NamedTensor> state_tensors() const;
  // Takes values by name. Throws Error(usage) naming what is missing, unknown or of another shape.
  void set_parameters(const std::vector<NamedTensor>& tensors, const std::string& from);
  void set_states(const std::vector<NamedTensor>& tensors, const std::string& from);

 private:
  void lay_out(const Graph& graph);

  ElementType type_;
  std::vector<Parameter> parameters_;
  std::vector<State> states_;
  std::size_t trainable_elements_ = 0, elements_ = 0, state_elements_ = 0;
  Buffer weights_, gradients_, states_now_, next_states_;
  RowStates row_states_;
  WorkMemory work_memory_;
  std::vector<TouchedRows> touched_;
  std::uint64_t version_ = 1;
  std::vector<std::uint64_t> versions_;  // one a parameter
};

}  // namespace teranga::model
