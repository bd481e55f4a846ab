// SPDX-License-Identifier: Apache-2.0
// Sums over ranks of a table of which each rank has touched some rows.
#pragma once

#include <cstddef>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/wire.hpp>
#include <teranga/model/parameter_store.hpp>

namespace teranga::train {

// Adds up the gradient of the table at once: the rows that any rank touched, packed; all of the table where they are most of it. Those rows are touched on all ranks
// then. `packed` is memory for them, kept from call to call. Collective; returns the bytes that this rank sent.
std::size_t sum_touched_rows(model::ParameterStore& store, model::TouchedRows& touched, Communicator& comm, Wire wire, std::vector<float>& packed);

}  // namespace teranga::train
