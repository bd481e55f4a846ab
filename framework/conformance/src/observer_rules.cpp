// SPDX-License-Identifier: Apache-2.0
// Rules of observers.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> observer_rules() { return {}; }

}  // namespace teranga::conformance
