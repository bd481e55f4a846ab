// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace teranga::report {

// The style sheet of a page: light and dark, narrow, wide and printed.
std::string page_style();

}  // namespace teranga::report
