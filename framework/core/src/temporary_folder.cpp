// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/temporary_folder.hpp>

#include <teranga/core/error.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace teranga {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  path_ = (folder / "teranga-XXXXXX").string();
  if (error || !::mkdtemp(path_.data()))
    throw Error(ExitCode::failure, fmt::format("no temporary folder can be made in {}: {}", error ? "the folder that TMPDIR names" : folder.string(), error ? error.message() : std::strerror(errno)));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace teranga
