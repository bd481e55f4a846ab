// SPDX-License-Identifier: Apache-2.0
#include "session/hosts_told.hpp"

#include "session/host_name.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {

std::string hosts_told(const Communicator& comm) {
  constexpr std::ptrdiff_t most_named = 3;
  std::vector<std::string> names;
  for (const std::string& host : comm.hosts())
    if (std::ranges::find(names, host) == names.end()) names.push_back(host);
  if (names.empty()) return host_name();
  if (std::ssize(names) <= most_named) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} hosts ({}, ...)", names.size(), fmt::join(names.begin(), names.begin() + most_named, ", "));
}

}  // namespace teranga::train
