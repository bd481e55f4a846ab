// SPDX-License-Identifier: Apache-2.0
// Values that several networks with one store make alike: layers that make the same bits whenever they are asked, of the same fields of the data and
// with the same weights. The first network that runs a batch keeps them; those after it take them as long as neither batch nor weights have changed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <teranga/model/parameter_store.hpp>

#include "graph/graph.hpp"
#include "graph/objective.hpp"

namespace teranga::model {

struct SharedValues {
  struct Value {
    std::int64_t row_bytes = 0;
    std::int64_t batch = 0;  // Step::batch that it was made of; 0: of none
    std::int64_t rows = 0;
    std::uint64_t version = 0;  // of the weights, when it was made
  };
  std::vector<Value> values;
  WorkMemory memory;

  std::size_t offset(std::size_t value, std::int64_t rows) const;  // bytes; of values.size(): all of them
};

// A network's part in them.
struct SharedPart {
  std::shared_ptr<SharedValues> shared;
  std::vector<bool> alike;         // by node: whether another network makes it, too
  std::vector<bool> made_before;   // by node: by a network before this one
  std::vector<int> value_of;       // by node: which of the values its output is; -1: none, it goes into others alone
  std::vector<int> taken, given;   // values that are made before, and those that this network makes in any case
  std::vector<std::size_t> parameters;  // that go into what is made before

  // Whether all that is made before is there, of that batch.
  bool ready(const ParameterStore& store, std::int64_t batch, std::int64_t rows) const;
  // Before and after the network makes what it gives, and what it could not take.
  void lose(bool took);
  void keep(bool took, const ParameterStore& store, std::int64_t batch, std::int64_t rows);
};

struct SharedSource {
  const Graph& graph;
  const Objective& objective;
  const ParameterIndex& parameter_index;
  std::span<const std::size_t> trained;  // parameters, which change right after it has run
  std::int64_t slice_rows;               // bits depend on it
};

// The parts of networks that run one after another on the same batch, in their order; empty ones where nothing is alike.
std::vector<SharedPart> find_shared(std::span<const SharedSource> networks, const std::vector<Field>& fields);

}  // namespace teranga::model
