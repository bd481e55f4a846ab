// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga::math {

std::string one_dnn_version();  // of the library that this process uses: "oneDNN 2.6.0"

}  // namespace teranga::math
