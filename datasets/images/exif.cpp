// SPDX-License-Identifier: Apache-2.0
// TIFF: byte order, 42, the place of the first directory; there a count, then 12 bytes an entry: tag, type, count, value.
#include "exif.hpp"

#include <cstdint>

namespace teranga::datasets {

namespace {

constexpr std::uint32_t orientation_tag = 0x0112, type_short = 3;

class Tiff {
 public:
  Tiff(const unsigned char* data, std::size_t size) : data_(data), size_(size), little_(size > 0 && data[0] == 'I') {}

  // `bytes` of them at `at`; 0 beyond the end.
  std::uint32_t number(std::size_t at, std::size_t bytes) const {
    if (at > size_ || size_ - at < bytes) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | data_[at + (little_ ? bytes - 1 - i : i)];
    return value;
  }

 private:
  const unsigned char* data_;
  std::size_t size_;
  bool little_;
};

}  // namespace

int exif_orientation(const unsigned char* data, std::size_t size) {
  const Tiff tiff(data, size);
  if (size < 8 || data[0] != data[1] || (data[0] != 'I' && data[0] != 'M') || tiff.number(2, 2) != 42) return 1;
  const std::size_t directory = tiff.number(4, 4), entries = tiff.number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * 12;
    if (tiff.number(entry, 2) != orientation_tag || tiff.number(entry + 2, 2) != type_short) continue;
    const std::uint32_t value = tiff.number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace teranga::datasets
