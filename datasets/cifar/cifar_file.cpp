// SPDX-License-Identifier: Apache-2.0
#include "cifar_file.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

constexpr std::size_t side = 32, plane = side * side, picture = 3 * plane;
constexpr std::size_t most_bytes = std::size_t{4} << 30;  // of a file; CIFAR's largest has 153 MB

std::vector<unsigned char> bytes_of_file(const std::string& path) {
  InputFile file(path);
  std::vector<unsigned char> bytes;
  for (std::size_t have = 0;;) {
    bytes.resize(have + (std::size_t{1} << 20));
    const std::size_t got = file.read_some(bytes.data() + have, bytes.size() - have);
    have += got;
    if (have > most_bytes) throw sdk::DataError(path, fmt::format("expected at most {} bytes, found more", most_bytes), -1, "give it in several files");
    if (got == 0) {
      bytes.resize(have);
      break;
    }
  }
  if (bytes.empty()) throw sdk::DataError(path, "expected a binary file of CIFAR-10 or CIFAR-100, found an empty file", -1, "fetch it again");
  return bytes;
}

std::size_t labels_of(CifarKind kind) { return kind == CifarKind::ten ? 1 : 2; }

// The first record whose labels are none, or -1.
std::int64_t wrong_record(const std::vector<unsigned char>& bytes, CifarKind kind) {
  const std::size_t record = labels_of(kind) + picture;
  for (std::size_t at = 0; at < bytes.size(); at += record)
    if (kind == CifarKind::ten ? bytes[at] > 9 : bytes[at] > 19 || bytes[at + 1] > 99) return static_cast<std::int64_t>(at / record);
  return -1;
}

CifarKind kind_of(const std::string& path, const std::vector<unsigned char>& bytes) {
  const bool ten = bytes.size() % (1 + picture) == 0, hundred = bytes.size() % (2 + picture) == 0;
  if (ten && (!hundred || wrong_record(bytes, CifarKind::ten) < 0)) return CifarKind::ten;
  if (hundred) return CifarKind::hundred;
  std::string hint = "fetch it again";
  if (bytes.size() > 1 && bytes[0] == 0x80) hint = "this is the version for Python; take the binary version: cifar-10-binary.tar.gz or cifar-100-binary.tar.gz";
  throw sdk::DataError(path, fmt::format("expected a binary file of CIFAR-10 (records of 3073 bytes) or CIFAR-100 (3074 bytes), found {} bytes", bytes.size()), -1, hint);
}

}  // namespace

CifarKind cifar_kind(const std::string& path) { return kind_of(path, bytes_of_file(path)); }

CifarPart read_cifar(const std::vector<std::string>& paths, CifarKind kind, bool coarse) {
  const std::size_t labels = labels_of(kind), record = labels + picture;
  std::vector<std::vector<unsigned char>> files;
  std::size_t count = 0;
  for (const std::string& path : paths) {
    files.push_back(bytes_of_file(path));
    if (kind_of(path, files.back()) != kind) throw sdk::DataError(path, fmt::format("expected records of {}, as in the first file, found those of {}", kind == CifarKind::ten ? "CIFAR-10" : "CIFAR-100", kind == CifarKind::ten ? "CIFAR-100" : "CIFAR-10"));
    if (const std::int64_t wrong = wrong_record(files.back(), kind); wrong >= 0)
      throw sdk::DataError(path, fmt::format("expected a class from 0 to {}, found {}", kind == CifarKind::ten ? "9" : "19 and one from 0 to 99", files.back()[static_cast<std::size_t>(wrong) * record]), wrong, "the file is damaged; fetch it again");
    count += files.back().size() / record;
  }
  const auto samples = static_cast<std::int64_t>(count);
  const auto each = [&](auto&& take) {
    std::size_t number = 0;
    for (const std::vector<unsigned char>& file : files)
      for (std::size_t at = 0; at < file.size(); at += record) take(number++, file.data() + at);
  };
  HeldArray images = HeldArray::made(paths[0], ElementType::u8, {samples, side, side, 3}, [&](void* to) {
    auto* out = static_cast<unsigned char*>(to);
    each([&](std::size_t number, const unsigned char* from) {
      for (std::size_t pixel = 0; pixel < plane; ++pixel)
        for (std::size_t c = 0; c < 3; ++c) out[number * picture + pixel * 3 + c] = from[labels + c * plane + pixel];
    });
  });
  HeldArray classes = HeldArray::made(paths[0] + ", labels", ElementType::u8, {samples}, [&](void* to) {
    each([&](std::size_t number, const unsigned char* from) { static_cast<unsigned char*>(to)[number] = from[kind == CifarKind::hundred && !coarse ? 1 : 0]; });
  });
  return {{paths[0], std::move(images)}, {paths[0], std::move(classes)}};
}

}  // namespace teranga::datasets
