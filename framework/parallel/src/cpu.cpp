// SPDX-License-Identifier: Apache-2.0
#include <teranga/parallel/cpu.hpp>

#include "control_group.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>

#include <hwloc.h>
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

std::vector<int> cores_by_distance() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return {};
  std::vector<int> out;
  if (hwloc_topology_load(topology) == 0)
    for (hwloc_obj_t unit = nullptr; (unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, unit));) out.push_back(static_cast<int>(unit->os_index));
  hwloc_topology_destroy(topology);
  return out;
}

bool run_on(const std::vector<int>& cores) {
  if (cores.empty()) return false;
  const int capacity = *std::ranges::max_element(cores) + 1;
  cpu_set_t* const mask = CPU_ALLOC(static_cast<std::size_t>(capacity));
  if (!mask) return false;
  const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(capacity));
  CPU_ZERO_S(bytes, mask);
  for (const int core : cores) CPU_SET_S(core, bytes, mask);
  const bool done = sched_setaffinity(0, bytes, mask) == 0;
  CPU_FREE(mask);
  return done;
}

}  // namespace teranga
