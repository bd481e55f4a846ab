// SPDX-License-Identifier: Apache-2.0
#include "session/agreement.hpp"

#include <fmt/format.h>

namespace teranga::train {

void share_failure(Communicator& comm, const Error* mine) {
  if (comm.size() == 1) {
    if (mine) throw AgreedError(mine->code(), mine->what(), mine->hint());
    return;
  }
  // Code, text and hint, each ended by a byte that no text has.
  const std::string report = mine ? fmt::format("{}{}{}{}{}", static_cast<int>(mine->code()), '\0', mine->what(), '\0', mine->hint()) : std::string();
  const std::vector<std::string> all = comm.allgather(report);
  int first = -1, failures = 0;
  bool same = true;
  for (int r = 0; r < static_cast<int>(all.size()); ++r) {
    const std::string& theirs = all[static_cast<std::size_t>(r)];
    if (theirs.empty()) continue;
    if (first < 0) first = r;
    same = same && theirs == all[static_cast<std::size_t>(first)];
    ++failures;
  }
  if (first < 0) return;
  const std::string& report_of_first = all[static_cast<std::size_t>(first)];
  const auto text_at = report_of_first.find('\0') + 1, hint_at = report_of_first.find('\0', text_at) + 1;
  std::string text = report_of_first.substr(text_at, hint_at - 1 - text_at);
  if (failures < comm.size() || !same) text += fmt::format(" ({})", comm.named(first));
  throw AgreedError(static_cast<ExitCode>(std::stoi(report_of_first)), text, report_of_first.substr(hint_at));
}

}  // namespace teranga::train
