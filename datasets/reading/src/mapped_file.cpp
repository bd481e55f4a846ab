// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/mapped_file.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

std::shared_ptr<const MappedFile> MappedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return nullptr;
  const std::shared_ptr<MappedFile> file(new MappedFile(path, descriptor));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) return nullptr;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  // Some file systems of clusters refuse shared mappings; a private one that is only read has the same pages.
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (data == MAP_FAILED) return nullptr;
  file->data_ = static_cast<const std::byte*>(data);
  file->size_ = size;
  file->written_[0] = status.st_mtim.tv_sec, file->written_[1] = status.st_mtim.tv_nsec;
  file->read_ahead();
  return file;
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
  ::close(descriptor_);
}

// From front to back, which disks like better than the order of shuffled samples. The kernel takes a small piece at a time; what it has already costs nothing. A
// file that is larger than half of the memory would push out of it what was read first.
void MappedFile::read_ahead() const {
  constexpr std::uint64_t piece = 128 << 10;
  const auto memory = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L)) * static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
  if (size_ > memory / 2) return;
  for (std::uint64_t at = 0; at < size_; at += piece) ::posix_fadvise(descriptor_, static_cast<off_t>(at), static_cast<off_t>(std::min(piece, size_ - at)), POSIX_FADV_WILLNEED);
}

void MappedFile::require_unchanged() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return;
  if (static_cast<std::uint64_t>(status.st_size) != size_)
    throw sdk::DataError(path_, fmt::format("expected {} bytes as when it was opened, found {}", size_, status.st_size), -1, "leave the file alone while it is read");
  if (status.st_mtim.tv_sec != written_[0] || status.st_mtim.tv_nsec != written_[1])
    throw sdk::DataError(path_, "it was written to while it was read", -1, "leave the file alone while it is read");
}

}  // namespace teranga::datasets
