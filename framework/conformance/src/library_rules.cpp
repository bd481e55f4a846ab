// SPDX-License-Identifier: Apache-2.0
// Rules of library files and of libraries.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> library_rules() { return {}; }

}  // namespace teranga::conformance
