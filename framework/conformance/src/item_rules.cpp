// SPDX-License-Identifier: Apache-2.0
// Rules of items of every kind.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> item_rules() { return {}; }

}  // namespace teranga::conformance
