// SPDX-License-Identifier: Apache-2.0
#include "text_files.hpp"

#include "column_hints.hpp"
#include "log.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/value.hpp>
#include <teranga/datasets/csv_records.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/numbered_names.hpp>
#include <teranga/datasets/number_form.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/datasets/separator.hpp>
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

std::string in_small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
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

// A number is a place: the first row of a table without names may well hold a 1.
bool is_word(const WantedColumn& column) { return column.name.find_first_not_of("-0123456789") != std::string::npos; }

// Where `name` is among the cells of the first line, or npos.
std::size_t place_by_name(const std::string& name, const std::vector<std::string>& first) {
  const auto at = std::find(first.begin(), first.end(), name);
  return at == first.end() ? std::string::npos : static_cast<std::size_t>(at - first.begin());
}

std::size_t place_by_number(const std::string& name, std::size_t columns) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), number);
  const auto count = static_cast<std::int64_t>(columns);
  if (bad != std::errc() || end != name.data() + name.size() || number == 0 || std::abs(number) > count) return std::string::npos;
  return static_cast<std::size_t>(number > 0 ? number - 1 : count + number);
}

struct Places {
  bool header = false;
  std::vector<std::size_t> columns;
};

// The column that was most likely meant: of those that no other option names, the one of the nearest name, else the first for the first option and the last for
// others. By number where the table has no line of names.
std::string likely_column(const WantedColumn& column, const std::vector<WantedColumn>& wanted, bool named, const std::vector<std::string>& first) {
  const bool leads = column.option == wanted.front().option;
  std::vector<std::string> free;
  for (const std::string& name : first)
    if (std::none_of(wanted.begin(), wanted.end(), [&](const WantedColumn& other) { return other.name == name; })) free.push_back(name);
  if (!named || free.empty()) return leads ? "1" : fmt::format("{}", first.size());
  return nearest_name(column.name, free).value_or(leads ? free.front() : free.back());
}

// The names of the wanted columns are those that the training learnt: no option can choose others.
[[noreturn]] void refuse_columns(const std::string& path, const WantedColumn& column, const std::vector<std::string>& first) {
  std::vector<std::string> shown;
  for (const std::string& cell : first) shown.push_back(fmt::format("\"{}\"", cell.substr(0, 40)));
  const auto near = nearest_name(column.name, first);
  throw sdk::DataError(path, fmt::format("expected the columns of the training, found none called \"{}\"; there are {}", column.name, fmt::join(shown, ", ")), -1,
                       near && is_word(column) ? fmt::format("rename the column \"{}\" to \"{}\"", *near, column.name) : "");
}

// `others`: whether an option may choose other columns.
Places find_places(const std::string& path, const std::vector<WantedColumn>& wanted, const std::string& header, const std::vector<std::string>& first, bool others) {
  Places places;
  const auto by_name = [&](const WantedColumn& column) { return is_word(column) && place_by_name(column.name, first) != std::string::npos; };
  places.header = header == "true" || (header == "auto" && std::any_of(wanted.begin(), wanted.end(), by_name));
  if (header == "auto" && !places.header && may_be_numbered_names(first, false))
    throw sdk::OptionError("header", fmt::format("{}: cannot tell whether the first line names the columns: \"{}\" and \"{}\" may be names or values", path, first[first.size() - 2], first.back()), "header = \"true\", or header = \"false\"");
  for (const WantedColumn& column : wanted) {
    std::size_t at = places.header ? place_by_name(column.name, first) : std::string::npos;
    if (at == std::string::npos) at = place_by_number(column.name, first.size());
    if (at == std::string::npos) {
      const bool named = places.header || (header == "auto" && is_word(column) && may_be_names(first));  // whoever asks by name believes in names
      if (!others) refuse_columns(path, column, first);
      std::vector<std::string> shown;
      for (const std::string& cell : first) shown.push_back(fmt::format("\"{}\"", cell.substr(0, 40)));
      throw sdk::OptionError(column.option, fmt::format("{}: expected one of the {} columns {} of its first line, or a number from 1 to {}, found \"{}\"", path, first.size(),
                                                        fmt::join(shown, ", "), first.size(), column.name),
                             first.size() < wanted.size() ? "" : fmt::format("{} = \"{}\"", column.option, likely_column(column, wanted, named, first)));
    }
    places.columns.push_back(at);
  }
  return places;
}

}  // namespace

char separator_of(const std::string& text) {
  if (text == "auto") return 0;
  if (text == "tab" || text == "\t") return '\t';
  if (text == "space") return ' ';
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && text[0] != ' ') return text[0];
  throw sdk::OptionError("separator", fmt::format("expected \"auto\", \"tab\", \"space\" or one character, found \"{}\"", text), "separator = \"auto\"");
}

std::vector<sdk::OptionSpec> table_options(bool blanks) {
  return {sdk::text("header", "auto").choices({"auto", "true", "false"}).says("whether the first line of a table names its columns; auto: it does where it holds a wanted name that is no number"),
          sdk::text("separator", "auto").says(fmt::format("of a table: one character, \"tab\" or \"space\" (any run of blanks); auto: , ; tab{}, by the lines", blanks ? ", | or space" : " or |"))};
}

TableColumns TableColumns::of(const sdk::Options& options) {
  TableColumns columns;
  if (options.has("text_column")) columns.text = options.text("text_column");
  if (options.has("label_column")) columns.label = options.text("label_column");
  columns.header = options.text("header");
  columns.separator = separator_of(options.text("separator"));
  return columns;
}

namespace {

// The option that says it, where it gives each line the same number of cells.
std::optional<std::string> other_separator(const std::string& path, const RecordsRequest& request) {
  const auto other = even_separator(path, request);
  return other ? std::optional("separator = " + written_separator(*other)) : std::nullopt;
}

// With another separator than the table's, each line is one cell.
void check_width(const std::string& path, const std::vector<WantedColumn>& wanted, const RecordsRequest& request, const std::vector<std::string>& first) {
  if (request.separator == 0 || first.size() > 1 || wanted.size() < 2) return;
  if (const auto other = even_separator(path, request))
    throw sdk::OptionError("separator", fmt::format("{}: expected cells between {}, found one cell in each line (\"{}\")", path, written_separator(request.separator), first[0].substr(0, 60)), fmt::format("separator = {}", written_separator(*other)));
}

}  // namespace

namespace {

// The first record, where the separator that is asked for parts it; none where the file says another one or a quote is out of place.
std::vector<std::string> first_cells(const std::string& path, const RecordsRequest& request) {
  CsvRecords records(path, request);
  std::vector<Cell> cells;
  std::vector<std::string> first;
  if (records.declared() || records.separator() != request.separator) return first;
  try {
    records.next(cells);
  } catch (const sdk::DataError&) {
  }
  for (const Cell& cell : cells) first.emplace_back(cell.text);
  return first;
}

// Whether the separator of the training, which `request` asks for, finds the wanted columns in the first line. One cell may be a column of its own, or a whole line of another
// separator: where that is in doubt, it asks.
bool learnt_separator_fits(const std::string& path, const std::vector<WantedColumn>& wanted, const RecordsRequest& request) {
  const std::vector<std::string> first = first_cells(path, request);
  if (first.empty()) return false;
  const auto named = [&](const WantedColumn& column) { return is_word(column) && place_by_name(column.name, first) != std::string::npos; };
  if (std::any_of(wanted.begin(), wanted.end(), named)) return true;
  const auto there = [&](const WantedColumn& column) { return !is_word(column) && place_by_number(column.name, first.size()) != std::string::npos; };
  if (first.size() > 1) return std::all_of(wanted.begin(), wanted.end(), there);
  if (!there(wanted.front())) return false;
  const auto other = how_written(first[0]) == Written::no_number ? even_separator(path, request) : std::nullopt;
  if (other)
    throw sdk::OptionError("separator", fmt::format("{}: cannot tell what separates the cells: with {}, as in the training table, each line is one cell, and {} parts all lines alike", path, written_separator(request.separator), written_separator(*other)),
                           fmt::format("{0} = {1}, or {0} = {2}", "separator", written_separator(request.separator), written_separator(*other)));
  return true;
}

RecordsRequest records_request(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& asked) {
  RecordsRequest request{.separator = asked.separator, .known_names = {}, .blanks = asked.blanks, .any_bytes = true, .quotes = asked.learnt.quotes};
  for (const WantedColumn& column : wanted)
    if (is_word(column)) request.known_names.push_back(column.name);  // a number is a place, and may well be a value
  if (asked.separator != 0 || asked.learnt.separator == 0) return request;
  request.separator = asked.learnt.separator;
  request.unless_said = true;
  if (!learnt_separator_fits(path, wanted, request)) request.separator = 0;
  return request;
}

}  // namespace

TableSeen read_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const TableRequest& asked,
                       const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take) {
  const RecordsRequest request = records_request(path, wanted, asked);
  CsvRecords records(path, request);
  std::vector<Cell> cells;
  std::vector<std::string> first;
  if (records.declared())
    for (const ArffAttribute& attribute : records.declared()->attributes) first.push_back(attribute.name);
  else if (!records.next(cells)) throw sdk::DataError(path, "expected rows, found blank lines only");
  for (const Cell& cell : cells) first.emplace_back(cell.text);
  check_width(path, wanted, request, first);
  const Places places = find_places(path, wanted, records.declared() ? "true" : asked.header, first, asked.other_columns);
  std::vector<std::string_view> found(wanted.size());
  std::int64_t rows = 0;
  for (bool more = !places.header || records.next(cells); more; more = records.next(cells)) {
    if (cells.size() != first.size())
      throw sdk::DataError(place(path, cells[0].line, 1), fmt::format("expected {} cells as in the first line, found {}", first.size(), cells.size()), rows,
                           other_separator(path, request).value_or(fmt::format("a cell that holds {} stands in quotes: \"...\"", written_separator(records.separator()))));
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = cells[places.columns[i]].text;
    take(found, fmt::format("{}:{}", path, cells[0].line));
    ++rows;
  }
  if (rows == 0) throw sdk::DataError(path, "expected rows under the line of column names, found none");
  std::vector<std::string> notes = records.notes();
  if (const std::string note = records.note_of_marked_rows(); !note.empty()) notes.push_back(note);
  for (const std::string& note : notes) log(TRG_LOG_INFO, fmt::format("{}: {}", path, note));
  return {places.header, records.marks(), first.size(), records.blank_line()};
}

void read_tab_columns(const std::string& path, const std::vector<WantedColumn>& wanted, const std::string& header,
                      const std::function<void(const std::vector<std::string_view>& cells, const std::string& where)>& take) {
  const std::vector<std::string> lines = read_lines(path);
  Places places;
  std::vector<std::string_view> cells, found(wanted.size());
  std::int64_t rows = -1;  // -1: the first line is to come
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find_first_not_of(" \t") == std::string::npos) continue;
    cells.clear();
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
      end = lines[i].find('\t', begin);
      cells.push_back(std::string_view(lines[i]).substr(begin, end == std::string::npos ? end : end - begin));
    }
    if (rows < 0) {
      const std::vector<std::string> first(cells.begin(), cells.end());
      check_width(path, wanted, {.separator = '\t', .known_names = {}, .blanks = false}, first);
      places = find_places(path, wanted, header, first, true);
      rows = 0;
      if (places.header) continue;
    }
    for (std::size_t c = 0; c < found.size(); ++c) {
      if (places.columns[c] >= cells.size())
        throw sdk::DataError(fmt::format("{}:{}", path, i + 1), fmt::format("expected {} cells or more between tabs, found {}", places.columns[c] + 1, cells.size()), rows,
                             "write all cells of the line, with a tab between them");
      found[c] = cells[places.columns[c]];
    }
    take(found, fmt::format("{}:{}", path, i + 1));
    ++rows;
  }
  if (rows <= 0) throw sdk::DataError(path, "expected rows, found none");
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
      if (cells[1].empty()) throw sdk::DataError(where, fmt::format("expected a label in the column \"{}\", found none", columns.label), -1, "leave out rows without a label");
      take(std::string(cells[0]), cells[1], where);
    });
  } catch (const sdk::OptionError& error) {
    if (error.where != "text_column" || error.hint.empty()) throw;
    throw sdk::OptionError("text_column", error.what(), likely_text_column(path, columns));
  }
}

namespace {

// The label column may be missing: it is what is to be told.
void read_labelled_or_not(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  const auto read = [&](const std::vector<WantedColumn>& wanted) {
    read_columns(path, wanted, {columns.header, columns.separator, learnt}, [&](const std::vector<std::string_view>& cells, const std::string& where) { take(std::string(cells[0]), cells.size() > 1 ? cells[1] : "", where); });
  };
  const WantedColumn text{"text_column", columns.text}, label{"label_column", columns.label};
  if (columns.label.empty()) {
    read({text});
    return;
  }
  try {
    read({text, label});
  } catch (const sdk::OptionError& error) {
    if (error.where != label.option && error.where != "separator") throw;
    read({text});
  }
}

// A file of sentences may have the name of a table.
void read_new_table(const std::string& path, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  if (columns.text.empty()) throw sdk::OptionError("text_column", fmt::format("{}: a table needs the name or number of the column of texts", path), new_text_hint(path, columns));
  try {
    read_labelled_or_not(path, columns, learnt, take);
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
  return path.substr(0, end - 4) + ".txt" + path.substr(end);
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

void read_new_texts(const sdk::Input& input, const TableColumns& columns, TableMarks learnt, const TakeText& take) {
  for (const std::string& text : input.texts) take(text, "", "--text");
  for (const std::string& path : input.paths) {
    if (fs::is_directory(path)) {
      read_new_folder(path, take);
    } else if (has_table_name(path)) {
      read_new_table(path, columns, learnt, take);
    } else if (!columns.text.empty() && is_tab_table(path)) {
      log(TRG_LOG_INFO, fmt::format("{}: its cells stand between tabs, so it is read as a table, as that of the training is; a text a line has no tabs", path));
      TableColumns tabs = columns;
      tabs.separator = '\t';
      read_new_table(path, tabs, learnt, take);
    } else {
      const std::vector<std::string> lines = read_lines(path);
      for (std::size_t i = 0; i < lines.size(); ++i) take(lines[i], "", fmt::format("{}:{}", path, i + 1));
      if (lines.empty()) throw sdk::DataError(path, "expected texts, one a line, found none");
    }
  }
}

namespace {

// What people call a file that is no text, by its first bytes; empty where they tell nothing.
std::string kind_by_begin(std::string_view bytes) {
  for (const auto& [begin, kind] : {std::pair<std::string_view, const char*>{"\x89PNG", "a PNG picture"}, {"\xff\xd8\xff", "a JPEG picture"}, {"GIF8", "a GIF picture"}, {"%PDF-", "a PDF document"},
                                    {"PK\x03\x04", "a zip archive, as those of office documents are"}, {"\xd0\xcf\x11\xe0", "an office document"}, {"\x93NUMPY", "an array"}, {"\x89HDF", "an HDF5 file"}})
    if (bytes.starts_with(begin)) return kind;
  return {};
}

}  // namespace

std::string read_text_file(const std::string& path) {
  std::error_code failed;
  if (fs::is_regular_file(path, failed) && fs::file_size(path, failed) == 0 && !failed) return {};
  std::string text = read_whole(path, std::uint64_t{1} << 34);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
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
