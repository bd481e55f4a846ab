// SPDX-License-Identifier: Apache-2.0
// Losses and metrics of every phase over a part of the data, shared among the ranks.
#pragma once

#include <cstdint>
#include <functional>

#include <teranga/comm/communicator.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/train/networks.hpp>

#include "session/named_numbers.hpp"

namespace teranga::train {

// A rank's batch as networks take it: `pointers` must outlive the result.
model::Batch view_of(const data::Batch& batch, std::vector<const void*>& pointers);

// Of the noise of a step, and of what is evaluated behind it (step counts finished ones).
std::uint64_t noise_key(std::int64_t seed, std::int64_t step);

// All ranks call it and get the same numbers, by the names that logs use. `also` sees every batch of this rank. The key is that of noise. `most_batches`: of the part, its beginning; 0: all of it.
NamedNumbers evaluate_part(const data::Source& source, data::Part part, std::int64_t batch_size, const Networks& networks, Communicator& comm, std::uint64_t random_key,
                        const std::function<void(const model::Batch&)>& also = {}, std::int64_t most_batches = 0);

}  // namespace teranga::train
