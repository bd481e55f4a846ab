// SPDX-License-Identifier: Apache-2.0
// Rules of layers.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> layer_rules() { return {}; }

}  // namespace teranga::conformance
