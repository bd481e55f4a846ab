// SPDX-License-Identifier: Apache-2.0
// The table of functions that the host lends to plugins: log, GEMM, vector functions, random numbers, threads.
#pragma once

#include <teranga/parallel/team.hpp>
#include <teranga/sdk/c/host.h>

namespace teranga::host {

const trg_host& host_table() noexcept;

// While it lives, parallel_for of this thread runs on the team: around calls of batch granularity. Elsewhere it runs inline.
class LendTeam {
 public:
  explicit LendTeam(Team& team) noexcept;
  ~LendTeam();
  LendTeam(const LendTeam&) = delete;
  LendTeam& operator=(const LendTeam&) = delete;

 private:
  Team* before_;
};

}  // namespace teranga::host
