// SPDX-License-Identifier: Apache-2.0
#include "part_folders.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/log.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed); !failed && at != fs::directory_iterator(); at.increment(failed)) {
    std::error_code ignored;
    const std::string name = at->path().filename().string();
    if (!name.starts_with('.') && at->is_directory(ignored)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string training_folder(const std::string& folder) {
  std::error_code ignored;
  return fs::is_directory(fs::path(folder) / "train", ignored) ? folder + "/train" : folder;
}

PartFolders of_layout(const std::string& folder) {
  const fs::path root = folder;
  const std::vector<std::string> names = folders_in(root);
  std::vector<std::string> strangers;
  bool train = false;
  for (const std::string& name : names) {
    if (name == "train") train = true;
    else if (name != "validation" && name != "val" && name != "test") strangers.push_back(name);
  }
  // Among others, a folder `train` of pictures may well be the class of trains.
  if (!train || (!strangers.empty() && folders_in(root / "train").empty())) return {folder, std::nullopt, std::nullopt};
  PartFolders parts;
  const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  parts[TRG_TRAIN] = (root / "train").string();
  if (has("validation") && has("val")) throw sdk::OptionError("folder", fmt::format("{}: both validation and val could be the validation part", folder), fmt::format("train = \"{0}/train\" and validation = \"{0}/validation\"{1} in place of folder", folder, has("test") ? fmt::format(" and test = \"{}/test\"", folder) : ""));
  if (has("validation") || has("val")) parts[TRG_VALIDATION] = (root / (has("val") ? "val" : "validation")).string();
  if (has("test")) parts[TRG_TEST] = (root / "test").string();
  if (!strangers.empty()) log(TRG_LOG_WARNING, fmt::format("{}: beside train, validation and test, these folders are not read: {}", folder, fmt::join(strangers, ", ")));
  return parts;
}

}  // namespace

std::vector<sdk::OptionSpec> part_folder_options() {
  return {sdk::path("folder").optional().says("a tree <folder>/train/<class>/*.png, /validation (or /val) and /test alike; or <folder>/<class>/*.png. Pictures without classes lie where the class folders would"),
          sdk::path("train").optional().says("in place of folder: the folder to train on, <train>/<class>/*.png, or <train>/*.png without classes"),
          sdk::path("validation").optional().says("the folder to validate on"),
          sdk::path("test").optional().says("the folder to test on")};
}

PartFolders part_folders(const sdk::Options& options) {
  if (options.has("folder") == options.has("train"))
    throw sdk::OptionError(options.has("folder") ? "folder" : "train", "expected either one folder of all parts or a folder to train on",
                           options.has("folder") ? "leave out folder, or train" : "folder = \"pictures\", or train = \"pictures/train\"");
  if (options.has("folder")) {
    for (const char* of_parts : {"validation", "test"})
      if (options.has(of_parts)) throw sdk::OptionError(of_parts, "folder brings its own parts", fmt::format("train = \"{}\" in place of folder, or leave out {}", training_folder(options.text("folder")), of_parts));
    return of_layout(options.text("folder"));
  }
  PartFolders parts;
  parts[TRG_TRAIN] = options.text("train");
  if (options.has("validation")) parts[TRG_VALIDATION] = options.text("validation");
  if (options.has("test")) parts[TRG_TEST] = options.text("test");
  return parts;
}

}  // namespace teranga::datasets
