// SPDX-License-Identifier: Apache-2.0
// A file read from front to back, plain or gzip (told by its first bytes, not by its name). What is wrong with it is a DataError that names it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct gzFile_s;

namespace teranga::datasets {

class InputFile {
 public:
  explicit InputFile(std::string path);  // throws DataError where it is missing, no file, not readable or empty
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Exactly that many bytes, or a DataError saying that the file ends inside `what`.
  void read(void* to, std::uint64_t bytes, std::string_view what);
  // As many as there are up to `most` bytes; 0 at the end only.
  std::size_t read_some(void* to, std::size_t most);
  // True where not one byte is left.
  bool at_end();

  // No more bytes than these can come out of the file: its size, or the most that gzip can make of it. Checked before memory is asked for.
  std::uint64_t most_bytes() const noexcept { return most_bytes_; }
  const std::string& path() const noexcept { return path_; }

 private:
  std::size_t read_piece(void* to, std::size_t most);

  std::string path_;
  gzFile_s* file_ = nullptr;
  std::uint64_t most_bytes_ = 0;
  bool ahead_ = false;  // one byte was read ahead by at_end()
  unsigned char next_ = 0;
};

// The whole file; throws DataError where it has more than `most` bytes.
std::string read_whole(const std::string& path, std::uint64_t most);

}  // namespace teranga::datasets
