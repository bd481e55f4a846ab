// SPDX-License-Identifier: Apache-2.0
// Rules of initializers.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> initializer_rules() { return {}; }

}  // namespace teranga::conformance
