// SPDX-License-Identifier: Apache-2.0
#include "label_table.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/log.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

std::size_t column_called(const std::vector<std::string>& names, const std::string& wanted, const char* option) {
  const auto at = std::find(names.begin(), names.end(), wanted);
  if (at == names.end()) throw sdk::OptionError(option, fmt::format("the table of labels has no column \"{}\"; it has {}", wanted, fmt::join(names, ", ")), fmt::format("{} = \"{}\"", option, names[0]));
  return static_cast<std::size_t>(at - names.begin());
}

}  // namespace

std::vector<sdk::OptionSpec> LabelTable::options() {
  return {sdk::path("labels").optional().says("a table of text (CSV) that names the class of each picture, in place of class folders; its first line names the columns"),
          sdk::text("file_column").optional().says("of that table: the column of file names, within the folder of the part, with or without their endings; left out: the first one"),
          sdk::text("label_column").optional().says("of that table: the column of classes; left out: the second one")};
}

std::optional<LabelTable> LabelTable::of(const sdk::Options& options) {
  if (!options.has("labels")) {
    for (const char* const column : {"file_column", "label_column"})
      if (options.has(column)) throw sdk::OptionError(column, "names a column of the table of labels, and there is none", "labels = \"labels.csv\", or leave it out");
    return std::nullopt;
  }
  LabelTable table;
  table.path_ = options.text("labels");
  if (const std::filesystem::path file = table.path_; file.filename() == "inferred" && !std::filesystem::exists(file))  // the word of Keras
    throw sdk::OptionError("labels", "expected a table of text, found \"inferred\"", "leave it out: the name of the folder that a picture lies in is its class");
  CsvRecords records(table.path_, {.separator = 0, .known_names = {}, .blanks = false, .any_bytes = false});
  std::vector<Cell> cells;
  if (!records.next(cells)) throw sdk::DataError(table.path_, "expected a line with the names of columns, found none");
  std::vector<std::string> names;
  for (const Cell& cell : cells) names.emplace_back(cell.text);
  if (names.size() < 2) throw sdk::DataError(table.path_, fmt::format("expected two columns or more, files and their classes, found {}", names.size()), -1, "the first lines of such a table: file,label and rose1.jpg,rose");
  const std::size_t file = options.has("file_column") ? column_called(names, options.text("file_column"), "file_column") : 0;
  const std::size_t label = options.has("label_column") ? column_called(names, options.text("label_column"), "label_column") : 1;
  while (records.next(cells)) {
    if (cells.size() <= std::max(file, label)) throw sdk::DataError(place(table.path_, cells[0].line, cells[0].column), fmt::format("expected {} cells, found {}", names.size(), cells.size()));
    const std::string name(cells[file].text), of(cells[label].text);
    if (name.empty() || of.empty()) throw sdk::DataError(place(table.path_, cells[0].line, cells[0].column), name.empty() ? "expected the name of a file, found an empty cell" : fmt::format("expected the class of {}, found an empty cell", name));
    const auto [at, fresh] = table.rows_.try_emplace(name, Row{of, cells[0].line});
    if (!fresh && at->second.label != of)
      throw sdk::DataError(place(table.path_, cells[0].line, cells[0].column), fmt::format("{} has the class \"{}\" here and \"{}\" in line {}", name, of, at->second.label, at->second.line), -1, "leave one of both lines");
  }
  if (table.rows_.empty()) throw sdk::DataError(table.path_, "expected a line for each picture, found none");
  return table;
}

// By its path within the folder, its name, and both without the ending.
const LabelTable::Row* LabelTable::row_of(const std::string& relative) const {
  const fs::path path = relative;
  for (const fs::path& one : {path, path.filename(), fs::path(path).replace_extension(), path.stem()})
    if (const auto at = rows_.find(one.string()); at != rows_.end()) return &at->second;
  return nullptr;
}

PictureFolder LabelTable::pictures_of(const std::string& folder, const std::vector<std::string>& chosen, const std::vector<std::string>& classes) const {
  PictureFolder out = all_pictures(folder);
  std::vector<const Row*> rows;
  std::vector<std::string> without;
  for (const ListedPicture& picture : out.pictures) {
    const std::string relative = fs::path(picture.path).lexically_relative(folder).string();
    rows.push_back(row_of(relative));
    if (!rows.back()) without.push_back(relative);
  }
  if (!without.empty())
    throw sdk::DataError(fmt::format("{}/{}", folder, without[0]), fmt::format("expected a line of {} that names its class, found none; {} of {} pictures have no line", path_, without.size(), out.pictures.size()), -1, "move the pictures without a class into another folder, or add their lines");
  std::set<std::string> found;
  for (const Row* row : rows) found.insert(row->label);
  out.classes = !chosen.empty() ? chosen : !classes.empty() ? classes : std::vector<std::string>(found.begin(), found.end());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.pictures.size(); ++i) {
    const auto at = std::find(out.classes.begin(), out.classes.end(), rows[i]->label);
    if (at == out.classes.end() && chosen.empty())
      throw sdk::DataError(fmt::format("{}:{}", path_, rows[i]->line), fmt::format("expected one of the {} classes of the training part, found \"{}\"", out.classes.size(), rows[i]->label));
    if (at == out.classes.end()) {
      ++out.others["pictures of other classes"];
      continue;
    }
    ListedPicture picture = std::move(out.pictures[i]);
    picture.label = static_cast<std::int32_t>(at - out.classes.begin());
    out.pictures[kept++] = std::move(picture);
  }
  out.pictures.resize(kept);
  for (const std::string& name : chosen)
    if (classes.empty() && !found.contains(name)) throw sdk::DataError(path_, fmt::format("expected pictures of each of class_names, found none of \"{}\"; there are {}", name, fmt::join(found, ", ")));
  return out;
}

}  // namespace teranga::datasets
