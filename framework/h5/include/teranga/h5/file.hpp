// SPDX-License-Identifier: Apache-2.0
// One HDF5 file, open for reading (from disk or memory) or being built in memory. Objects are named by their path in the file.
// Files are treated as foreign: numeric data only; soft links lead to data sets alone, not to what is listed; links that leave the file, external storage, virtual data sets and filters
// loaded from disk are refused, and so is a shape that the file cannot hold. Any failure is an Error with HDF5's own reason.
// A file that is opened is read by libhdf5 in a process of its own (teranga-read-hdf5), whose memory and computing time are bounded by the size of the
// file: where a damaged file makes libhdf5 crash or never end, that process ends, and the caller gets an Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace teranga::h5 {

enum class Type : std::int32_t { f32 = 0, f64 = 1, i32 = 2, i64 = 3, u8 = 4 };  // the numbers of teranga::ElementType

constexpr std::size_t size_of(Type type) noexcept { return type == Type::u8 ? 1U : type == Type::f32 || type == Type::i32 ? 4U : 8U; }

enum class Kind { group, data_set, refused };

// A child of a group. `type` is the one that read() gives without loss (u16 and i16 read as i32, f16 as f32, u32 and u64 as i64; an enumeration as its
// integers, one of FALSE and TRUE as u8). Unsigned integers of 64 bits are refused as they are read where they need all 64.
struct Child {
  std::string name;  // without its group
  Kind kind = Kind::refused;
  Type type = Type::f32;
  std::vector<std::int64_t> shape;  // empty: a scalar
  std::string reason;               // of a refused one
  std::int64_t chunk_rows = 1;      // rows that lie in one chunk; 1 where there are no chunks
  std::uint64_t chunk_bytes = 0;    // of one chunk, unpacked
  std::uint64_t address = 0;        // of the object in the file: the same for all its names
  std::uint64_t place = 0;          // where its elements lie in the file as read() gives them, in bytes; 0 where they lie otherwise
  bool packed = false;              // takes less room than its shape claims: in chunks, or never written
};

using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::string>>;

struct NamedAttribute {
  std::string name;
  Attribute value;
};

// The bytes of a file in order, some of them where they lay before.
struct Pieces {
  std::vector<std::span<const std::byte>> all;
  std::vector<std::vector<std::byte>> own;  // memory of those that are nobody else's
};

class PieceMemory;
class Content;

// Not for two threads at once; two files may be used from two threads.
class File {
 public:
  static File open(const std::string& path);  // read-only, without file locks
  // Read-only, of a regular file that is open for reading: a copy of the descriptor is used. `who` names it in messages.
  static File open_descriptor(int descriptor, const std::string& who);
  // Read-only, from a copy of these bytes; `who` names them in messages.
  static File open_image(std::span<const std::byte> bytes, const std::string& who);
  // In memory only. Equal calls in equal order give equal bytes. The image leaves room for `user_block` bytes (0 or 512).
  static File create_image(const std::string& who, std::size_t user_block = 0);

  File(File&&) noexcept;
  File& operator=(File&&) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  const std::string& name() const noexcept { return who_; }

  bool has(const std::string& path) const;                  // a group or data set reached through hard links
  std::vector<Child> list(const std::string& group) const;  // in name order (bytes)
  Child describe(const std::string& data_set) const;        // throws Error(data) where it is refused or missing

  // The whole data set as `type`, row-major; `bytes` is the exact size of `to`.
  void read(const std::string& data_set, Type type, void* to, std::size_t bytes) const;
  // Rows (slices of the first axis) first .. first + count - 1.
  void read_rows(const std::string& data_set, Type type, std::int64_t first, std::int64_t count, void* to, std::size_t bytes) const;
  // These rows, in this order; they may repeat.
  void read_rows(const std::string& data_set, Type type, std::span<const std::int64_t> rows, void* to, std::size_t bytes) const;

  // Of an opened file that is read no more: throws Error(data) where libhdf5, as it clears up, finds that the file made it write out of bounds.
  void end_reading() const;

  // Groups on the way are made. Little-endian on disk, contiguous, without times.
  void write(const std::string& data_set, Type type, const std::vector<std::int64_t>& shape, const void* from);
  // Texts in UTF-8 without zero bytes, on disk all as long as the longest: an array of numpy's kind S.
  void write_texts(const std::string& data_set, const std::vector<std::string>& texts);
  // As write(), without a copy of many numbers: they must stay as they are until the last call of image() and the last use of pieces().
  void write_lent(const std::string& data_set, Type type, const std::vector<std::int64_t>& shape, const void* from);
  void make_group(const std::string& group);

  // Scalars: integers, reals and strings (UTF-8, of any length; no zero bytes). `object` "/" is the file itself.
  void set_attribute(const std::string& object, const std::string& name, const Attribute& value);
  bool has_attribute(const std::string& object, const std::string& name) const;
  Attribute attribute(const std::string& object, const std::string& name) const;
  std::vector<NamedAttribute> attributes(const std::string& object) const;  // in name order; others than scalars and lists of texts are left out

  // The bytes of a created file; the user block comes first, as zeros.
  std::vector<std::byte> image() const;
  Pieces pieces() const;  // the same, without copies of what was lent

  std::uint64_t bytes() const noexcept { return bytes_; }  // of an opened file

 private:
  File() = default;
  void require_unchanged() const;                       // as it was when it was opened: HDF5 reads zeros beyond the end
  struct Elements {
    std::int64_t disk, memory;  // types of HDF5
    std::size_t bytes;          // of one
  };
  void put(const std::string& data_set, const Elements& elements, const std::vector<std::int64_t>& shape, const void* from);
  void require_built(const std::string& what) const;  // throws where the file was opened for reading

  std::string who_;
  std::unique_ptr<Content> content_;
  int descriptor_ = -1;      // of an opened file
  std::uint64_t bytes_ = 0;
  std::int64_t changed_[2] = {0, 0};     // when it was written last: s, ns
  std::int64_t id_ = -1;                 // of a created one: the hid_t
  std::unique_ptr<PieceMemory> memory_;
};

}  // namespace teranga::h5
