// SPDX-License-Identifier: Apache-2.0
// Ranks hold the same weights by construction. Where they do not, because of a fault of memory, or because a plugin computes something else on one of them, the
// training would go on and mean nothing.
#pragma once

#include <cstdint>

#include <teranga/comm/communicator.hpp>
#include <teranga/model/parameter_store.hpp>

namespace teranga::train {

// All ranks call it. Compares hashes of parameters and of states that are not of rows; throws AgreedError(failure) that names step, ranks, and the first parameter
// that differs, else the first state.
void require_same_weights(const model::ParameterStore& store, std::int64_t step, Communicator& comm);

}  // namespace teranga::train
