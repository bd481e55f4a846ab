// SPDX-License-Identifier: Apache-2.0
#include <teranga/zip/write.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <zip.h>

#include <teranga/core/error.hpp>

namespace teranga::zip {
namespace {

constexpr std::time_t no_time = 315532800;  // 1980-01-01, where the times of the format begin

// An archive that is being made; it leaves nothing behind where it is not finished.
class Making {
 public:
  explicit Making(const std::string& path) : place_(path + ".new"), path_(path) {
    std::remove(place_.c_str());
    int code = 0;
    archive_ = zip_open(place_.c_str(), ZIP_CREATE | ZIP_EXCL, &code);
    if (archive_) return;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    fail(why);
  }
  ~Making() {
    if (!archive_) return;
    zip_discard(archive_);
    std::remove(place_.c_str());
  }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

  void add(const NewMember& member) {
    zip_source_t* const source = zip_source_buffer(archive_, member.bytes.data(), member.bytes.size(), 0);
    if (!source) fail(zip_strerror(archive_));
    const zip_int64_t index = zip_file_add(archive_, member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      fail(zip_strerror(archive_));
    }
    const auto number = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive_, number, ZIP_CM_STORE, 0) != 0 || zip_file_set_mtime(archive_, number, no_time, 0) != 0) fail(zip_strerror(archive_));
  }

  void finish() {
    if (zip_close(archive_) != 0) fail(zip_strerror(archive_));
    archive_ = nullptr;
    if (std::rename(place_.c_str(), path_.c_str()) == 0) return;
    const std::string why = std::strerror(errno);
    std::remove(place_.c_str());
    fail(why);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", path_, why)); }

  std::string place_, path_;
  zip_t* archive_ = nullptr;
};

}  // namespace

void write_archive(const std::string& path, const std::vector<NewMember>& members) {
  Making making(path);
  for (const NewMember& member : members) making.add(member);
  making.finish();
}

}  // namespace teranga::zip
