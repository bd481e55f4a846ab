// SPDX-License-Identifier: Apache-2.0
#include <teranga/zip/archive.hpp>

#include <set>
#include <utility>

#include <zip.h>

namespace teranga::zip {
namespace {

Damage damage_of(zip_error_t* error) {
  Damage out{zip_error_strerror(error)};
  zip_error_fini(error);
  return out;
}

// libzip finds names that come twice as it compares the directory with the members; without that they can be told.
template <class Open>
zip_t* opened(Open&& open) {
  zip_error_t error;
  for (const int checked : {ZIP_CHECKCONS, 0}) {
    zip_error_init(&error);
    if (zip_t* const archive = open(ZIP_RDONLY | checked, &error)) return archive;
    if (zip_error_code_zip(&error) != ZIP_ER_EXISTS) break;
  }
  throw damage_of(&error);
}

}  // namespace

struct Archive::Handle {
  explicit Handle(zip_t* from) : archive(from) {}
  ~Handle() { zip_discard(archive); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  zip_t* archive;
};

struct Member::Handle {
  explicit Handle(zip_file_t* opened) : file(opened) {}
  ~Handle() { zip_fclose(file); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  zip_file_t* file;
};

Member::Member(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Member::Member(Member&&) noexcept = default;
Member& Member::operator=(Member&&) noexcept = default;
Member::~Member() = default;

std::size_t Member::read(void* to, std::size_t most) {
  const zip_int64_t found = zip_fread(handle_->file, to, most);
  if (found < 0) throw Damage{zip_file_strerror(handle_->file)};
  return static_cast<std::size_t>(found);
}

Archive::Archive(const std::string& path)
    : handle_(std::make_unique<Handle>(opened([&](int flags, zip_error_t* error) {
        int code = 0;
        zip_t* const archive = zip_open(path.c_str(), flags, &code);
        if (!archive) zip_error_init_with_code(error, code);
        return archive;
      }))) {
  list();
}

Archive::Archive(std::span<const std::byte> image)
    : handle_(std::make_unique<Handle>(opened([&](int flags, zip_error_t* error) -> zip_t* {
        zip_source_t* const source = zip_source_buffer_create(image.data(), image.size(), 0, error);
        if (!source) return nullptr;
        zip_t* const archive = zip_open_from_source(source, flags, error);
        if (!archive) zip_source_free(source);
        return archive;
      }))) {
  list();
}

Archive::Archive(Archive&&) noexcept = default;
Archive& Archive::operator=(Archive&&) noexcept = default;
Archive::~Archive() = default;

void Archive::list() {
  const zip_int64_t count = zip_get_num_entries(handle_->archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t found;
    zip_stat_init(&found);
    if (zip_stat_index(handle_->archive, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW, &found) != 0) throw Damage{zip_strerror(handle_->archive)};
    Entry entry;
    if (found.valid & ZIP_STAT_NAME) entry.name = found.name;
    entry.bytes = found.size, entry.packed = found.comp_size;
    entry.method = found.comp_method;
    entry.encrypted = found.encryption_method != ZIP_EM_NONE;
    entries_.push_back(std::move(entry));
  }
}

std::optional<std::string> Archive::double_name() const {
  std::set<std::string> names;
  for (const Entry& entry : entries_)
    if (!names.insert(entry.name).second) return entry.name;
  return std::nullopt;
}

Member Archive::open(std::size_t entry) const {
  zip_file_t* const opened = zip_fopen_index(handle_->archive, entry, 0);
  if (!opened) throw Damage{zip_strerror(handle_->archive)};
  return Member(std::make_unique<Member::Handle>(opened));
}

}  // namespace teranga::zip
