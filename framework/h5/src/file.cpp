// SPDX-License-Identifier: Apache-2.0
// Opening, building and listing; data_set.cpp and attribute.cpp hold the rest of File.
#include "teranga/h5/file.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "object.hpp"
#include "pieces.hpp"

namespace teranga::h5 {
namespace {

constexpr std::size_t growth = 1U << 20;  // bytes by which a file in memory grows

Handle access_list(const std::string& who) {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (!access || H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0) fail(ExitCode::failure, who, "cannot prepare to open");
  return access;
}

}  // namespace

File::File(std::int64_t id, std::string who, std::uint64_t bytes, bool on_disk) : id_(id), who_(std::move(who)), bytes_(bytes), on_disk_(on_disk) {}

File::File(File&& other) noexcept
    : id_(std::exchange(other.id_, -1)), who_(std::move(other.who_)), bytes_(other.bytes_), on_disk_(other.on_disk_), memory_(std::move(other.memory_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(who_, other.who_);
  std::swap(bytes_, other.bytes_);
  std::swap(on_disk_, other.on_disk_);
  std::swap(memory_, other.memory_);
  return *this;
}

File::~File() {
  if (id_ < 0) return;
  start_call();
  H5Fclose(id_);
}

File File::open(const std::string& path) {
  start_call();
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::is_regular_file(status)) {
    const char* what = !std::filesystem::exists(status) ? "no such file" : "not a regular file";
    throw Error(ExitCode::data, fmt::format("HDF5 file '{}': {}", path, what));
  }
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) throw Error(ExitCode::data, fmt::format("HDF5 file '{}': {}", path, error.message()));
  const Handle access = access_list(path);
  if (H5Pset_file_locking(access, 0, 1) < 0) fail(ExitCode::failure, path, "cannot turn file locks off");
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
  if (id < 0) fail(ExitCode::data, fmt::format("HDF5 file '{}'", path), "cannot be opened");
  return {id, fmt::format("HDF5 file '{}'", path), bytes, true};
}

File File::open_image(std::span<const std::byte> bytes, const std::string& who) {
  start_call();
  const Handle access = access_list(who);
  // HDF5 copies the image; it never writes to what it is given.
  if (bytes.empty() || H5Pset_fapl_core(access, growth, 0) < 0 ||
      H5Pset_file_image(access, const_cast<std::byte*>(bytes.data()), bytes.size()) < 0)
    fail(ExitCode::data, who, "cannot be opened from memory");
  const hid_t id = H5Fopen("image", H5F_ACC_RDONLY, access);
  if (id < 0) fail(ExitCode::data, who, "cannot be opened from memory");
  return {id, who, bytes.size(), false};
}

File File::create_image(const std::string& who, std::size_t user_block) {
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
  File file(id, who, UINT64_MAX, false);
  file.memory_ = std::move(memory);
  return file;
}

void File::require_whole() const {
  void* handle = nullptr;
  struct stat status {};
  if (!on_disk_ || H5Fget_vfd_handle(id_, H5P_DEFAULT, &handle) < 0 || handle == nullptr || ::fstat(*static_cast<const int*>(handle), &status) != 0) return;
  if (static_cast<std::uint64_t>(status.st_size) < bytes_)
    throw Error(ExitCode::data, fmt::format("{}: wanted {} bytes as when it was opened, found {}", who_, bytes_, status.st_size), "leave the file alone while it is read");
}

Pieces File::pieces() const {
  start_call();
  if (!memory_ || H5Fflush(id_, H5F_SCOPE_LOCAL) < 0) fail(ExitCode::failure, who_, "cannot be flushed to memory");
  return memory_->pieces(end_of(id_));
}

std::vector<std::byte> File::image() const {
  std::vector<std::byte> bytes;
  for (const std::span<const std::byte> piece : pieces().all) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

bool File::has(const std::string& path) const {
  start_call();
  const Found found = find(id_, path);
  return found.exists && found.refused.empty();
}

std::vector<Child> File::list(const std::string& group) const {
  start_call();
  const Child self = describe_object(id_, group, bytes_);
  if (self.kind != Kind::group)
    throw Error(ExitCode::data,
                fmt::format("{}: '{}': wanted a group, found {}", who_, group, self.reason.empty() ? "a data set" : self.reason));
  const Handle id(H5Gopen2(id_, absolute(group).c_str(), H5P_DEFAULT), H5Gclose);
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const H5L_info_t*, void* to) -> herr_t {
    static_cast<std::vector<std::string>*>(to)->emplace_back(name);
    return 0;
  };
  if (!id || H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names) < 0)
    fail(ExitCode::data, who_, fmt::format("cannot list '{}'", group));
  std::sort(names.begin(), names.end());
  std::vector<Child> children;
  children.reserve(names.size());
  for (const std::string& name : names) {
    if (name.empty() || name == "." || name == "..") {
      children.push_back({name, Kind::refused, Type::f32, {}, "a name that is no name"});
    } else {
      children.push_back(describe_object(id_, group + "/" + name, bytes_));
    }
  }
  return children;
}

void File::make_group(const std::string& group) {
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
