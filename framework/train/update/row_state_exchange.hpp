// SPDX-License-Identifier: Apache-2.0
// States of rows between ranks and checkpoints: a rank holds those of its own rows of the global batch, a checkpoint those of all rows in their
// order, so that any number of ranks can go on from it. They are part of the run, not of the network: no weight file has them.
#pragma once

#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/data/order.hpp>
#include <teranga/model/row_states.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

// All ranks call it; rank 0 gets "row_states/lstm/state_h" [batch, ...], the others nothing.
std::vector<NamedTensor> gather_row_states(const model::RowStates& states, Communicator& comm);

// Those of a checkpoint's run section, for a global batch of so many rows. Throws Error(usage) naming what is missing or of another shape.
std::vector<NamedTensor> row_states_in(const std::vector<NamedTensor>& run, const model::RowStates& states, std::int64_t batch_size, const std::string& from);

// All ranks call it: rank 0 gives what row_states_in() found (nothing: all keep what they have), each rank takes its rows.
void share_row_states(const std::vector<NamedTensor>& whole, model::RowStates& states, std::int64_t batch_size, data::RankOf who, Communicator& comm);

}  // namespace teranga::train
