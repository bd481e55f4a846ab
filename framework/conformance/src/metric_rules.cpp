// SPDX-License-Identifier: Apache-2.0
// Rules of metrics.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> metric_rules() { return {}; }

}  // namespace teranga::conformance
