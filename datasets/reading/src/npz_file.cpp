// SPDX-License-Identifier: Apache-2.0
// The central directory at the end of the archive says what is where (PKWARE's APPNOTE, sections 4.3 and 4.5); no number in it is trusted.
#include <teranga/datasets/npz_file.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/error.hpp>

#include <teranga/datasets/npy_array.hpp>

namespace teranga::datasets {

namespace {

constexpr std::uint32_t end_record = 0x06054b50, end_record_64 = 0x06064b50, locator_64 = 0x07064b50, directory_entry = 0x02014b50, local_header = 0x04034b50;
constexpr std::uint64_t elsewhere = 0xffffffff;  // the 64-bit extra field has it

// One member, unpacked as it is read; its checksum is compared at the end.
class MemberBytes : public ByteSource {
 public:
  struct Packed {
    const char* data;
    std::uint64_t packed, size;
    std::uint32_t checksum;
    bool deflated;
  };
  MemberBytes(const Packed& from, std::string who) : from_(from), who_(std::move(who)) {
    if (!from_.deflated) return;
    if (inflateInit2(&stream_, -15) != Z_OK) throw sdk::Error(TRG_FAILED, "zlib cannot begin: out of memory");
    begun_ = true;
  }
  ~MemberBytes() override {
    if (begun_) inflateEnd(&stream_);
  }
  MemberBytes(const MemberBytes&) = delete;
  MemberBytes& operator=(const MemberBytes&) = delete;

  std::uint64_t most_bytes() const override { return from_.size; }
  std::uint64_t left() const override { return from_.size - done_; }

  void read(void* to, std::uint64_t bytes, std::string_view what) override {
    if (bytes > from_.size - done_) throw sdk::DataError(who_, fmt::format("ends inside {}: expected {} bytes, found {}", what, bytes, from_.size - done_));
    auto* out = static_cast<unsigned char*>(to);
    while (bytes > 0) {
      const auto piece = static_cast<unsigned>(std::min<std::uint64_t>(bytes, 1u << 30));
      if (from_.deflated) unpack(out, piece);
      else std::copy_n(reinterpret_cast<const unsigned char*>(from_.data) + done_, piece, out);
      sum_ = static_cast<std::uint32_t>(crc32(sum_, out, piece));
      out += piece, done_ += piece, bytes -= piece;
    }
  }

  void prove(std::uint64_t bytes, std::string_view what) override {
    if (bytes > from_.size - done_) throw sdk::DataError(who_, fmt::format("ends inside {}: expected {} bytes, found {}", what, bytes, from_.size - done_));
    if (!from_.deflated || from_.size / 8 <= from_.packed) return;
    MemberBytes again(from_, who_);
    std::string piece(1 << 18, '\0');
    while (again.left() > 0) again.read(piece.data(), std::min<std::uint64_t>(piece.size(), again.left()), what);
  }

  bool at_end() override {
    if (done_ != from_.size) return false;
    if (sum_ != from_.checksum) throw sdk::DataError(who_, "the array is damaged: its checksum does not match", -1, "fetch the file again");
    return true;
  }

 private:
  void unpack(unsigned char* to, unsigned bytes) {
    stream_.next_out = to;
    stream_.avail_out = bytes;
    while (stream_.avail_out > 0) {
      if (stream_.avail_in == 0) {
        const auto piece = static_cast<unsigned>(std::min<std::uint64_t>(from_.packed - fed_, 1u << 30));
        stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(from_.data)) + fed_;
        stream_.avail_in = piece;
        fed_ += piece;
      }
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if ((status != Z_OK && status != Z_STREAM_END) || (status == Z_STREAM_END && stream_.avail_out > 0))
        throw sdk::DataError(who_, "the packed array is damaged", -1, "fetch the file again");
    }
  }

  Packed from_;
  std::string who_;
  z_stream stream_{};
  bool begun_ = false;
  std::uint64_t done_ = 0, fed_ = 0;
  std::uint32_t sum_ = 0;
};

std::string without_suffix(const std::string& name) { return name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name; }

}  // namespace

NpzFile::NpzFile(const std::string& path) : path_(path) {
  if (!InputFile(path).packed()) file_ = MappedFile::open(path);
  if (!file_) unpacked_ = read_whole(path, UINT64_MAX);  // of a file in gzip, as much as of a text
  bytes_ = file_ ? std::string_view(reinterpret_cast<const char*>(file_->data()), file_->size()) : std::string_view(unpacked_);
  if (!bytes_.starts_with("PK"))
    throw sdk::DataError(path_, fmt::format("expected an npz file, which begins with 'PK', found {:02x} {:02x}", static_cast<unsigned char>(bytes_[0]), bytes_.size() > 1 ? static_cast<unsigned char>(bytes_[1]) : 0));
  read_directory();
}

void NpzFile::damaged(const std::string& what) const {
  throw sdk::DataError(path_, "the archive is truncated or damaged: " + what, -1, "fetch the file again, then check it with: python3 -m zipfile -t " + shell_word(path_));
}

std::uint64_t NpzFile::number(std::uint64_t at, int bytes) const {
  if (at > bytes_.size() || bytes_.size() - at < static_cast<std::uint64_t>(bytes)) damaged("it ends inside its directory");
  std::uint64_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes_[at + static_cast<std::uint64_t>(i)]);
  return value;
}

void NpzFile::read_directory() {
  constexpr std::uint64_t record = 22, longest_comment = 65535;
  if (bytes_.size() < record) damaged("it has no directory");
  std::uint64_t end = bytes_.size() - record;
  const std::uint64_t least = end > longest_comment ? end - longest_comment : 0;
  while (number(end, 4) != end_record) {
    if (end == least) damaged("it has no directory");
    --end;
  }
  std::uint64_t count = number(end + 10, 2), at = number(end + 16, 4);
  if ((count == 0xffff || at == elsewhere) && end >= 20 && number(end - 20, 4) == locator_64) {
    const std::uint64_t wide = number(end - 12, 8);
    if (number(wide, 4) != end_record_64) damaged("its 64-bit directory is not where it should be");
    count = number(wide + 32, 8);
    at = number(wide + 48, 8);
  }
  if (count > bytes_.size() / 46) damaged("its directory claims more arrays than fit");
  std::set<std::string> names;
  for (std::uint64_t i = 0; i < count; ++i) {
    members_.push_back(read_entry(at));
    if (!names.insert(members_.back().name).second)
      throw sdk::DataError(path_, fmt::format("holds two arrays of the name \"{}\"", without_suffix(members_.back().name)), -1,
                           fmt::format("in Python: f = np.load(\"{0}\"); np.savez(\"new.npz\", **{{name: f[name] for name in f.files}}), which keeps the last of each name", path_));
  }
}

// `at` moves on to the next entry.
NpzFile::Member NpzFile::read_entry(std::uint64_t& at) const {
  if (number(at, 4) != directory_entry) damaged("an entry of its directory is not one");
  Member member;
  member.encrypted = number(at + 8, 2) & 1;
  member.method = static_cast<int>(number(at + 10, 2));
  member.checksum = static_cast<std::uint32_t>(number(at + 16, 4));
  member.packed = number(at + 20, 4);
  member.size = number(at + 24, 4);
  const std::uint64_t name = number(at + 28, 2), extra = number(at + 30, 2), comment = number(at + 32, 2);
  member.header = number(at + 42, 4);
  number(at + 46 + name + extra + comment, 0);
  member.name = std::string(bytes_.substr(at + 46, name));
  for (std::uint64_t field = at + 46 + name, stop = field + extra; field + 4 <= stop;) {
    const std::uint64_t id = number(field, 2), size = number(field + 2, 2);
    std::uint64_t value = field + 4;
    if (id == 1)
      for (std::uint64_t* wide : {&member.size, &member.packed, &member.header})
        if (*wide == elsewhere && value + 8 <= std::min(stop, field + 4 + size)) *wide = number(value, 8), value += 8;
    field += 4 + size;
  }
  at += 46 + name + extra + comment;
  return member;
}

std::vector<std::string> NpzFile::names() const {
  std::vector<std::string> names;
  for (const Member& member : members_) names.push_back(without_suffix(member.name));
  return names;
}

const NpzFile::Member* NpzFile::find(const std::string& array) const {
  for (const std::string& name : {array, array + ".npy"})
    for (const Member& member : members_)
      if (member.name == name) return &member;
  return nullptr;
}

template <class F>
auto NpzFile::open(const std::string& array, F&& use) const {
  if (file_) file_->require_unchanged();
  const Member* const member = find(array);
  if (!member) throw sdk::DataError(path_, fmt::format("expected an array \"{}\", found {}", array, members_.empty() ? "none" : fmt::format("{}", fmt::join(names(), ", "))));
  const std::string name = without_suffix(member->name), who = path_ + ":" + name;
  if (member->encrypted) throw sdk::DataError(who, "is encrypted, which is not read");
  if (member->method != 0 && member->method != 8) throw sdk::DataError(who, fmt::format("expected a stored or deflated array, found packing method {}", member->method));
  if (number(member->header, 4) != local_header) damaged("an array is not where its directory says");
  const std::uint64_t data = member->header + 30 + number(member->header + 26, 2) + number(member->header + 28, 2);
  if (data > bytes_.size() || member->packed > bytes_.size() - data) damaged(fmt::format("it ends inside the array \"{}\"", name));
  if (member->method == 0 ? member->size != member->packed : member->size / 1032 > member->packed + 1) damaged(fmt::format("the array \"{}\" cannot be as long as it claims", name));
  MemberBytes bytes({bytes_.data() + data, member->packed, member->size, member->checksum, member->method == 8}, who);
  return use(bytes, who);
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
