// SPDX-License-Identifier: Apache-2.0
// A plain file in the address space of the process, for reading alone. Its pages are the ones that the kernel keeps of the file: all processes of a machine
// share them, and they do not count as memory of any one. A file must stay as it is while it is mapped. Where it becomes shorter during a read, the
// kernel ends the process with SIGBUS; at any other time, require_unchanged() tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace teranga::datasets {

class MappedFile {
 public:
  // Null where the file cannot be mapped: the caller then reads it, and tells what is wrong with it.
  static std::shared_ptr<const MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::byte* data() const noexcept { return data_; }
  std::uint64_t size() const noexcept { return size_; }  // bytes

  // Throws DataError where it has another size, or was written to, since it was opened.
  void require_unchanged() const;

 private:
  MappedFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  void read_ahead() const;

  std::string path_;
  int descriptor_;
  const std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
  std::int64_t written_[2] = {0, 0};  // when it was written last: s, ns
};

}  // namespace teranga::datasets
