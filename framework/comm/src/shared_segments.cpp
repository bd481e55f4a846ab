// SPDX-License-Identifier: Apache-2.0
#include "shared_segments.hpp"

#include <exception>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace teranga {

void SharedSegments::remove_names(int local_rank) noexcept {
  try {
    const std::string end_of_own = fmt::format(".{}", local_rank);
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      const std::size_t at = line.find("/dev/shm/vader_segment.");  // of the transport between processes of a machine
      if (at == std::string::npos) continue;
      std::string path = line.substr(at);
      if (const std::size_t deleted = path.find(" (deleted)"); deleted != std::string::npos) path.resize(deleted);  // by another process
      else ::unlink(path.c_str());
      if (path.ends_with(end_of_own)) own_ = path;
    }
  } catch (const std::exception&) {  // no memory: MPI_Finalize removes them
  }
}

void SharedSegments::give_back() noexcept {
  if (own_.empty()) return;
  const int file = ::open(own_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

}  // namespace teranga
