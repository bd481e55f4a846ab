// SPDX-License-Identifier: Apache-2.0
// What an optimizer and a schedule say of themselves, looked through: it becomes sizes of arrays and paths in checkpoints.
#pragma once

#include <span>
#include <vector>

#include <teranga/host/instance.hpp>

namespace teranga::train {

// Throw Error(plugin) with the name.
trg_optimizer_facts facts_of(const host::Optimizer& optimizer);
std::vector<double> first_state_of(const host::Schedule& schedule);
void end_epoch(const host::Schedule& schedule, std::int64_t epoch, std::span<const trg_measure> measures, std::vector<double>& state);
double rate_of(const host::Schedule& schedule, std::int64_t step, std::int64_t epoch, const std::vector<double>& state);

}  // namespace teranga::train
