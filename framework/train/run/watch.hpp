// SPDX-License-Identifier: Apache-2.0
// How a training is watched, and how it ends when it has stalled.
#pragma once

#include <memory>

#include <teranga/comm/communicator.hpp>
#include <teranga/service/watchdog.hpp>
#include <teranga/train/train.hpp>

namespace teranga::train {

// s from now until a training that may take so long is asked to stop.
double time_to_deadline(double max_time);

// Collective.
std::unique_ptr<Watchdog> watch(const TrainOptions& options, Communicator& comm);

}  // namespace teranga::train
