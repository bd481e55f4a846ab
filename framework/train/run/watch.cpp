// SPDX-License-Identifier: Apache-2.0
#include "run/watch.hpp"

#include "session/host_name.hpp"

#include <teranga/comm/launch.hpp>
#include <teranga/host/exit_guard.hpp>

#include <algorithm>

namespace teranga::train {

double time_to_deadline(double max_time) { return std::max(max_time - std::min(30.0, max_time / 10), 0.0); }

std::unique_ptr<Watchdog> watch(const TrainOptions& options, Communicator& comm) {
  WatchOptions how;
  how.limits.off = !options.watched;
  how.limits.fixed = options.stall_limit;
  how.limits.known_wait = options.wait_for_owner;
  how.rank = comm.rank(), how.ranks = comm.size();
  how.host = host_name();
  how.deadline = options.max_time > 0 ? std::max(time_to_deadline(options.max_time), 1e-9) : 0;
  if (options.max_time > 0) how.limits.least_late = std::clamp(options.max_time / 2, 10.0, how.limits.least_late);  // who gives a short time wants to see its end
  auto watchdog = std::make_unique<Watchdog>(how, [&comm](bool host_is_lost) {
    host::ExitGuard::disarm();
    if (!host_is_lost || !end_launcher()) comm.abort(static_cast<int>(ExitCode::stalled));
  });
  if (comm.size() > 1) watchdog->meet(comm.allgather(watchdog->address()));
  return watchdog;
}

}  // namespace teranga::train
