// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/replace_file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace teranga {

int replace_file(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());  // of a writer that was ended, or a link of somebody else's
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int code = 0;
  while (!bytes.empty() && code == 0) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (written == 0 || errno != EINTR) code = written == 0 ? ENOSPC : errno;
  }
  // A network file system may report a full disk no earlier than here.
  if (::close(file) != 0 && code == 0 && errno != EINTR) code = errno;
  if (code == 0 && std::rename(fresh.c_str(), path.c_str()) != 0) code = errno;
  if (code != 0) ::unlink(fresh.c_str());
  return code;
}

}  // namespace teranga
