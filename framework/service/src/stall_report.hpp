// SPDX-License-Identifier: Apache-2.0
// The file that a rank leaves of a stall.
#pragma once

#include <string>
#include <vector>

#include <teranga/service/rank_state.hpp>

namespace teranga {

struct StallReport {
  std::string folder, why, calls;
  std::vector<std::string> others;
  Member member;
  int ranks = 1;
};

// Not where the folder is not there. Asks all threads for their stacks: may take a while.
void write_report(const StallReport& report);

}  // namespace teranga
