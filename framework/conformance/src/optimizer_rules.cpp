// SPDX-License-Identifier: Apache-2.0
// Rules of optimizers.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> optimizer_rules() { return {}; }

}  // namespace teranga::conformance
