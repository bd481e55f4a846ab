// SPDX-License-Identifier: Apache-2.0
// Rules of activations.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> activation_rules() { return {}; }

}  // namespace teranga::conformance
