// SPDX-License-Identifier: Apache-2.0
// Reading through zlib, which passes plain files through.
#include <teranga/datasets/input_file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <zlib.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr std::uint64_t most_inflation = 1032;  // deflate cannot do better

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  std::error_code failed;
  const std::filesystem::file_status status = std::filesystem::status(path_, failed);
  if (!std::filesystem::exists(status))
    throw sdk::DataError(path_, "there is no such file", -1, "a path in a recipe is seen from the recipe's folder; look with: ls -l " + path_);
  if (!std::filesystem::is_regular_file(status))
    throw sdk::DataError(path_, std::filesystem::is_directory(status) ? "expected a file, found a folder" : "expected an ordinary file");
  const std::uintmax_t size = std::filesystem::file_size(path_, failed);
  if (failed) throw sdk::DataError(path_, "cannot be read: " + failed.message());
  if (size == 0) throw sdk::DataError(path_, "expected data, found an empty file (0 bytes)");
  errno = 0;
  file_ = gzopen(path_.c_str(), "rb");
  if (!file_) throw sdk::DataError(path_, fmt::format("cannot be opened: {}", errno ? std::strerror(errno) : "out of memory"));
  gzbuffer(file_, 256 * 1024);
  most_bytes_ = gzdirect(file_) ? size : size > UINT64_MAX / most_inflation ? UINT64_MAX : size * most_inflation;
}

InputFile::~InputFile() {
  if (file_) gzclose(file_);
}

std::size_t InputFile::read_piece(void* to, std::size_t most) {
  const auto wanted = static_cast<unsigned>(std::min<std::size_t>(most, std::size_t{1} << 30));
  errno = 0;
  const int got = gzread(file_, to, wanted);
  if (got == static_cast<int>(wanted)) return wanted;
  int code = Z_OK;
  const int why = errno;
  const char* text = gzerror(file_, &code);
  if (code == Z_BUF_ERROR)
    throw sdk::DataError(path_, "the gzip data end too early: the file is truncated", -1, "fetch the file again, then check it with: gzip -t " + path_);
  if (code == Z_ERRNO) throw sdk::DataError(path_, fmt::format("cannot be read: {}", std::strerror(why)));
  if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
    throw sdk::DataError(path_, fmt::format("the gzip data are damaged: {}", text), -1, "fetch the file again, then check it with: gzip -t " + path_);
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

bool InputFile::at_end() {
  if (ahead_) return false;
  ahead_ = read_piece(&next_, 1) == 1;
  return !ahead_;
}

std::string read_whole(const std::string& path, std::uint64_t most) {
  InputFile file(path);
  std::string bytes;
  std::string piece(std::min<std::uint64_t>(file.most_bytes(), 1 << 20), '\0');
  while (const std::size_t got = file.read_some(piece.data(), piece.size())) {
    if (bytes.size() + got > most) throw sdk::DataError(path, fmt::format("expected at most {} bytes, found more", most));
    bytes.append(piece, 0, got);
  }
  return bytes;
}

}  // namespace teranga::datasets
