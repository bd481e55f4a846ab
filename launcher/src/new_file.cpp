// SPDX-License-Identifier: Apache-2.0
#include "new_file.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include <teranga/core/error.hpp>

namespace teranga::launcher {

void refuse_to_overwrite(const std::string& command, const std::filesystem::path& path, const std::string& hint) {
  std::error_code failure;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, failure)))
    throw Error(ExitCode::usage, fmt::format("{}: {} is there already, and stays as it is", command, path.string()), hint);
}

void write_new(const std::string& command, const std::filesystem::path& path, std::string_view text) {
  errno = 0;
  std::FILE* const file = std::fopen(path.c_str(), "wxe");
  const bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int fault = errno;
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (!written || !closed) throw Error(ExitCode::failure, fmt::format("{}: {} cannot be written: {}", command, path.string(), std::generic_category().message(written ? errno : fault)));
}

}  // namespace teranga::launcher
