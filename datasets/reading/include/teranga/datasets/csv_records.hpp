// SPDX-License-Identifier: Apache-2.0
// A text table record by record: separators, quotes (a doubled quote stands for one, line ends inside are kept), LF, CRLF or CR, a UTF-8
// byte order mark, the line "sep=;" of spreadsheets, comments above the table; and the rows of an ARFF file, whose columns are declared above
// them. It knows the place of every cell; what the cells mean is not its business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/arff_header.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/table_marks.hpp>

namespace teranga::datasets {

struct Cell {
  std::string_view text;     // without quotes; blanks around an unquoted one are left out
  std::int64_t line = 0;     // 1-based
  std::int64_t column = 0;   // 1-based, in bytes
  bool quoted = false;
};

// What is known of a table before it is read.
struct RecordsRequest {
  char separator = 0;                    // 0: judged by the lines; ' ': any run of blanks
  std::vector<std::string> known_names;  // of columns: they settle a doubt
  bool blanks = true;                    // whether blanks may part cells, where the separator is judged
  bool any_bytes = false;                // whether cells may be no UTF-8: who asked repairs them
  bool unless_said = false;              // the separator that a line "sep=;" of the file says counts more
  Quotes quotes = Quotes::judged;        // between tabs
};

class CsvRecords {
 public:
  static constexpr std::size_t most_cell_bytes = std::size_t{1} << 20, most_record_bytes = std::size_t{1} << 28, most_cells = std::size_t{1} << 19;

  // Throws DataError; OptionError where the separator is in doubt.
  explicit CsvRecords(std::string path, const RecordsRequest& request = {});
  // Of a text that is no file; `name` is for messages.
  CsvRecords(std::string name, std::string text, const RecordsRequest& request);

  // The next record that is not blank; the cells are valid until the next call. False at the end. Throws DataError with file:line:column.
  bool next(std::vector<Cell>& cells);

  char separator() const noexcept { return separator_; }
  // What other tables of the same kind are read by.
  TableMarks marks() const noexcept { return {declared_ ? '\0' : separator_, quotes_}; }
  // For people: why the separator is this one; what was left out.
  const std::string& why() const noexcept { return why_; }
  const std::vector<std::string>& notes() const noexcept { return notes_; }
  // Of what was read so far: the first blank line between two records, or between two of those behind the first, which names the columns; 0: there is none.
  std::int64_t blank_line(bool named) const noexcept { return named ? blank_below_ : blank_line_; }
  // For people: of records that begin like the comments above the table; empty where there are none.
  std::string note_of_marked_rows() const;
  // Of an ARFF file; its records are rows, without one of names.
  const std::optional<ArffHeader>& declared() const noexcept { return declared_; }
  const std::string& path() const noexcept { return name_; }

 private:
  struct Span {
    std::size_t begin, end;
    std::int64_t line, column;
    bool quoted;
  };
  struct ReadThrough {
    bool fails = false;    // a quote is out of place
    bool even = true;      // all records have as many cells
    bool strange = false;  // a quoted cell holds a tab and the end of a line, or one that is not quoted holds a quote
    std::size_t names = 0;  // known ones in the first record
  };
  void open(const RecordsRequest& request);
  void judge_quotes(const RecordsRequest& request, bool whole);
  bool holds_quotes(bool whole) const;
  ReadThrough read_through(RecordsRequest request, Quotes quotes) const;
  void take_sample();
  void take_declarations();
  std::string take_line();
  int peek();
  int take();
  bool read_record();
  void read_quoted(Span& span, char quote);
  void read_plain(Span& span);
  void check_utf8() const;
  [[noreturn]] void fail(std::int64_t line, std::int64_t column, const std::string& text, const std::string& hint = {}) const;

  std::string name_;
  std::optional<InputFile> file_;  // none: all of the text is in piece_
  char separator_ = 0;
  bool any_bytes_ = false;
  Quotes quotes_ = Quotes::judged;  // judged: there are none between tabs, or the separator is another one
  std::string piece_;
  std::size_t at_ = 0, have_ = 0;
  std::int64_t line_ = 1, column_ = 1;
  std::string record_;
  std::vector<Span> spans_;
  std::string why_;
  std::vector<std::string> notes_;
  char comment_mark_ = 0;  // of the comments above the table
  std::int64_t blank_line_ = 0, blank_below_ = 0, records_ = 0, marked_ = 0, first_marked_ = 0;
  std::optional<ArffHeader> declared_;
};

// Another separator than the one that is asked for, which gives each record of the file the same number of cells, two or more; none where there is no such one.
std::optional<char> even_separator(const std::string& path, RecordsRequest request);

// "file:line:column", the place in a DataError.
std::string place(const std::string& path, std::int64_t line, std::int64_t column);

}  // namespace teranga::datasets
