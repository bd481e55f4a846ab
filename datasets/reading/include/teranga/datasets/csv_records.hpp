// SPDX-License-Identifier: Apache-2.0
// A text table record by record: separators, quotes (a doubled quote stands for one, line ends inside are kept), LF, CRLF or CR, a UTF-8
// byte order mark. It knows the place of every cell; what the cells mean is not its business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/input_file.hpp>

namespace teranga::datasets {

struct Cell {
  std::string_view text;     // without quotes; blanks around an unquoted one are left out
  std::int64_t line = 0;     // 1-based
  std::int64_t column = 0;   // 1-based, in bytes
  bool quoted = false;
};

class CsvRecords {
 public:
  static constexpr std::size_t most_record_bytes = std::size_t{1} << 20;

  // separator 0: told by the first line. ' ': any run of blanks. Throws DataError.
  CsvRecords(std::string path, char separator);

  // The next record that is not blank; the cells are valid until the next call. False at the end. Throws DataError with file:line:column.
  bool next(std::vector<Cell>& cells);

  char separator() const noexcept { return separator_; }
  const std::string& path() const noexcept { return file_.path(); }

 private:
  struct Span {
    std::size_t begin, end;
    std::int64_t line, column;
    bool quoted;
  };
  int peek();
  int take();
  bool read_record();
  void read_quoted(Span& span);
  char guess_separator();
  [[noreturn]] void fail(std::int64_t line, std::int64_t column, const std::string& text, const std::string& hint = {}) const;

  InputFile file_;
  char separator_;
  std::vector<char> piece_;
  std::size_t at_ = 0, have_ = 0;
  std::int64_t line_ = 1, column_ = 1;
  std::string record_;
  std::vector<Span> spans_;
};

// "file:line:column", the place in a DataError.
std::string place(const std::string& path, std::int64_t line, std::int64_t column);

}  // namespace teranga::datasets
