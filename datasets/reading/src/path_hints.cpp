// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/path_hints.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include <teranga/core/small_letters.hpp>
#include <teranga/core/value.hpp>

namespace teranga::datasets {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_command = 300;  // bytes: a hint is cut at 511

std::string whole_command(const std::string& path, const std::string& filter, const std::string& mark) {
  const bool packed = in_small_letters(path).ends_with(".gz");
  const fs::path plain(packed ? path.substr(0, path.size() - 3) : path);
  const std::string to = shell_word((plain.parent_path() / (plain.stem().string() + "." + mark + plain.extension().string())).string());
  return packed ? "gzip -dc " + shell_word(path) + " | " + filter + " > " + to : filter + " < " + shell_word(path) + " > " + to;
}

}  // namespace

std::string filter_command(const std::string& path, const std::string& filter, const std::string& mark) {
  const std::string whole = whole_command(path, filter, mark);
  return whole.size() <= most_command ? whole : "in its folder, " + whole_command(fs::path(path).filename().string(), filter, mark);
}

std::string look_hint(const std::string& path) {
  const char* const home = std::getenv("HOME");
  if (const std::size_t tilde = path.find("/~/"); tilde != path.npos && home) return "\"~\" stands for no folder in a recipe; write the path in full: " + (fs::path(home) / path.substr(tilde + 3)).string();
  fs::path folder = fs::path(path).parent_path();
  std::error_code failed;
  if (path.starts_with("/usr/share/doc/python3-pattern/") && !fs::is_directory(folder, failed)) return "apt-get install --no-install-recommends python3-pattern";  // of recipes that come with Teranga
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.empty() ? "." : folder, failed)) names.push_back(entry.path().filename().string());
  const auto near = fs::exists(path, failed) ? std::nullopt : nearest_name(fs::path(path).filename().string(), names);
  const std::string meant = near ? "did you mean \"" + *near + "\"? " : "", copy = fs::is_directory(folder, failed) || folder.empty() ? "" : "; in a copy, write absolute paths";
  while (folder.has_relative_path() && !fs::is_directory(folder, failed)) folder = folder.parent_path();
  return meant + "a path in a recipe is relative to the folder of the recipe" + copy + "; look with: ls -l " + shell_word(folder.empty() ? "." : folder.string());
}

}  // namespace teranga::datasets
