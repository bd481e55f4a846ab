// SPDX-License-Identifier: Apache-2.0
// A file that grows by whole lines, or by whole records of bytes. What a full disk refuses leaves no torn line and is not lost: it is kept, and written with the
// next line that finds room.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace teranga::train {

// The whole file at once, by another name first. Throws Error(failure).
void replace_file(const std::string& path, const std::string& text);

class LineFile {
 public:
  LineFile() = default;
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Appends to what is there; an empty file begins with that line. A file that is removed meanwhile begins anew, with a warning. Throws Error(failure) where it cannot be opened.
  void open(const std::string& path, std::string first_line = {});
  // `text` has no line end of its own. A failure is a warning, once until it is over.
  void add(const std::string& text) { add_record(text + "\n"); }
  void add_record(std::string bytes);  // as they are
  std::size_t kept() const noexcept { return kept_.size(); }  // lines that are not written yet
  void close();  // tries those once more; warns of lines that are lost

 private:
  void write_kept();
  int append(const std::string& line) const;  // 0, or errno: then the file is as long as before
  int begin_again();                          // where the file was removed: 0, or errno

  std::string path_, first_line_;
  int file_ = -1;
  bool warned_ = false;
  std::deque<std::string> kept_;  // lines with their ends
};

}  // namespace teranga::train
