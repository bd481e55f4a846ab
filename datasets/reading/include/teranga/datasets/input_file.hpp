// SPDX-License-Identifier: Apache-2.0
// A file read from front to back, plain or gzip (told by its first bytes, not by its name). What is wrong with it is a DataError that names it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct gzFile_s;

namespace teranga::datasets {

// What gzip may make of a file: numbers can be packed 1032 to 1, the most that there is; texts and archives hardly ever 100 to 1.
enum class Unpacked { numbers, text };

class InputFile {
 public:
  explicit InputFile(std::string path, Unpacked what = Unpacked::numbers);  // throws DataError where it is missing, no file, not readable or empty
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Exactly that many bytes, or a DataError saying that the file ends inside `what`.
  void read(void* to, std::uint64_t bytes, std::string_view what);
  // As many as there are up to `most` bytes; 0 at the end only.
  std::size_t read_some(void* to, std::size_t most);
  // True where not one byte is left.
  bool at_end();

  // Throws DataError where fewer than `bytes` come out of the file. Costs nothing but where they are many more than the file has: it is unpacked once for
  // that, a piece at a time, so that nobody asks for memory on the word of a header.
  void prove(std::uint64_t bytes, std::string_view what) const;

  // No more bytes than these can come out of the file: its size, or the most that gzip can make of it. Checked before memory is asked for. A text
  // that is larger than 256 MiB and 100 times the packed file is refused where it gets there.
  std::uint64_t most_bytes() const noexcept { return most_bytes_; }
  std::uint64_t size() const noexcept { return size_; }  // of the file
  bool packed() const noexcept { return packed_; }
  const std::string& path() const noexcept { return path_; }

 private:
  std::size_t read_piece(void* to, std::size_t most);

  std::string path_;
  Unpacked what_;
  std::uint64_t size_ = 0, taken_ = 0;  // bytes: of the file, and unpacked so far
  gzFile_s* file_ = nullptr;
  std::uint64_t most_bytes_ = 0;
  bool packed_ = false;
  bool ahead_ = false;  // one byte was read ahead by at_end()
  unsigned char next_ = 0;
};

// The whole file, a text or an archive; throws DataError where it has more than `most` bytes.
std::string read_whole(const std::string& path, std::uint64_t most);

}  // namespace teranga::datasets
