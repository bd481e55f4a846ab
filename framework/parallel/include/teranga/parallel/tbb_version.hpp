// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga {

std::string tbb_version();  // of the library that is loaded, and of its interface: "oneTBB 2021.8 (12080)"

}  // namespace teranga
