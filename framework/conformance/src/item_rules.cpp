// SPDX-License-Identifier: Apache-2.0
// Rules of items of every kind: what they say of themselves, their options, and how they come and go.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> item_rules() { return {}; }

}  // namespace teranga::conformance
