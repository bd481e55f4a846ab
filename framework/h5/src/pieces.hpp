// SPDX-License-Identifier: Apache-2.0
// The memory of a file that is being built. What HDF5 writes is kept in pages, but for numbers that were lent: of those only the place is noted, so that
// a file of large tensors is made without a copy of them. A file driver of ours hands HDF5's reads and writes to it.
#pragma once

#include <hdf5.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "teranga/h5/file.hpp"

namespace teranga::h5 {

class PieceMemory {
 public:
  // What is written from within these bytes from here on is not copied; empty: all is.
  void lend(std::span<const std::byte> bytes) noexcept { lent_ = bytes; }

  void write(std::uint64_t at, std::span<const std::byte> bytes);
  void read(std::uint64_t at, std::span<std::byte> to) const;  // zeros where nothing was written

  Pieces pieces(std::uint64_t end) const;  // of the bytes 0 to end - 1

 private:
  static constexpr std::size_t page_size = 4096;
  using Page = std::array<std::byte, page_size>;

  std::span<const std::byte> lent_;
  std::map<std::uint64_t, Page> pages_;                            // by number; zeros where none is
  std::map<std::uint64_t, std::span<const std::byte>> references_;  // by place; nothing else lies there
};

// Makes a file access list build the file in `memory`, which must outlive the file.
bool build_in(hid_t access, PieceMemory& memory);

// Of a file that was made so: where its last allocation ends.
std::uint64_t end_of(hid_t file);

}  // namespace teranga::h5
