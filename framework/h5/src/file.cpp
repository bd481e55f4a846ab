// SPDX-License-Identifier: Apache-2.0
// Opening, building and listing; data_set.cpp and attribute.cpp hold the rest of File.
#include "teranga/h5/file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hdf5_content.hpp"
#include "memory_check.hpp"
#include "object.hpp"
#include "pieces.hpp"
#include "remote_content.hpp"

namespace teranga::h5 {
namespace {

Handle access_list(const std::string& who) {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (!access || H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0) fail(ExitCode::failure, who, "cannot prepare to open");
  return access;
}

}  // namespace

File::File(File&& other) noexcept : File() { *this = std::move(other); }

File& File::operator=(File&& other) noexcept {
  std::swap(who_, other.who_);
  std::swap(content_, other.content_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  std::swap(changed_, other.changed_);
  std::swap(id_, other.id_);
  std::swap(memory_, other.memory_);
  return *this;
}

File::~File() {
  content_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  if (id_ < 0) return;
  start_call();
  H5Fclose(id_);
}

File File::open(const std::string& path) {
  const std::string who = fmt::format("HDF5 file '{}'", path);
  // What is no regular file must not hold anybody up: a pipe waits for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) throw Error(ExitCode::data, fmt::format("{}: {}", who, errno == ENOENT ? "no such file" : fmt::format("cannot be opened: {}", std::strerror(errno))));
  struct Closed {
    int descriptor;
    ~Closed() { ::close(descriptor); }
  } const closed{descriptor};
  return open_descriptor(descriptor, who);
}

File File::open_descriptor(int descriptor, const std::string& who) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw Error(ExitCode::data, fmt::format("{}: {}", who, std::strerror(errno)));
  if (!S_ISREG(status.st_mode)) throw Error(ExitCode::data, fmt::format("{}: not a regular file", who));
  File file;
  file.who_ = who;
  file.bytes_ = static_cast<std::uint64_t>(status.st_size);
  file.changed_[0] = status.st_mtim.tv_sec;
  file.changed_[1] = status.st_mtim.tv_nsec;
  file.descriptor_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  if (file.descriptor_ < 0) throw Error(ExitCode::failure, fmt::format("{}: {}", who, std::strerror(errno)));
  file.content_ = std::make_unique<RemoteContent>(file.descriptor_, file.bytes_, who);
  return file;
}

File File::open_image(std::span<const std::byte> bytes, const std::string& who) {
  const int descriptor = ::memfd_create("image", MFD_CLOEXEC);
  if (descriptor < 0) throw Error(ExitCode::failure, fmt::format("{}: no memory for it: {}", who, std::strerror(errno)));
  struct Closed {
    int descriptor;
    ~Closed() { ::close(descriptor); }
  } const closed{descriptor};
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw Error(ExitCode::failure, fmt::format("{}: no memory for it: {}", who, std::strerror(errno)));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return open_descriptor(descriptor, who);
}

File File::create_image(const std::string& who, std::size_t user_block) {
  require_memory(who);
  start_call();
  const Handle access = access_list(who);
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  auto memory = std::make_unique<PieceMemory>();
  // HDF5 1.8's format has all that is used here, any reader of the last ten years opens it, and its layout does not move.
  if (!creation || H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) < 0 || H5Pset_userblock(creation, user_block) < 0 ||
      H5Pset_obj_track_times(creation, false) < 0 || !build_in(access, *memory))
    fail(ExitCode::failure, who, "cannot be made in memory");
  const hid_t id = H5Fcreate("image", H5F_ACC_TRUNC, creation, access);
  if (id < 0) fail(ExitCode::failure, who, "cannot be made in memory");
  File file;
  file.who_ = who;
  file.id_ = id;
  file.content_ = std::make_unique<Hdf5Content>(id, who, UINT64_MAX);
  file.memory_ = std::move(memory);
  return file;
}

void File::require_unchanged() const {
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) return;
  if (static_cast<std::uint64_t>(status.st_size) != bytes_)
    throw Error(ExitCode::data, fmt::format("{}: wanted {} bytes as when it was opened, found {}", who_, bytes_, status.st_size), "leave the file alone while it is read");
  if (status.st_mtim.tv_sec != changed_[0] || status.st_mtim.tv_nsec != changed_[1])
    throw Error(ExitCode::data, fmt::format("{}: it was written to while it was read", who_), "leave the file alone while it is read");
}

void File::require_built(const std::string& what) const {
  if (!memory_) throw Error(ExitCode::failure, fmt::format("{}: {}: wanted a file that is being built", who_, what));
}

Pieces File::pieces() const {
  require_built("its bytes");
  start_call();
  if (H5Fflush(id_, H5F_SCOPE_LOCAL) < 0) fail(ExitCode::failure, who_, "cannot be flushed to memory");
  return memory_->pieces(end_of(id_));
}

std::vector<std::byte> File::image() const {
  std::vector<std::byte> bytes;
  for (const std::span<const std::byte> piece : pieces().all) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

bool File::has(const std::string& path) const { return content_->has(path); }

std::vector<Child> File::list(const std::string& group) const { return content_->list(group); }

bool File::has_attribute(const std::string& object, const std::string& name) const { return content_->has_attribute(object, name); }

Attribute File::attribute(const std::string& object, const std::string& name) const { return content_->attribute(object, name); }

std::vector<NamedAttribute> File::attributes(const std::string& object) const { return content_->attributes(object); }

void File::end_reading() const { content_->end_reading(); }

void File::make_group(const std::string& group) {
  require_built(fmt::format("group '{}'", group));
  start_call();
  std::string whole;
  for (const std::string& part : parts_of(group)) {
    whole += "/" + part;
    const htri_t there = H5Lexists(id_, whole.c_str(), H5P_DEFAULT);
    if (there > 0) continue;
    const Handle creation(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    if (there < 0 || !creation || H5Pset_obj_track_times(creation, false) < 0)
      fail(ExitCode::failure, who_, fmt::format("cannot make group '{}'", whole));
    const Handle made(H5Gcreate2(id_, whole.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Gclose);
    if (!made) fail(ExitCode::failure, who_, fmt::format("cannot make group '{}'", whole));
  }
}

}  // namespace teranga::h5
