// SPDX-License-Identifier: Apache-2.0
// The first 512 bytes of a checkpoint, HDF5's user block: lines of text that say the format and the hash of all that follows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <teranga/core/hash.hpp>
#include <teranga/h5/file.hpp>

namespace teranga::checkpoint {

constexpr std::size_t envelope_size = 512;  // bytes; the least that HDF5 takes
constexpr int format_version = 1;

// The envelope of bytes that pass by on their way to disk.
class Seal {
 public:
  void add(std::span<const std::byte> bytes);  // in order, from the beginning of the file: the room for the envelope comes first
  std::array<char, envelope_size> envelope() const;

 private:
  ContentHash hash_;
  std::uint64_t bytes_ = 0;  // with the envelope
};

// A sealed file, once it is proven whole. Throws Error(data) with the reason.
h5::File open_sealed(const std::string& path);
// The same proof alone.
void check_sealed(const std::string& path);

// Whether the file begins as a checkpoint does; false where it cannot be read.
bool has_envelope(const std::string& path);

}  // namespace teranga::checkpoint
