// SPDX-License-Identifier: Apache-2.0
// Rules of losses.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> loss_rules() { return {}; }

}  // namespace teranga::conformance
