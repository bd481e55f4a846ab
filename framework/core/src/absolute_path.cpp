// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/absolute_path.hpp>

namespace teranga {
namespace fs = std::filesystem;

fs::path absolute_path(const fs::path& path) {
  fs::path out;
  for (const fs::path& part : fs::absolute(path)) {
    if (part.empty() || part == ".") continue;  // empty: behind a slash at the end
    std::error_code ignored;
    const bool leaves_a_folder = part == ".." && out.has_relative_path() && out.filename() != ".." && fs::symlink_status(out, ignored).type() == fs::file_type::directory;
    if (leaves_a_folder) out = out.parent_path();
    else out /= part;
  }
  return out;
}

}  // namespace teranga
