// SPDX-License-Identifier: Apache-2.0
// What the control group of this process (a container's or a batch job's) grants: processor time and cores. Both versions of the kernel's
// interface are read; what cannot be read limits nothing.
#pragma once

#include <optional>
#include <string>

namespace teranga {

struct ControlGroup {
  std::optional<double> processors;  // processor seconds a second
  std::optional<int> cores;          // cores that a process may be bound to
};

// `membership` is /proc/self/cgroup, `mount` is /sys/fs/cgroup.
ControlGroup read_control_group(const std::string& membership, const std::string& mount);

// The number of cores in a list such as "0-3,8"; nothing where it is empty or no such list.
std::optional<int> count_core_list(const std::string& list);

}  // namespace teranga
