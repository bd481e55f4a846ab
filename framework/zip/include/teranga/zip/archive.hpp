// SPDX-License-Identifier: Apache-2.0
// A zip archive for reading, as libzip reads it: its members by number, unpacked piece by piece. No number in the archive is trusted: a member gives at
// most the bytes that it claims, and its checksum is compared when all of them are read. Nothing is ever written under a member's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace teranga::zip {

// Why an archive cannot be read. `what` tells it without the archive's name.
struct Damage {
  std::string what;
};

struct Entry {
  std::string name;                       // as its bytes are; no encoding is assumed
  std::uint64_t bytes = 0, packed = 0;    // unpacked, and in the archive
  int method = 0;                         // 0: stored, 8: deflated
  bool encrypted = false;

  bool readable() const noexcept { return !encrypted && (method == 0 || method == 8); }
  // Whether deflate can make that many bytes of what is there: at most 1,032 of one.
  bool possible() const noexcept { return method == 0 ? bytes == packed : bytes / 1032 <= packed + 1; }
};

// One member, read once from its beginning to its end. The archive must outlive it.
class Member {
 public:
  Member(Member&&) noexcept;
  Member& operator=(Member&&) noexcept;
  ~Member();

  // At most `most` bytes; 0 at the end, behind which the checksum is right. Throws Damage.
  std::size_t read(void* to, std::size_t most);

 private:
  friend class Archive;
  struct Handle;
  explicit Member(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

// Not for two threads at once.
class Archive {
 public:
  // A regular file. Throws Damage.
  explicit Archive(const std::string& path);
  // Bytes that stay where they are. Throws Damage.
  explicit Archive(std::span<const std::byte> image);
  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  const std::vector<Entry>& entries() const noexcept { return entries_; }
  // The name that two members have, if any have one.
  std::optional<std::string> double_name() const;
  // Throws Damage.
  Member open(std::size_t entry) const;

 private:
  struct Handle;
  void list();
  std::unique_ptr<Handle> handle_;
  std::vector<Entry> entries_;
};

}  // namespace teranga::zip
