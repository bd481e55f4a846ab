// SPDX-License-Identifier: Apache-2.0
// What fuzz targets share. A target takes any bytes: it reads them as the product does and ends normally, or by an Error whose exit code says that the
// input is wrong. Everything else is a finding: another exit code, another exception, a crash, a hang, a flood of memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include <stdlib.h>

#include <teranga/core/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace teranga::fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

// Runs `body`; errors with these exit codes are allowed. Returns whether there was no error.
template <class F>
bool tried(std::initializer_list<ExitCode> allowed, F&& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    if (std::find(allowed.begin(), allowed.end(), error.code()) == allowed.end()) throw;
    return false;
  }
}

// A folder for the files of one process, under TMPDIR, removed at a normal end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "teranga-fuzz-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::string path = *this / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }

 private:
  std::string path_;
};

inline const Folder& folder() {
  static const Folder folder;
  return folder;
}

// The first byte of an input, which chooses among the ways to read the rest; it is taken off.
inline unsigned choice(std::string_view& input) {
  if (input.empty()) return 0;
  const unsigned chosen = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return chosen;
}

}  // namespace teranga::fuzz
