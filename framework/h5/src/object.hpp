// SPDX-License-Identifier: Apache-2.0
// What a file may hold, and the way to it: links are walked one by one so that none leaves the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "call.hpp"
#include "teranga/h5/file.hpp"

namespace teranga::h5 {

// Deflate packs at most about 1030 to 1; what claims more than this per byte of file is not data.
constexpr std::uint64_t most_packed = 1100;

// The parts of "a/b"; throws Error(usage) on a "." or ".." part.
std::vector<std::string> parts_of(const std::string& path);

// Soft links name a place in the same file.
enum class SoftLinks { refused, followed };

// Where the path ends: nowhere where a part is missing; a reason where a link on the way is refused.
struct Found {
  bool exists = false;
  std::string refused;
  std::string path = {};  // through hard links alone
};
Found find(hid_t file, const std::string& path, SoftLinks soft = SoftLinks::refused);
std::string absolute(const std::string& path);

// Group, data set or the reason why not.
Child describe_object(hid_t file, const std::string& path, std::uint64_t file_bytes, SoftLinks soft = SoftLinks::refused);

// What read() makes of the elements of that type, or the reason why they cannot be read.
std::string type_refusal(hid_t type, Type* out);

// Elements of a shape times their size, or nothing where that overflows.
bool checked_bytes(const std::vector<std::int64_t>& shape, std::size_t element, std::uint64_t* bytes);

hid_t memory_type(Type type);
hid_t disk_type(Type type);
Handle text_type(std::size_t size);  // of UTF-8 texts; size: bytes of each, or H5T_VARIABLE; -1 where there is no memory
const char* to_string(Type type);

}  // namespace teranga::h5
