// SPDX-License-Identifier: Apache-2.0
#include "part_folders.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/part_tree.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

std::string training_folder(const std::string& folder) {
  const std::vector<std::string> names = part_tree(folder).names[TRG_TRAIN];
  return names.empty() ? folder : fmt::format("{}/{}", folder, names.back());
}

// A folder of each part that there is, as options: of several the last one, which has the fewest capital letters.
std::string options_of(const std::string& folder, const PartTree& tree) {
  std::string options;
  for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
    if (const std::vector<std::string>& names = tree.names[static_cast<std::size_t>(part)]; !names.empty()) options += fmt::format("{}{} = \"{}/{}\"", options.empty() ? "" : " and ", option, folder, names.back());
  return options;
}

std::string names_of(const PartTree& tree) {
  std::vector<std::string> names;
  for (const std::vector<std::string>& of_part : tree.names)
    for (const std::string& name : of_part) names.push_back(fmt::format("\"{}\"", name));
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ", "));
}

// `sure`: the recipe names the classes.
PartFolders of_layout(const std::string& folder, bool sure) {
  const PartTree tree = part_tree(folder);
  if (tree.names[TRG_TRAIN].empty()) {
    if (const PartTree likely = likely_parts(folder); !sure && !likely.names[TRG_TRAIN].empty())
      throw sdk::OptionError("folder", fmt::format("{}: cannot tell whether the folders {} are parts or classes", folder, names_of(likely)),
                             fmt::format("{} in place of folder; or, for classes, class_names = [{}]", options_of(folder, likely), names_of(likely)));
    return {folder, std::nullopt, std::nullopt};
  }
  if (const std::string doubt = tree.doubt(); !doubt.empty()) throw sdk::OptionError("folder", fmt::format("{}: {}", folder, doubt), options_of(folder, tree) + " in place of folder");
  PartFolders parts;
  for (std::size_t part = 0; part < parts.size(); ++part)
    if (!tree.names[part].empty()) parts[part] = (fs::path(folder) / tree.names[part][0]).string();
  log_parts(folder, tree);
  return parts;
}

}  // namespace

std::vector<sdk::OptionSpec> part_folder_options() {
  return {sdk::path("folder").optional().says("a tree <folder>/train/<class>/*.png, /validation (or /val, /valid) and /test alike, in any letter case; or <folder>/<class>/*.png. Pictures without classes lie where the class folders would"),
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
    return of_layout(options.text("folder"), options.has("class_names"));
  }
  PartFolders parts;
  parts[TRG_TRAIN] = options.text("train");
  if (options.has("validation")) parts[TRG_VALIDATION] = options.text("validation");
  if (options.has("test")) parts[TRG_TEST] = options.text("test");
  return parts;
}

}  // namespace teranga::datasets
