// SPDX-License-Identifier: Apache-2.0
#include "broken_pictures.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include <teranga/core/shell_word.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_text = 900, most_hint = 480;  // bytes, of the 1023 and 511 that an error holds

// The innermost folder that holds all of them.
fs::path common_folder(const std::vector<sdk::DataError>& broken) {
  fs::path folder = fs::path(broken.front().where).parent_path();
  for (const sdk::DataError& one : broken)
    while (folder.has_relative_path() && *fs::path(one.where).lexically_relative(folder).begin() == "..") folder = folder.parent_path();
  return folder;
}

// A command that gives them names that are left out, so that nothing is lost: as many of them as have room, the next error tells the others.
std::string command_without(const fs::path& folder, const std::vector<std::string>& names) {
  const std::string begin = fmt::format("(cd {} && for f in", shell_word(folder.string())), end = "; do mv \"$f\" \"$f.broken\"; done)";
  std::string words;
  std::size_t told = 0;
  for (; told < names.size(); ++told) {
    const std::string word = " " + shell_word(names[told]);
    if (begin.size() + words.size() + word.size() + end.size() > most_hint - 100) break;
    words += word;
  }
  if (told == 0) return {};
  return begin + words + end + (told < names.size() ? fmt::format("; {} more are then told", names.size() - told) : "");
}

// Pictures that the command names: as many of them as have room, the next error tells the others.
std::string shorter_command(const std::vector<std::string>& names) {
  std::string words;
  std::size_t told = 0;
  for (; told < names.size(); ++told) {
    const std::string word = shell_word(names[told]);
    if (words.size() + word.size() > most_hint / 2) break;
    words.append(told == 0 ? "" : ", ").append(word);
  }
  if (told == 0) return "leave the broken pictures out of the command, and the other pictures are read";
  return "leave out " + words + " in the command" + (told < names.size() ? fmt::format("; {} more are then told", names.size() - told) : ", and the other pictures are read");
}

std::string leave_out_hint(const fs::path& folder, const std::vector<std::string>& names, GivenBy given) {
  if (given == GivenBy::name) return shorter_command(names);
  if (names.size() > 1) {
    const std::string command = command_without(folder, names);
    return command.empty() ? "move them out of the folder" : "leave them out: " + command;
  }
  const std::string path = (folder / names[0]).string(), command = fmt::format("mv {} {}", shell_word(path), shell_word(path + ".broken"));
  return command.size() <= most_hint - 100 ? "leave it out: " + command : "move it out of the folder";
}

}  // namespace

void BrokenPictures::refuse(std::size_t pictures, GivenBy given) const {
  if (broken_.empty()) return;
  const sdk::DataError& first = broken_.front();
  const fs::path folder = common_folder(broken_);
  std::vector<std::string> names;
  for (const sdk::DataError& one : broken_) names.push_back(fs::path(one.where).lexically_relative(folder).string());
  const bool others = broken_.size() < pictures;
  if (broken_.size() == 1) {
    std::string hint = first.hint;
    if (others) hint += (hint.empty() ? "" : ", or ") + leave_out_hint(folder, names, given);
    throw sdk::DataError(first.where, first.what(), -1, hint);
  }
  std::string text = fmt::format("{} of {} pictures cannot be read:", broken_.size(), pictures);
  std::size_t told = 0;
  for (; told < broken_.size(); ++told) {
    const std::string line = fmt::format("\n  {}: {}", names[told], broken_[told].what());
    if (text.size() + line.size() > most_text) break;
    text += line;
  }
  if (told < broken_.size()) text += fmt::format("\n  and {} more", broken_.size() - told);
  throw sdk::DataError(folder.string(), text, -1, others ? "save them anew as PNG or JPEG, or " + leave_out_hint(folder, names, given) : "save them anew as PNG or JPEG");
}

}  // namespace teranga::datasets
