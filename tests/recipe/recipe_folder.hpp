// SPDX-License-Identifier: Apache-2.0
// A folder of recipe files for one test case.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace teranga::recipe {

struct RecipeFolder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("teranga-recipe-" + std::to_string(getpid()));
  RecipeFolder() { std::filesystem::create_directories(path); }
  ~RecipeFolder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
    return (path / name).string();
  }
};

}  // namespace teranga::recipe
