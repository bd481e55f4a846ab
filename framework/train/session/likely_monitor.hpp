// SPDX-License-Identifier: Apache-2.0
// What somebody meant who monitors a number that no epoch measures.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace teranga::train {

// A hint. `measured`: the names of the numbers that an epoch measures; `has_metric` tells whether there is a metric of that type.
std::string likely_monitor(const std::string& monitor, const std::vector<std::string>& measured, const std::function<bool(const std::string&)>& has_metric);

}  // namespace teranga::train
