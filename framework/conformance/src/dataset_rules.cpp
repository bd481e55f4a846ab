// SPDX-License-Identifier: Apache-2.0
// Rules of data sets.
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

std::vector<Rule> dataset_rules() { return {}; }

}  // namespace teranga::conformance
