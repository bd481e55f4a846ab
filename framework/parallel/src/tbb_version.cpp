// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/tbb_version.hpp>

#include <tbb/version.h>

#include <fmt/core.h>

namespace teranga {

std::string tbb_version() { return fmt::format("oneTBB {} ({})", TBB_runtime_version(), TBB_runtime_interface_version()); }

}  // namespace teranga
