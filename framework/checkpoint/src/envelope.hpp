// SPDX-License-Identifier: Apache-2.0
// The first 512 bytes of a checkpoint, HDF5's user block: lines of text that say the format and the hash of all that follows.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace teranga::checkpoint {

constexpr std::size_t envelope_size = 512;  // bytes; the least that HDF5 takes
constexpr int format_version = 1;

// Fills the envelope of an image that has room for it.
void seal(std::span<std::byte> image);

// The bytes of a sealed file, once they are proven whole. Throws Error(data) with the reason.
std::vector<std::byte> read_sealed(const std::string& path);

// Whether the file begins as a checkpoint does; false where it cannot be read.
bool has_envelope(const std::string& path);

}  // namespace teranga::checkpoint
