// SPDX-License-Identifier: Apache-2.0
// Where another library takes the place of TBB, as under ThreadSanitizer.
#include <teranga/parallel/tbb_version.hpp>

namespace teranga {

std::string tbb_version() { return "no oneTBB"; }

}  // namespace teranga
