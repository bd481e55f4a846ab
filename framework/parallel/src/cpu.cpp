// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/cpu.hpp>

#include "control_group.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>

#include <sched.h>
#include <unistd.h>

namespace teranga {
namespace {

// Empty where the kernel does not tell it.
std::vector<int> affinity_mask(int online) {
  for (int capacity = std::max(1024, online); capacity <= (1 << 20); capacity *= 2) {  // the kernel refuses a mask shorter than its own
    cpu_set_t* const mask = CPU_ALLOC(static_cast<std::size_t>(capacity));
    if (!mask) return {};
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(capacity));
    const bool known = sched_getaffinity(0, bytes, mask) == 0;
    const int reason = errno;
    std::vector<int> cores;
    for (int core = 0; known && core < capacity; ++core)
      if (CPU_ISSET_S(core, bytes, mask)) cores.push_back(core);
    CPU_FREE(mask);
    if (known) return cores;
    if (reason != EINVAL) break;
  }
  return {};
}

}  // namespace

CpuReport cpu_report() {
  const ControlGroup group = read_control_group("/proc/self/cgroup", "/sys/fs/cgroup");
  CpuReport report;
  report.online = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  report.cores = affinity_mask(report.online);
  report.bound = report.cores.empty() ? report.online : static_cast<int>(report.cores.size());
  report.usable = report.bound;
  if (group.cores) report.online = std::max(report.bound, std::min(report.online, *group.cores));
  if (group.processors) report.usable = std::clamp(static_cast<int>(std::ceil(*group.processors)), 1, report.bound);
  return report;
}

int usable_cores() { return cpu_report().usable; }

}  // namespace teranga
