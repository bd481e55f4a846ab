// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/npz_file.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/error.hpp>
#include <teranga/zip/archive.hpp>

#include <teranga/datasets/npy_array.hpp>

namespace teranga::datasets {

namespace {

// One member, unpacked as it is read; its checksum is compared at the end.
class MemberBytes : public ByteSource {
 public:
  MemberBytes(const zip::Archive& archive, std::size_t entry, std::string who) : archive_(archive), entry_(entry), of_(archive.entries()[entry]), who_(std::move(who)), member_(archive.open(entry)) {}

  std::uint64_t most_bytes() const override { return of_.bytes; }
  std::uint64_t left() const override { return of_.bytes - done_; }

  void read(void* to, std::uint64_t bytes, std::string_view what) override {
    require(bytes, what);
    auto* out = static_cast<char*>(to);
    while (bytes > 0) {
      const std::size_t found = next(out, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, 1u << 30)));
      if (found == 0) damaged();
      out += found, done_ += found, bytes -= found;
    }
  }

  void prove(std::uint64_t bytes, std::string_view what) override {
    require(bytes, what);
    if (of_.method == 0 || of_.bytes / 8 <= of_.packed) return;
    MemberBytes again(archive_, entry_, who_);
    std::string piece(1 << 18, '\0');
    while (again.left() > 0) again.read(piece.data(), std::min<std::uint64_t>(piece.size(), again.left()), what);
  }

  bool at_end() override {
    if (done_ != of_.bytes) return false;
    char beyond = 0;
    if (next(&beyond, 1) != 0) damaged();
    return true;
  }

 private:
  void require(std::uint64_t bytes, std::string_view what) const {
    if (bytes > left()) throw sdk::DataError(who_, fmt::format("ends inside {}: expected {} bytes, found {}", what, bytes, left()));
  }

  std::size_t next(void* to, std::size_t most) {
    try {
      return member_.read(to, most);
    } catch (const zip::Damage&) {
      if (done_ == of_.bytes) throw sdk::DataError(who_, "the array is damaged: its checksum does not match", -1, "fetch the file again");
      damaged();
    }
  }

  [[noreturn]] void damaged() const { throw sdk::DataError(who_, "the packed array is damaged", -1, "fetch the file again"); }

  const zip::Archive& archive_;
  std::size_t entry_;
  const zip::Entry& of_;
  std::string who_;
  zip::Member member_;
  std::uint64_t done_ = 0;
};

std::string without_suffix(const std::string& name) { return name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name; }

}  // namespace

NpzFile::NpzFile(const std::string& path) : path_(path) {
  if (!InputFile(path).packed()) file_ = MappedFile::open(path);
  if (!file_) unpacked_ = read_whole(path, UINT64_MAX);  // of a file in gzip, as much as of a text
  bytes_ = file_ ? std::string_view(reinterpret_cast<const char*>(file_->data()), file_->size()) : std::string_view(unpacked_);
  if (!bytes_.starts_with("PK"))
    throw sdk::DataError(path_, fmt::format("expected an npz file, which begins with 'PK', found {:02x} {:02x}", static_cast<unsigned char>(bytes_[0]), bytes_.size() > 1 ? static_cast<unsigned char>(bytes_[1]) : 0));
  try {
    archive_.emplace(std::as_bytes(std::span(bytes_)));
  } catch (const zip::Damage& damage) {
    damaged(damage.what);
  }
  if (const auto name = archive_->double_name())
    throw sdk::DataError(path_, fmt::format("holds two arrays of the name \"{}\"", without_suffix(*name)), -1,
                         fmt::format("in Python: f = np.load(\"{0}\"); np.savez(\"new.npz\", **{{name: f[name] for name in f.files}}), which keeps the last of each name", path_));
}

void NpzFile::damaged(const std::string& what) const {
  throw sdk::DataError(path_, "the archive is truncated or damaged: " + what, -1, "fetch the file again, then check it with: python3 -m zipfile -t " + shell_word(path_));
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  for (const zip::Entry& entry : archive_->entries()) names.push_back(without_suffix(entry.name));
  return names;
}

std::optional<std::size_t> NpzFile::find(const std::string& array) const {
  const std::vector<zip::Entry>& entries = archive_->entries();
  for (const std::string& name : {array, array + ".npy"})
    if (const auto found = std::ranges::find(entries, name, &zip::Entry::name); found != entries.end()) return static_cast<std::size_t>(found - entries.begin());
  return std::nullopt;
}

template <class F>
auto NpzFile::open(const std::string& array, F&& use) const {
  if (file_) file_->require_unchanged();
  const std::optional<std::size_t> number = find(array);
  if (!number) throw sdk::DataError(path_, fmt::format("expected an array \"{}\", found {}", array, archive_->entries().empty() ? "none" : fmt::format("{}", fmt::join(names(), ", "))));
  const zip::Entry& entry = archive_->entries()[*number];
  const std::string name = without_suffix(entry.name), who = path_ + ":" + name;
  if (entry.encrypted) throw sdk::DataError(who, "is encrypted, which is not read");
  if (!entry.readable()) throw sdk::DataError(who, fmt::format("expected a stored or deflated array, found packing method {}", entry.method));
  if (!entry.possible()) damaged(fmt::format("the array \"{}\" cannot be as long as it claims", name));
  try {
    MemberBytes bytes(*archive_, *number, who);
    return use(bytes, who);
  } catch (const zip::Damage& damage) {
    damaged(fmt::format("the array \"{}\": {}", name, damage.what));
  }
}

HeldArray NpzFile::read(const std::string& array) const {
  return open(array, [](ByteSource& bytes, const std::string& who) { return read_npy(bytes, who); });
}

PickledArray NpzFile::read_pickled(const std::string& array) const {
  PickledArray found = open(array, [](ByteSource& bytes, const std::string& who) { return read_pickled_npy(bytes, who); });
  std::error_code failed;
  found.packed_bytes = std::min<std::uint64_t>(bytes_.size(), std::filesystem::file_size(path_, failed));
  return found;
}

}  // namespace teranga::datasets
