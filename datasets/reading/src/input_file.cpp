// SPDX-License-Identifier: Apache-2.0
// Reading through zlib, which passes plain files through.
#include <teranga/datasets/input_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <zlib.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr std::uint64_t most_inflation = 1032;  // deflate cannot do better
constexpr std::uint64_t most_text_inflation = 100, small_text = std::uint64_t{256} << 20;
constexpr std::uint64_t believed_inflation = 8;  // of numbers, without a look

std::uint64_t times(std::uint64_t size, std::uint64_t factor) { return size > UINT64_MAX / factor ? UINT64_MAX : size * factor; }

constexpr std::uint64_t believed_size = std::uint64_t{16} << 20;

std::uint64_t unpacked_bytes(const std::string& path) {
  InputFile file(path, Unpacked::text);
  std::string piece(1 << 18, '\0');
  std::uint64_t bytes = 0;
  while (const std::size_t got = file.read_some(piece.data(), piece.size())) bytes += got;
  return bytes;
}

}  // namespace

InputFile::InputFile(std::string path, Unpacked what) : path_(std::move(path)), what_(what) {
  // What is no regular file must not hold anybody up: a pipe waits for a writer.
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0 && errno == ENOENT)
    throw sdk::DataError(path_, "there is no such file", -1, look_hint(path_));
  if (descriptor < 0) throw sdk::DataError(path_, fmt::format("cannot be opened: {}", std::strerror(errno)));
  struct stat status {};
  const bool known = ::fstat(descriptor, &status) == 0;
  if (!known || !S_ISREG(status.st_mode) || status.st_size == 0) {
    ::close(descriptor);
    throw sdk::DataError(path_, known && S_ISDIR(status.st_mode) ? "expected a file, found a folder" : known && S_ISREG(status.st_mode) ? "expected data, found an empty file (0 bytes)" : "expected an ordinary file");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  file_ = gzdopen(descriptor, "rb");
  if (!file_) {
    ::close(descriptor);
    throw sdk::DataError(path_, "cannot be opened: out of memory");
  }
  gzbuffer(file_, 256 * 1024);
  packed_ = gzdirect(file_) == 0;
  most_bytes_ = packed_ ? times(size_, most_inflation) : size_;
}

InputFile::~InputFile() {
  if (file_) gzclose(file_);
}

namespace {

// zlib calls a file by its number: "<fd:3>: invalid block type".
std::string_view without_descriptor(std::string_view text) {
  const std::size_t end = text.starts_with("<fd:") ? text.find(">: ") : text.npos;
  return end == text.npos ? text : text.substr(end + 3);
}

}  // namespace

std::size_t InputFile::read_piece(void* to, std::size_t most) {
  const auto wanted = static_cast<unsigned>(std::min<std::size_t>(most, std::size_t{1} << 30));
  errno = 0;
  const int got = gzread(file_, to, wanted);
  if (got > 0) taken_ += static_cast<std::uint64_t>(got);
  if (packed_ && what_ == Unpacked::text && taken_ > std::max(small_text, times(size_, most_text_inflation)))
    throw sdk::DataError(path_, fmt::format("its {} bytes unpack to more than {} times as many, which is no text", size_, most_text_inflation), -1, in_small_letters(path_).ends_with(".gz") ? "where it is one, unpack it first: gzip -dk " + shell_word(path_) : "");
  if (got == static_cast<int>(wanted)) return wanted;
  int code = Z_OK;
  const int why = errno;
  const char* text = gzerror(file_, &code);
  if (code == Z_BUF_ERROR)
    throw sdk::DataError(path_, "the gzip data end too early: the file is truncated", -1, "fetch the file again, then check it with: gzip -t " + shell_word(path_));
  if (code == Z_ERRNO) throw sdk::DataError(path_, fmt::format("cannot be read: {}", std::strerror(why)));
  if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
    throw sdk::DataError(path_, fmt::format("the gzip data are damaged: {}", without_descriptor(text)), -1, "fetch the file again, then check it with: gzip -t " + shell_word(path_));
  return static_cast<std::size_t>(got);
}

std::size_t InputFile::read_some(void* to, std::size_t most) {
  if (most == 0) return 0;
  if (ahead_) {
    *static_cast<unsigned char*>(to) = next_;
    ahead_ = false;
    return 1;
  }
  return read_piece(to, most);
}

void InputFile::read(void* to, std::uint64_t bytes, std::string_view what) {
  std::uint64_t done = 0;
  while (done < bytes) {
    const std::size_t got = read_some(static_cast<char*>(to) + done, static_cast<std::size_t>(bytes - done));
    if (got == 0)
      throw sdk::DataError(path_, fmt::format("ends inside {}: expected {} bytes, found {}", what, bytes, done), -1,
                           "the file is truncated; fetch it again");
    done += got;
  }
}

void InputFile::prove(std::uint64_t bytes, std::string_view what) const {
  if (!packed_ || bytes <= times(size_, believed_inflation)) return;
  InputFile again(path_);
  std::string piece(1 << 18, '\0');
  std::uint64_t found = 0;
  while (found < bytes) {
    const std::size_t got = again.read_some(piece.data(), piece.size());
    if (got == 0)
      throw sdk::DataError(path_, fmt::format("ends inside {}: expected {} bytes, found {}", what, bytes, found), -1, "the file is truncated or its header is damaged; fetch it again");
    found += got;
  }
}

bool InputFile::at_end() {
  if (ahead_) return false;
  ahead_ = read_piece(&next_, 1) == 1;
  return !ahead_;
}

std::string read_whole(const std::string& path, std::uint64_t most) {
  InputFile file(path, Unpacked::text);
  std::string bytes;
  std::string piece(std::min<std::uint64_t>(file.most_bytes(), 1 << 20), '\0');
  bool counted = false;
  while (const std::size_t got = file.read_some(piece.data(), piece.size())) {
    if (bytes.size() + got > most) throw sdk::DataError(path, fmt::format("expected at most {} bytes, found more", most));
    // Few texts pack so well: it is counted once, a piece at a time, before more memory is taken.
    if (!counted && bytes.size() + got > std::max(believed_size, times(file.size(), believed_inflation))) {
      bytes.reserve(unpacked_bytes(path));
      counted = true;
    }
    bytes.append(piece, 0, got);
  }
  return bytes;
}

}  // namespace teranga::datasets
