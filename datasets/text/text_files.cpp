// SPDX-License-Identifier: Apache-2.0
#include "text_files.hpp"

#include "column_hints.hpp"
#include "log.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/numbered_names.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

// 2_10.txt comes before 10_1.txt.
bool natural_less(const std::string& a, const std::string& b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i, ++j;
      continue;
    }
    const auto digits = [&](const std::string& text, std::size_t& at) {
      while (at < text.size() && text[at] == '0') ++at;
      const std::size_t begin = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return text.substr(begin, at - begin);
    };
    const std::string left = digits(a, i), right = digits(b, j);
    if (left.size() != right.size()) return left.size() < right.size();
    if (left != right) return left < right;
  }
  if (i < a.size() || j < b.size()) return i == a.size();
  return a < b;
}

// In small letters, without .gz.
std::string unpacked_name(const std::string& path) {
  std::string name = in_small_letters(path);
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

std::vector<fs::path> sorted_entries(const fs::path& folder, bool folders) {
  std::error_code failed;
  std::vector<fs::path> found;
  fs::directory_iterator entries(folder, failed);
  if (failed) throw sdk::DataError(folder.string(), "cannot be listed: " + failed.message(), -1, "look with: ls -ld " + shell_word(folder.string()));
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    if (folders ? entry.is_directory(failed) && name != "unsup" : entry.is_regular_file(failed) && in_small_letters(name).ends_with(".txt")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end(), [&](const fs::path& a, const fs::path& b) {
    return folders ? a.filename().string() < b.filename().string() : natural_less(a.filename().string(), b.filename().string());
  });
  return found;
}

}  // namespace

TableColumns TableColumns::of(const sdk::Options& options) {
  TableColumns columns;
  if (options.has("text_column")) columns.text = options.text("text_column");
  if (options.has("label_column")) columns.label = options.text("label_column");
  columns.header = options.text("header");
  columns.separator = separator_of(options.text("separator"));
  return columns;
}

std::vector<std::string> read_class_folders(const std::string& folder, const TakeText& take) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed))
    throw sdk::DataError(folder, fs::exists(fs::symlink_status(folder, failed)) ? "expected a folder of class folders, found something else" : "there is no such folder", -1, look_hint(folder));
  const std::vector<fs::path> classes = sorted_entries(folder, true);
  if (classes.empty()) throw sdk::DataError(folder, "expected a folder for each class, found none", -1, fmt::format("texts of a class stand in {}/CLASS/*.txt", folder));
  std::vector<std::string> names;
  for (const fs::path& one : classes) {
    const std::vector<fs::path> files = sorted_entries(one, false);
    if (files.empty()) throw sdk::DataError(one.string(), "expected texts (*.txt) of this class, found none", -1, "remove the folder, or look with: ls -l " + shell_word(one.string()));
    names.push_back(one.filename().string());
    for (const fs::path& file : files) take(read_text_file(file.string()), names.back(), file.string());
  }
  return names;
}

TableSeen read_table_of_texts(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  const std::vector<WantedColumn> wanted = {{"text_column", columns.text}, {"label_column", columns.label}};
  try {
    return read_columns(path, wanted, {columns.header, columns.separator, learnt}, [&](const std::vector<std::string_view>& cells, const std::string& where) {
      if (cells[1].empty()) throw sdk::DataError(where, fmt::format("expected a label in the column \"{}\", found none", columns.label), -1, "give each line a label, or remove the lines without one from the file");
      take(std::string(cells[0]), cells[1], where);
    });
  } catch (const sdk::OptionError& error) {
    if (error.where != "text_column" || error.hint.empty()) throw;
    throw sdk::OptionError("text_column", error.what(), likely_text_column(path, columns));
  }
}

namespace {

// The label column may be missing: it is what is to be told.
TableSeen read_labelled_or_not(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  const auto read = [&](const std::vector<WantedColumn>& wanted) {
    return read_columns(path, wanted, {columns.header, columns.separator, learnt}, [&](const std::vector<std::string_view>& cells, const std::string& where) { take(std::string(cells[0]), cells.size() > 1 ? cells[1] : "", where); });
  };
  const WantedColumn text{"text_column", columns.text}, label{"label_column", columns.label};
  if (columns.label.empty()) return read({text});
  try {
    return read({text, label});
  } catch (const sdk::OptionError& error) {
    if (error.where != label.option && error.where != "separator") throw;
    return read({text});
  }
}

// A file of sentences may have the name of a table.
TableSeen read_new_table(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  if (columns.text.empty()) throw sdk::OptionError("text_column", fmt::format("{}: a table needs the name or number of the column of texts", path), new_text_hint(path, columns));
  try {
    return read_labelled_or_not(path, columns, learnt, take);
  } catch (const sdk::OptionError& error) {
    if (error.where != "text_column") throw;
    throw sdk::OptionError("text_column", error.what(), new_text_hint(path, columns));
  } catch (const sdk::DataError& error) {
    const std::string lines = lines_hint(path, columns);
    if (lines.empty()) throw;
    throw sdk::DataError(error.where, error.what(), error.sample, fmt::format("{}{}{}", error.hint, error.hint.empty() ? "" : "; or ", lines));
  }
}

void read_new_folder(const std::string& folder, const TakeText& take) {
  const std::vector<fs::path> files = sorted_entries(folder, false);
  for (const fs::path& file : files) take(read_text_file(file.string()), "", file.string());
  if (!files.empty()) return;
  const std::vector<fs::path> classes = sorted_entries(folder, true);
  if (std::all_of(classes.begin(), classes.end(), [](const fs::path& one) { return sorted_entries(one, false).empty(); }))
    throw sdk::DataError(folder, "expected texts (*.txt) in this folder, or in a folder for each class in it, found none", -1, "--input FILE.txt with a text a line, or --input FOLDER with texts (*.txt)");
  read_class_folders(folder, take);
}

}  // namespace

bool has_table_name(const std::string& path) { return unpacked_name(path).ends_with(".csv") || unpacked_name(path).ends_with(".tsv"); }

bool has_text_name(const std::string& path) { return unpacked_name(path).ends_with(".txt"); }

std::string as_text_name(const std::string& path) {
  const std::size_t end = unpacked_name(path).size();
  const std::string begin = path.substr(0, end - 4), packed = path.substr(end);
  std::error_code ignored;
  return begin + (fs::exists(begin + ".txt" + packed, ignored) ? ".lines.txt" : ".txt") + packed;
}

bool is_tab_table(const std::string& path) {
  std::size_t width = 0;
  for (const std::string& line : read_lines(path)) {
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    const auto cells = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t')) + 1;
    if (cells < 2 || (width > 0 && cells != width)) return false;
    width = cells;
  }
  return width > 1;
}

void each_text_again(const std::string& path, const TakeText& take) {
  if (fs::is_directory(path)) {
    read_new_folder(path, take);
    return;
  }
  const std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) take(lines[i], "", fmt::format("{}:{}", path, i + 1));
  if (lines.empty()) throw sdk::DataError(path, "expected texts, one a line, found none");
}

std::vector<std::optional<TableSeen>> read_new_texts(const sdk::NewInput& input, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  std::vector<std::optional<TableSeen>> seen;
  for (const std::string& text : input.texts) take(text, "", "--text");
  for (const std::string& path : input.paths) {
    if (fs::is_directory(path)) {
      each_text_again(path, take);
      seen.emplace_back();
    } else if (has_table_name(path)) {
      seen.push_back(read_new_table(path, columns, learnt, take));
    } else if (!columns.text.empty() && is_tab_table(path)) {
      log(TRG_LOG_INFO, fmt::format("{}: its cells stand between tabs, so it is read as a table, as that of the training is; a text a line has no tabs", path));
      TableColumns tabs = columns;
      tabs.separator = '\t';
      seen.push_back(read_new_table(path, tabs, learnt, take));
    } else if (!columns.text.empty() && has_names_of(path, {{"text_column", columns.text}}, {columns.header, columns.separator, learnt})) {
      seen.push_back(read_new_table(path, columns, learnt, take));
    } else {
      each_text_again(path, take);
      seen.emplace_back();
    }
  }
  return seen;
}

namespace {

// What people call a file that is no text, by its first bytes; empty where they tell nothing.
std::string kind_by_begin(std::string_view bytes) {
  for (const auto& [begin, kind] : {std::pair<std::string_view, const char*>{"\x89PNG", "a PNG picture"}, {"\xff\xd8\xff", "a JPEG picture"}, {"GIF8", "a GIF picture"}, {"%PDF-", "a PDF document"},
                                    {"PK\x03\x04", "a zip archive, as those of office documents are"}, {"\xd0\xcf\x11\xe0", "an office document"}, {"\x93NUMPY", "an array"}, {"\x89HDF", "an HDF5 file"}})
    if (bytes.starts_with(begin)) return kind;
  return {};
}

// What iconv calls two bytes a letter, by the mark at the begin, or else by zeros as they stand in every other byte of most languages; empty where the text is none of that.
std::string wide_encoding(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return "UTF-16";
  constexpr std::size_t most = 4096;
  std::size_t zeros[2] = {0, 0};
  const std::size_t count = std::min(most, bytes.size()) / 2 * 2;
  for (std::size_t i = 0; i < count; ++i) zeros[i % 2] += bytes[i] == 0;
  if (zeros[0] + zeros[1] < 4 || (zeros[0] + zeros[1]) * 4 < count) return {};
  return zeros[1] > zeros[0] ? "UTF-16LE" : "UTF-16BE";
}

}  // namespace

std::string read_text_file(const std::string& path) {
  std::error_code failed;
  if (fs::is_regular_file(path, failed) && fs::file_size(path, failed) == 0 && !failed) return {};
  std::string text = read_whole(path, std::uint64_t{1} << 34);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  if (const std::string encoding = wide_encoding(text); !encoding.empty())
    throw sdk::DataError(path, "expected UTF-8 text, found UTF-16", -1, filter_command(path, fmt::format("iconv -f {} -t UTF-8", encoding), "utf8") + " makes a file that is read");
  if (const std::string kind = kind_by_begin(text); !kind.empty()) throw sdk::DataError(path, "expected a text, found " + kind);
  return text;
}

std::vector<std::string> read_lines(const std::string& path) {
  const std::string text = read_text_file(path);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

}  // namespace teranga::datasets
