// SPDX-License-Identifier: Apache-2.0
#include "control_group.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace teranga {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

void lower(std::optional<double>& limit, double quota, double period) {
  if (quota <= 0 || period <= 0) return;
  limit = std::min(limit.value_or(quota / period), quota / period);
}

void read_quota(ControlGroup& group, const std::string& folder) {
  double quota = 0;
  double period = 0;
  if (std::istringstream in(first_line(folder + "/cpu.max")); in >> quota >> period)
    lower(group.processors, quota, period);  // "max" is no number
  std::istringstream old_quota(first_line(folder + "/cpu.cfs_quota_us"));
  std::istringstream old_period(first_line(folder + "/cpu.cfs_period_us"));
  if (old_quota >> quota && old_period >> period) lower(group.processors, quota, period);  // -1 is no limit
}

void read_cores(ControlGroup& group, const std::string& folder) {
  for (const char* name : {"/cpuset.cpus.effective", "/cpuset.effective_cpus", "/cpuset.cpus"})
    if (const auto cores = count_core_list(first_line(folder + name))) {
      group.cores = std::min(group.cores.value_or(*cores), *cores);
      return;
    }
}

bool lists(const std::string& controllers, const std::string& name) {
  return ("," + controllers + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

std::optional<int> count_core_list(const std::string& list) {
  int cores = 0;
  const char* at = list.data();
  const char* const end = at + list.size();
  while (at != end) {
    int first = 0;
    auto [after, error] = std::from_chars(at, end, first);
    if (error != std::errc{}) return std::nullopt;
    int last = first;
    if (after != end && *after == '-') {
      const auto range = std::from_chars(after + 1, end, last);
      if (range.ec != std::errc{} || last < first) return std::nullopt;
      after = range.ptr;
    }
    cores += last - first + 1;
    if (after != end && *after != ',') return std::nullopt;
    at = after == end ? end : after + 1;
  }
  return cores > 0 ? std::optional(cores) : std::nullopt;
}

ControlGroup read_control_group(const std::string& membership, const std::string& mount) {
  ControlGroup group;
  std::ifstream in(membership);
  for (std::string line; std::getline(in, line);) {  // "number:controllers:/path"; no controllers in the newer version
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool unified = controllers.empty();
    const bool quota = unified || lists(controllers, "cpu");
    const bool cores = unified || lists(controllers, "cpuset");
    if (!quota && !cores) continue;
    const std::string root = unified ? mount : mount + (quota ? "/cpu" : "/cpuset");
    // A limit of any ancestor holds too. Inside a container the path may lie outside of what is mounted; then only the root is there.
    for (std::string path = line.substr(second + 1);; path.erase(path.rfind('/'))) {
      if (path == "/") path.clear();
      if (quota) read_quota(group, root + path);
      if (cores) read_cores(group, root + path);
      if (path.find('/') == std::string::npos) break;
    }
  }
  return group;
}

}  // namespace teranga
