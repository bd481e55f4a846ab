// SPDX-License-Identifier: Apache-2.0
// A process that writes generations without end, killed at many moments: each time an intact one is left.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "sample.hpp"

namespace sample {

template <class Write>
void survives_kills(const Folder& folder, Write&& write_without_end) {
  for (int round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(20);
      write_without_end();
    }
    ::usleep(static_cast<useconds_t>(3000 + 2900 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::vector<std::string> refused;
    BOOST_TEST_REQUIRE(checkpoint::newest_intact(folder.path, &refused).has_value());
    BOOST_TEST_REQUIRE(refused.empty());
  }
}

}  // namespace sample
