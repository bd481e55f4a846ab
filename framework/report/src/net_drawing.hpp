// SPDX-License-Identifier: Apache-2.0
// The layers of networks as boxes from top to bottom, each below those that it takes from, with output shapes and parameters.
#pragma once

#include <string>
#include <vector>

#include <teranga/report/run_record.hpp>

namespace teranga::report {

// Empty where there are no layers, or so many that a drawing would say nothing.
std::string net_svg(const std::vector<LayerFact>& layers);

}  // namespace teranga::report
