// SPDX-License-Identifier: Apache-2.0
// What every kind of group does alike: texts, made of the collectives on bytes.
#include <teranga/comm/communicator.hpp>

#include <algorithm>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

namespace teranga {

void Communicator::idle(int looks) {
  constexpr int eager_looks = 1000;
  if (looks > eager_looks) std::this_thread::yield();
}

void Communicator::learn_hosts() {
  char name[256] = "?";
  ::gethostname(name, sizeof(name) - 1);
  hosts_ = allgather(name);
  several_hosts_ = std::ranges::any_of(hosts_, [&](const std::string& host) { return host != hosts_.front(); });
}

std::string Communicator::named(int rank) const {
  const auto at = static_cast<std::size_t>(rank);
  return several_hosts_ && at < hosts_.size() ? fmt::format("rank {} on {}", rank, hosts_[at]) : fmt::format("rank {}", rank);
}

void Communicator::broadcast(std::string& text, int root) {
  auto size = static_cast<std::int64_t>(text.size());
  broadcast(&size, sizeof size, root);
  text.resize(static_cast<std::size_t>(size));
  broadcast(text.data(), text.size(), root);
}

std::vector<std::string> Communicator::texts(const std::string& own, bool to_all) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(size_));
  sizes[static_cast<std::size_t>(rank_)] = static_cast<std::int64_t>(own.size());
  sum(sizes);
  const std::string joined = collect(own, sizes, to_all);
  std::vector<std::string> out;
  if (!to_all && !is_root()) return out;
  std::size_t at = 0;
  for (const std::int64_t size : sizes) {
    out.push_back(joined.substr(at, static_cast<std::size_t>(size)));
    at += static_cast<std::size_t>(size);
  }
  return out;
}

std::vector<std::string> Communicator::gather(const std::string& text) { return texts(text, false); }
std::vector<std::string> Communicator::allgather(const std::string& text) { return texts(text, true); }

}  // namespace teranga
