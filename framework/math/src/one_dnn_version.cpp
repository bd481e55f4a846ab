// SPDX-License-Identifier: Apache-2.0
#include <teranga/math/one_dnn_version.hpp>

#include <fmt/format.h>

#include <dnnl.h>

namespace teranga::math {

std::string one_dnn_version() {
  const dnnl_version_t* const version = dnnl_version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace teranga::math
