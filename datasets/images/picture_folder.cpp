// SPDX-License-Identifier: Apache-2.0
#include "picture_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

std::string ending_of(const fs::path& path) { return in_small_letters(path.extension().string()); }

struct Entries {
  std::vector<fs::path> pictures, folders, links;  // links: to folders
  std::map<std::string, std::int64_t> others;
};

Entries entries_of(const fs::path& folder) {
  std::error_code failed;
  Entries found;
  fs::directory_iterator at(folder, failed);
  for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
    const fs::path& path = at->path();
    std::error_code ignored;
    if (path.filename().string().starts_with('.')) continue;
    if (at->is_directory(ignored)) (at->is_symlink(ignored) ? found.links : found.folders).push_back(path);
    else if (has_picture_name(path.string())) found.pictures.push_back(path);
    else ++found.others[path.has_extension() ? "*" + ending_of(path) : "files without an ending"];
  }
  if (failed) throw sdk::DataError(folder.string(), "cannot be listed: " + failed.message(), -1, "look with: ls -l " + folder.string());
  std::sort(found.pictures.begin(), found.pictures.end());
  std::sort(found.folders.begin(), found.folders.end());
  return found;
}

void add_counts(std::map<std::string, std::int64_t>& to, const std::map<std::string, std::int64_t>& more) {
  for (const auto& [name, count] : more) to[name] += count;
}

// The folder's own pictures first, then those of the folders in it; so Keras has it.
void take_all(const fs::path& folder, std::int32_t label, PictureFolder& to) {
  const Entries found = entries_of(folder);
  for (const fs::path& path : found.pictures) to.pictures.push_back({path.string(), label});
  add_counts(to.others, found.others);
  if (!found.links.empty()) to.others["linked folders"] += static_cast<std::int64_t>(found.links.size());
  for (const fs::path& below : found.folders) take_all(below, label, to);
}

std::vector<fs::path> class_folders(const fs::path& folder, const Entries& entries, const Chosen& chosen) {
  std::vector<fs::path> folders = entries.folders;
  folders.insert(folders.end(), entries.links.begin(), entries.links.end());
  std::sort(folders.begin(), folders.end());
  if (chosen.names.empty()) return folders;
  std::vector<fs::path> out;
  for (const std::string& name : chosen.names) {
    if (std::find(folders.begin(), folders.end(), folder / name) != folders.end()) out.push_back(folder / name);
    else if (chosen.all) {
      std::vector<std::string> names;
      for (const fs::path& one : folders) names.push_back(fmt::format("\"{}\"", one.filename().string()));
      throw sdk::DataError(folder.string(), fmt::format("expected a folder for each of class_names, found none called \"{}\"; there are {}", name, names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
    }
  }
  return out;
}

std::string told(const std::map<std::string, std::int64_t>& others) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : others) parts.push_back(fmt::format("{} {}", count, name));
  return parts.empty() ? "no file" : fmt::format("{}", fmt::join(parts, ", "));
}

// The folder of a path, or the nearest one above it that there is.
std::string nearest_folder(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  for (std::error_code ignored; folder.has_relative_path() && !fs::is_directory(folder, ignored);) folder = folder.parent_path();
  return folder.empty() ? "." : folder.string();
}

// A folder without a picture is either no class or one whose pictures are of a kind that is not read.
void refuse_empty_class(const fs::path& empty, const PictureFolder& in_it, const std::vector<fs::path>& folders, const std::vector<fs::path>& empties) {
  std::vector<std::string> names;
  for (const fs::path& one : folders)
    if (std::find(empties.begin(), empties.end(), one) == empties.end()) names.push_back(fmt::format("\"{}\"", one.filename().string()));
  throw sdk::DataError(empty.string(), fmt::format("expected pictures (*.png, *.jpg, *.jpeg, *.pgm, *.ppm, *.bmp) of this class, found {}", told(in_it.others)), -1,
                       names.size() <= 12 ? fmt::format("class_names = [{}] takes the other folders alone", fmt::join(names, ", ")) : "move the folder away");
}

void check_folder(const std::string& folder) {
  std::error_code failed;
  const fs::path root = folder;
  if (fs::exists(root, failed) && !fs::is_directory(root, failed)) throw sdk::DataError(folder, "expected a folder of pictures, found a file");
  if (!fs::is_directory(root, failed))
    throw sdk::DataError(folder, "there is no such folder", -1, "a path in a recipe is relative to the folder of the recipe; look with: ls -l " + nearest_folder(folder));
}

}  // namespace

bool has_picture_name(const std::string& path) {
  const std::string ending = ending_of(path);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".pgm" || ending == ".ppm" || ending == ".bmp";
}

PictureFolder all_pictures(const std::string& folder) {
  check_folder(folder);
  PictureFolder out;
  take_all(folder, -1, out);
  if (out.pictures.empty()) throw sdk::DataError(folder, fmt::format("expected pictures (*.png, *.jpg, *.jpeg, *.pgm, *.ppm, *.bmp), found {}", told(out.others)));
  return out;
}

PictureFolder list_pictures(const std::string& folder, const Chosen& chosen) {
  const fs::path root = folder;
  check_folder(folder);
  const Entries entries = entries_of(root);
  const std::vector<fs::path> folders = class_folders(root, entries, chosen);
  PictureFolder out, first_empty;
  std::vector<fs::path> empties;
  for (const fs::path& one : folders) {
    PictureFolder of_class;
    take_all(one, static_cast<std::int32_t>(out.classes.size()), of_class);
    add_counts(out.others, of_class.others);
    if (of_class.pictures.empty()) {
      if (empties.empty()) first_empty = std::move(of_class);
      empties.push_back(one);
    }
    out.pictures.insert(out.pictures.end(), of_class.pictures.begin(), of_class.pictures.end());
    out.classes.push_back(one.filename().string());
    repair_utf8(out.classes.back());
  }
  add_counts(out.others, entries.others);
  if (const std::size_t left_out = entries.folders.size() + entries.links.size() - folders.size()) out.others["folders of other names"] = static_cast<std::int64_t>(left_out);
  if (!entries.pictures.empty() && !out.pictures.empty())
    throw sdk::DataError(folder, fmt::format("expected either pictures or a folder for each class, found {} pictures beside {} folders of pictures", entries.pictures.size(), folders.size() - empties.size()), -1,
                         "move the pictures, or the folders, into a folder of their own");
  if (!out.pictures.empty() && !empties.empty()) refuse_empty_class(empties[0], first_empty, folders, empties);
  if (out.pictures.empty()) {
    out.classes.clear();
    for (const fs::path& path : entries.pictures) out.pictures.push_back({path.string(), -1});
  }
  if (out.pictures.empty())
    throw sdk::DataError(folder, fmt::format("expected pictures (*.png, *.jpg, *.jpeg, *.pgm, *.ppm, *.bmp), in a folder for each class or without classes in this folder, found {}", told(out.others)));
  return out;
}

}  // namespace teranga::datasets
