// SPDX-License-Identifier: Apache-2.0
// Rules of schedules.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> schedule_rules() { return {}; }

}  // namespace teranga::conformance
