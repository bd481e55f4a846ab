// SPDX-License-Identifier: Apache-2.0
#include "session/core_shares.hpp"

#include "session/host_name.hpp"

#include <teranga/comm/launch.hpp>
#include <teranga/parallel/cpu.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

RankCores own_cores() {
  const CpuReport cpu = cpu_report();
  const std::string host = host_name();
  std::string boot;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);  // hosts of containers may have the same name
  return {boot + " " + host, host, cpu.online, cpu.usable, cpu.cores};
}

std::string as_text(const RankCores& one) { return fmt::format("{}\n{}\n{} {} {}", one.node, one.host, one.online, one.usable, fmt::join(one.cores, " ")); }

RankCores from_text(const std::string& text) {
  RankCores one;
  std::istringstream in(text);
  std::getline(in, one.node);
  std::getline(in, one.host);
  in >> one.online >> one.usable;
  for (int core = 0; in >> core;) one.cores.push_back(core);
  return one;
}

// The ranks of each node, in the order of the nodes' first ranks.
std::vector<std::vector<std::size_t>> by_node(std::span<const RankCores> ranks) {
  std::vector<std::vector<std::size_t>> out;
  std::map<std::string, std::size_t> known;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const auto [at, fresh] = known.try_emplace(ranks[rank].node, out.size());
    if (fresh) out.emplace_back();
    out[at->second].push_back(rank);
  }
  return out;
}

// "0-3,8"
std::string ranges_of(const std::vector<int>& cores) {
  std::string out;
  for (std::size_t i = 0, end = 0; i < cores.size(); i = end) {
    end = i + 1;
    while (end < cores.size() && cores[end] == cores[end - 1] + 1) ++end;
    out += fmt::format("{}{}", out.empty() ? "" : ",", cores[i]);
    if (end > i + 1) out += fmt::format("-{}", cores[end - 1]);
  }
  return out;
}

}  // namespace

std::vector<RankCores> cores_of_ranks(Communicator& comm) {
  std::vector<RankCores> out;
  for (const std::string& text : comm.allgather(as_text(own_cores()))) out.push_back(from_text(text));
  return out;
}

int fair_threads(std::span<const RankCores> ranks, std::size_t rank) {
  const RankCores& own = ranks[rank];
  const auto on_node = [&](const RankCores& one) { return one.node == own.node; };
  const double together = static_cast<double>(std::ranges::count_if(ranks, on_node));
  double share = own.cores.empty() ? own.usable / together : 0;
  for (const int core : own.cores)
    share += 1.0 / static_cast<double>(std::ranges::count_if(ranks, [&](const RankCores& one) { return on_node(one) && std::ranges::binary_search(one.cores, core); }));
  const bool limited = own.usable < static_cast<int>(own.cores.size());  // by processor time, which the ranks of the node share
  if (limited) share = std::min(share, own.usable / together);
  return std::max(1, static_cast<int>(std::floor(share + 1e-9)));
}

std::vector<std::vector<int>> disjoint_cores(std::span<const RankCores> ranks, std::span<const int> threads, std::span<const int> order) {
  std::vector<std::vector<int>> out(ranks.size());
  for (const std::vector<std::size_t>& node : by_node(ranks)) {
    std::map<std::vector<int>, std::vector<std::size_t>> of_mask;
    for (const std::size_t rank : node) of_mask[ranks[rank].cores].push_back(rank);
    for (const auto& one : of_mask) {
      const std::vector<int>& cores = one.first;
      const std::vector<std::size_t>& sharing = one.second;
      // Cores that only some of the others may use as well are left to the kernel.
      const bool overlaps = std::ranges::any_of(of_mask, [&](const auto& other) { return other.first != cores && std::ranges::any_of(other.first, [&](int core) { return std::ranges::binary_search(cores, core); }); });
      std::vector<int> near;
      for (const int core : order)
        if (std::ranges::binary_search(cores, core)) near.push_back(core);
      std::size_t wanted = 0;
      for (const std::size_t rank : sharing) wanted += static_cast<std::size_t>(threads[rank]);
      const bool limited = ranks[sharing.front()].usable < static_cast<int>(cores.size());  // by processor time, which goes where it is needed
      if (sharing.size() < 2 || overlaps || limited || near.size() != cores.size() || wanted > near.size()) continue;
      // All cores are shared out: those that no thread needs serve the threads that read data and write checkpoints.
      std::size_t before = 0;
      for (const std::size_t rank : sharing) {
        const std::size_t with_it = before + static_cast<std::size_t>(threads[rank]);
        out[rank].assign(near.begin() + static_cast<std::ptrdiff_t>(before * near.size() / wanted), near.begin() + static_cast<std::ptrdiff_t>(with_it * near.size() / wanted));
        std::ranges::sort(out[rank]);
        before = with_it;
      }
    }
  }
  return out;
}

std::vector<std::string> cores_told(std::span<const RankCores> ranks) {
  std::vector<std::string> out;
  for (const std::vector<std::size_t>& node : by_node(ranks)) {
    std::set<int> seen;
    std::size_t all = 0;
    std::vector<std::string> parts;
    for (const std::size_t rank : node) {
      seen.insert(ranks[rank].cores.begin(), ranks[rank].cores.end());
      all += ranks[rank].cores.size();
      parts.push_back(fmt::format("process {} on {}", rank, ranges_of(ranks[rank].cores)));
    }
    if (node.size() > 1 && all > 0 && seen.size() == all) out.push_back(fmt::format("cores of {}: {}", ranks[node.front()].host, fmt::join(parts, ", ")));
  }
  return out;
}

Launcher launcher_of_ranks() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE")) return Launcher::mpirun;
  return std::getenv("SLURM_PROCID") && launched_by_mpi() ? Launcher::slurm : Launcher::none;
}

std::vector<std::string> lost_cores(std::span<const RankCores> ranks, std::span<const int> threads, Launcher launcher) {
  std::vector<std::string> out;
  const std::string cure = launcher == Launcher::mpirun ? "; to use them all: mpirun --bind-to none ..." : launcher == Launcher::slurm ? "; to use them all: srun --cpu-bind=none ..." : "";
  for (const std::vector<std::size_t>& node : by_node(ranks)) {
    const RankCores& first = ranks[node.front()];
    std::set<int> reached;
    int running = 0, most = 0;
    for (const std::size_t rank : node) {
      reached.insert(ranks[rank].cores.begin(), ranks[rank].cores.end());
      running += threads[rank], most = std::max(most, threads[rank]);
    }
    const int cores = static_cast<int>(reached.size());
    if (cores == 0) continue;
    const std::string who = node.size() == 1 ? "the process" : fmt::format("the {} processes", node.size());
    if (running > cores && most > 1)
      out.push_back(fmt::format("{} on {} may run on {} of its {} cores, and {} {} threads, which slow each other down{}", who, first.host, cores, first.online, node.size() == 1 ? "has" : "have", running,
                                cores < first.online ? cure : fmt::format("; --threads {} gives each thread a core", std::max(1, cores / static_cast<int>(node.size())))));
    else if (cores < first.online && running <= cores && launcher != Launcher::none)
      out.push_back(fmt::format("{} on {} may run on {} of its {} cores{}", who, first.host, cores, first.online, cure));
  }
  return out;
}

}  // namespace teranga::train
