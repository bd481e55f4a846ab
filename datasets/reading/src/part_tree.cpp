// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/part_tree.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/datasets/log.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

std::optional<std::int32_t> part_of(const std::string& name) {
  const std::string plain = in_small_letters(name);
  if (plain == "train") return TRG_TRAIN;
  if (plain == "validation" || plain == "val" || plain == "valid") return TRG_VALIDATION;
  return plain == "test" ? std::optional(TRG_TEST) : std::nullopt;
}

// A part that cannot be opened is not left out in silence.
void refuse_other_than_folders(const std::string& folder) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed); !failed && at != fs::directory_iterator(); at.increment(failed)) {
    std::error_code ignored;
    if (!part_of(at->path().filename().string()) || at->is_directory(ignored)) continue;
    const std::string path = at->path().string();
    throw sdk::DataError(path, fmt::format("expected a folder, for its name is that of a part, found {}", at->exists(ignored) ? "a file" : "a link that leads nowhere"), -1, "remove it, or look with: ls -l " + shell_word(path));
  }
}

}  // namespace

std::vector<std::string> folders_in(const std::string& folder) {
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

std::string PartTree::doubt() const {
  for (const auto& [part, called] : {std::pair{TRG_TRAIN, "training"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
    if (const std::vector<std::string>& found = names[static_cast<std::size_t>(part)]; found.size() > 1) return fmt::format("{} could each be the {} part", fmt::join(found, " and "), called);
  return {};
}

PartTree part_tree(const std::string& folder) {
  PartTree tree;
  for (const std::string& name : folders_in(folder)) {
    if (const auto part = part_of(name)) tree.names[static_cast<std::size_t>(*part)].push_back(name);
    else tree.others.push_back(name);
  }
  const std::vector<std::string>& train = tree.names[TRG_TRAIN];
  const bool flat = std::all_of(train.begin(), train.end(), [&](const std::string& name) { return folders_in((fs::path(folder) / name).string()).empty(); });
  if (train.empty() || (!tree.others.empty() && flat)) return {};
  refuse_other_than_folders(folder);
  return tree;
}

PartTree likely_parts(const std::string& folder) {
  PartTree tree;
  for (const std::string& name : folders_in(folder)) {
    const std::string plain = in_small_letters(name);
    const auto holds = [&](const char* word) { return plain.find(word) != plain.npos; };
    if (folders_in((fs::path(folder) / name).string()).empty()) return {};
    if (holds("train")) tree.names[TRG_TRAIN].push_back(name);
    else if (holds("val")) tree.names[TRG_VALIDATION].push_back(name);
    else if (holds("test")) tree.names[TRG_TEST].push_back(name);
    else return {};
  }
  const bool several = !tree.names[TRG_VALIDATION].empty() || !tree.names[TRG_TEST].empty();
  return several && !tree.names[TRG_TRAIN].empty() && tree.doubt().empty() ? tree : PartTree{};
}

void log_parts(const std::string& folder, const PartTree& tree) {
  for (const auto& [part, called] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validate"}, {TRG_TEST, "test"}})
    for (const std::string& name : tree.names[static_cast<std::size_t>(part)])
      if (name != in_small_letters(name)) log(TRG_LOG_INFO, fmt::format("{}: the folder {} is taken as the part to {} on", folder, name, called));
  if (!tree.names[TRG_TRAIN].empty() && !tree.others.empty()) log(TRG_LOG_WARNING, fmt::format("{}: beside train, validation and test, these folders are not read: {}", folder, fmt::join(tree.others, ", ")));
}

}  // namespace teranga::datasets
