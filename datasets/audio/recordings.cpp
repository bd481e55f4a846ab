// SPDX-License-Identifier: Apache-2.0
#include "recordings.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/shell_word.hpp>
#include <teranga/core/small_letters.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/datasets/log.hpp>
#include <teranga/datasets/part_tree.hpp>
#include <teranga/sdk/error.hpp>

#include "../text/table_columns.hpp"

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view endings = "*.wav, *.flac, *.ogg, *.oga";

bool is_table(const std::string& path) {
  const std::string name = in_small_letters(path);
  return std::ranges::any_of(std::initializer_list<const char*>{".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz", ".tab.gz", ".txt.gz"}, [&](const char* ending) { return name.ends_with(ending); });
}

// The sounds in a folder and in those below it, by the bytes of their paths; other files are counted by their endings.
std::vector<std::string> sounds_below(const std::string& folder, bool deep, std::map<std::string, std::int64_t>& others) {
  std::vector<std::string> out;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      if (name.starts_with('.') || !deep) at.disable_recursion_pending();
      continue;
    }
    if (name.starts_with('.')) continue;
    if (has_sound_name(name)) out.push_back(at->path().string());
    else ++others[at->path().has_extension() ? "*" + in_small_letters(at->path().extension().string()) : "files without an ending"];
  }
  if (failed) throw sdk::DataError(folder, "cannot be listed: " + failed.message());
  std::sort(out.begin(), out.end());
  return out;
}

std::string counted(const std::map<std::string, std::int64_t>& others) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : others) parts.push_back(fmt::format("{} {}", count, name));
  return parts.empty() ? "no file" : fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<Recording> of_folder(const std::string& folder, const RecordingRequest& request) {
  if (request.transcripts && request.targets) throw sdk::DataError(folder, "expected a table with a column of transcripts, for target_is = \"text\", found a folder", -1, "train = \"table.tsv\", or target_is = \"classes\"");
  std::map<std::string, std::int64_t> others;
  std::vector<Recording> out;
  for (const std::string& path : sounds_below(folder, false, others)) out.push_back({path, std::nullopt, path});
  const std::vector<std::string> classes = folders_in(folder);
  const std::size_t beside = out.size();
  std::string empty;
  for (const std::string& name : classes) {
    std::map<std::string, std::int64_t> in_it;
    const std::string of_class = (fs::path(folder) / name).string();
    std::string known_as = name;
    repair_utf8(known_as);
    const std::vector<std::string> sounds = sounds_below(of_class, true, in_it);
    if (sounds.empty() && empty.empty()) empty = of_class, others = in_it;
    for (const std::string& path : sounds) out.push_back({path, request.targets ? std::optional(known_as) : std::nullopt, path});
  }
  if (out.empty()) throw sdk::DataError(folder, fmt::format("expected sounds ({}), in a folder for each class or without classes in this folder, found {}", endings, counted(others)));
  if (request.targets && beside > 0 && beside < out.size())
    throw sdk::DataError(folder, fmt::format("expected either sounds or a folder for each class, found {} sounds beside {} folders", beside, classes.size()), -1, "move the sounds, or the folders, into a folder of their own");
  if (request.targets && beside == 0 && !empty.empty())
    throw sdk::DataError(empty, fmt::format("expected sounds ({}) of this class, found {}", endings, counted(others)), -1, "move the folder away");
  if (!others.empty()) log(TRG_LOG_INFO, fmt::format("{}: {} sounds are taken; left out: {}", folder, out.size(), counted(others)));
  return out;
}

std::vector<Recording> of_table(const std::string& table, const RecordingRequest& request) {
  std::vector<WantedColumn> wanted = {{"file_column", request.file_column}};
  if (request.targets) wanted.push_back({"target_column", request.target_column});
  TableRequest form;
  form.header = request.header, form.separator = request.separator;
  const fs::path root = request.root.empty() ? fs::path(table).parent_path() : fs::path(request.root);
  std::vector<Recording> out;
  read_columns(table, wanted, form, [&](const std::vector<std::string_view>& cells, const std::string& where) {
    if (cells[0].empty()) throw sdk::DataError(where, "expected the path of a sound, found an empty cell");
    out.push_back({(root / cells[0]).string(), request.targets ? std::optional<std::string>(cells[1]) : std::nullopt, where});
    if (request.targets) repair_utf8(*out.back().target);
  });
  if (out.empty()) throw sdk::DataError(table, "expected a row for each sound, found none");
  return out;
}

}  // namespace

bool has_sound_name(const std::string& path) {
  const std::string ending = in_small_letters(fs::path(path).extension().string());
  return ending == ".wav" || ending == ".flac" || ending == ".ogg" || ending == ".oga";
}

std::vector<sdk::OptionSpec> RecordingRequest::options() {
  std::vector<sdk::OptionSpec> options = {
      sdk::text("target_is", "classes").choices({"classes", "text", "none"}).says("classes: a folder for each class, or a column of class names; text: a column of transcripts, which become numbers of letters; none: there is no target"),
      sdk::text("file_column", "1").or_number().says("of a table: the column of the paths of sounds, by name or number"),
      sdk::text("target_column", "2").or_number().says("of a table: the column of the classes or transcripts, by name or number"),
      sdk::path("root").optional().says("the folder that paths in tables are relative to; left out: the folder of the table")};
  for (sdk::OptionSpec& option : table_options()) options.push_back(std::move(option));
  return options;
}

RecordingRequest RecordingRequest::of(const sdk::Options& options) {
  RecordingRequest request{options.text("file_column"), options.text("target_column"), options.text("header"), separator_of(options.text("separator")), options.has("root") ? options.text("root") : ""};
  request.targets = options.text("target_is") != "none";
  request.transcripts = options.text("target_is") == "text";
  return request;
}

std::string RecordingRequest::target_name() const { return target_column.find_first_not_of("-0123456789") == std::string::npos ? "" : target_column; }

std::vector<Recording> list_recordings(const std::string& path, const RecordingRequest& request) {
  std::error_code failed;
  if (!fs::exists(path, failed)) throw sdk::DataError(path, "expected a folder of sounds, or a table; there is none", -1, "a path in a recipe is relative to the folder of the recipe; look with: ls -l " + shell_word(fs::path(path).parent_path().string()));
  if (fs::is_directory(path, failed)) return of_folder(path, request);
  if (!is_table(path)) throw sdk::DataError(path, "expected a folder of sounds or a table (.csv, .tsv, .txt), found another file");
  return of_table(path, request);
}

std::vector<Recording> list_new_recordings(const std::vector<std::string>& paths, RecordingRequest request) {
  std::vector<Recording> out;
  std::error_code failed;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path, failed) && !is_table(path)) {
      out.push_back({path, std::nullopt, path});
      continue;
    }
    RecordingRequest one = request;
    if (fs::is_directory(path, failed) && request.transcripts) one.targets = false;
    std::vector<Recording> more = list_recordings(path, one);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

}  // namespace teranga::datasets
