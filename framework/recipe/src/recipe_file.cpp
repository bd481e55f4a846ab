// SPDX-License-Identifier: Apache-2.0
#include "recipe_file.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>

namespace teranga::recipe {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr const char* recipe_ending = ".toml";

[[noreturn]] void refuse(const std::string& path, const std::string& why, std::string hint = {}) {
  throw Error(ExitCode::usage, fmt::format("recipe {}: {}", path, why), std::move(hint));
}

// The recipe of that name that came with the program, in its installed tree; empty where there is none.
std::string shipped_recipe(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path tree = fs::read_symlink("/proc/self/exe", failure).parent_path().parent_path();
  const std::string recipe = (tree / "share/teranga/recipes" / path.stem()).string() + recipe_ending;
  return fs::exists(recipe, failure) ? recipe : std::string();
}

// Files of data are often given in place of the recipe that names them.
void refuse_data(const std::string& path) {
  struct Ending {
    const char* text;
    const char* dataset;
  };
  static constexpr Ending endings[] = {{".csv", "csv"}, {".tsv", "csv"}, {".csv.gz", "csv"}, {".arff", "csv"}, {".npz", "npz"}, {".npy", "npy"}, {".h5", "hdf5"}, {".hdf5", "hdf5"}};
  for (const Ending& ending : endings)
    if (path.ends_with(ending.text))
      refuse(path, "expected a recipe (TOML text), found a file of data",
             fmt::format("a recipe names the file in [data]: type = \"{0}\" and train = \"{1}\"; \"teranga reference dataset.{0}\" shows the other options of [data]", ending.dataset, path));
  if (path.ends_with(".keras")) refuse(path, "expected a recipe (TOML text), found a model of Keras");
}

}  // namespace

std::string read_recipe_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (status.type() == fs::file_type::not_found) {
    const std::string with_ending = path + recipe_ending, shipped = shipped_recipe(path);
    if (fs::exists(with_ending, failure)) refuse(path, "no such file", fmt::format("did you mean {}?", with_ending));
    refuse(path, "no such file", shipped.empty() ? "" : fmt::format("the one that came with the program is {}", shipped));
  }
  if (failure) refuse(path, failure.message());
  if (fs::is_regular_file(status)) refuse_data(path);
  if (fs::is_directory(status)) {
    const bool is_run = fs::exists(path + "/checkpoints", failure);
    refuse(path, "is a folder, not a recipe file", is_run ? fmt::format("to go on with this run, name the recipe that was trained, and: --run {}", shell_word(path)) : "");
  }
  if (!fs::is_regular_file(status)) refuse(path, "is not a regular file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(path, fmt::format("cannot be read: {}", std::generic_category().message(errno)));
  std::string text(most_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) refuse(path, "reading it failed");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > most_bytes) refuse(path, "is larger than 1 MiB, the most that a recipe may have");
  if (text.find('\0') != std::string::npos) refuse(path, "is a binary file, not a recipe (TOML text)");
  return text;
}

}  // namespace teranga::recipe
