// SPDX-License-Identifier: Apache-2.0
#include "stall_report.hpp"

#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "thread_stacks.hpp"

namespace teranga {

void write_report(const StallReport& report) {
  std::error_code error;
  if (report.folder.empty() || !std::filesystem::is_directory(report.folder, error)) return;
  const std::string path = fmt::format("{}/stall-rank-{}.txt", report.folder, report.member.rank);
  std::ofstream out(path);
  const std::time_t now = std::time(nullptr);
  char time[32] = "";
  std::strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  const RankState& state = report.member.state;
  out << fmt::format("{}: {}\n\nrank {} of {}, process {} on {}\nit is {}\nno progress for {:.1f} s, of {:.1f} s\n", time, report.why, report.member.rank, report.ranks, ::getpid(), report.member.host, place_of(state), state.quiet, state.limit);
  if (!report.others.empty()) out << "\nother ranks:\n";
  for (const std::string& other : report.others) out << "  " << other << '\n';
  out << "\ncalls into plugins that go on:\n" << report.calls;
  std::array<activity::CollectiveRecord, 16> collectives{};
  if (const std::size_t count = activity::last_collectives(collectives); count > 0) {
    out << "\nthe last collectives, the latest first (number, what, bytes, fingerprint of all up to it):\n";
    for (std::size_t i = 0; i < count; ++i) out << fmt::format("  {} {} {} {:016x}\n", collectives[i].number, collectives[i].kind, collectives[i].bytes, collectives[i].fingerprint);
  }
  out << "\nthreads:\n" << std::flush << stacks_of_all_threads();
}

}  // namespace teranga
