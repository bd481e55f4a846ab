// SPDX-License-Identifier: Apache-2.0
// A text table as typed columns. The first file settles the layout (separator, names, which column is what); every other file is held to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace teranga::datasets {

enum class ColumnUse { feature, target, ignored };
enum class ColumnKind { undecided, numbers, words };

struct ColumnLayout {
  std::string name;  // its number, where there is no header
  ColumnUse use = ColumnUse::feature;
  ColumnKind kind = ColumnKind::undecided;  // the first value that is not missing decides, where the recipe does not
};

// What the recipe says about the files.
struct CsvRequest {
  std::string header = "auto";  // "true", "false"
  char separator = 0;           // 0: guessed
  bool target_is_last = true;   // `targets` was left out
  std::vector<std::string> targets, ignored, categorical, missing_words;
  ColumnKind target_kind = ColumnKind::undecided;
  bool missing_is_error = true;
};

struct CsvLayout {
  char separator = 0;
  bool header = false;
  std::vector<ColumnLayout> columns;
};

// Of one file; exactly one of the two holds a value a row. A missing number is NaN, a missing word -1.
struct Column {
  std::vector<double> numbers;
  std::vector<std::int32_t> words;          // numbers of `vocabulary`
  std::vector<std::string> vocabulary;      // in order of appearance
  std::unordered_map<std::string, std::int32_t> index;
};

struct Table {
  std::string path;
  std::vector<Column> columns;       // as in the layout; empty where ignored
  std::vector<std::int64_t> lines;   // of each row
  std::int64_t rows() const noexcept { return static_cast<std::int64_t>(lines.size()); }
};

// With an empty layout the file settles it. Throws DataError with file:line:column, OptionError where a named column is not there.
Table read_table(const std::string& path, const CsvRequest& request, CsvLayout& layout);

}  // namespace teranga::datasets
