// SPDX-License-Identifier: Apache-2.0
#include "run/request_files.hpp"

#include <teranga/core/log.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace teranga::train {
namespace {

constexpr const char *stop = "STOP", *checkpoint = "CHECKPOINT";

}  // namespace

RequestFiles::RequestFiles(std::string folder) : folder_(std::move(folder)), next_(std::chrono::steady_clock::now()) {
  for (const char* name : {stop, checkpoint})
    if (take(name)) log::info(fmt::format("{}/{} is from before this start, and is removed", folder_, name));
}

const Request& RequestFiles::asked() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return asked_;
  next_ = now + std::chrono::milliseconds(500);
  if (take(stop)) asked_.checkpoint_and_stop = 1;
  if (take(checkpoint)) asked_.checkpoint = 1;
  return asked_;
}

// Whether the file was there.
bool RequestFiles::take(const char* name) {
  const std::string path = folder_ + "/" + name;
  struct stat facts {};
  if (stuck_ || ::lstat(path.c_str(), &facts) != 0 || S_ISDIR(facts.st_mode)) return false;
  if (::unlink(path.c_str()) == 0) return true;
  stuck_ = true;
  log::warning(fmt::format("{} cannot be removed ({}): it is heeded once, and such files are not looked for any more", path, std::strerror(errno)));
  return true;
}

}  // namespace teranga::train
