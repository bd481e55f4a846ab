// SPDX-License-Identifier: Apache-2.0
#include "bmp_picture.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

using Colour = std::array<std::uint8_t, 3>;

struct BmpHeader {
  std::int64_t height = 0, width = 0, row_bytes = 0;
  std::uint32_t pixels_at = 0;
  int bits = 0;
  bool upwards = true;  // the last row comes first
  std::array<std::uint32_t, 3> masks{};
  std::vector<Colour> palette = {};
};

class BmpReading {
 public:
  BmpReading(const std::string& path, std::FILE* file) : path_(path), file_(file) {}

  BmpHeader header() {
    BmpHeader out;
    read(14);
    out.pixels_at = number(10, 4);
    const std::uint32_t size = (read(4), number(0, 4));
    if (size != 12 && (size < 40 || size > 1000)) damaged(path_, fmt::format("its header has {} bytes", size));
    read(size - 4);
    std::uint32_t packing = 0, colours = 0;
    const std::size_t entry = size == 12 ? 3 : 4;
    if (size == 12) {
      out.width = number(0, 2), out.height = number(2, 2), out.bits = static_cast<int>(number(6, 2));
    } else {
      out.width = static_cast<std::int32_t>(number(0, 4)), out.height = static_cast<std::int32_t>(number(4, 4)), out.bits = static_cast<int>(number(10, 2));
      packing = number(12, 4), colours = number(28, 4);
    }
    out.upwards = out.height > 0;
    out.height = std::abs(out.height);
    check_size(path_, out.height, out.width);
    if (packing != 0 && packing != 3 && packing != 6) throw sdk::DataError(path_, fmt::format("expected a BMP picture that is not compressed, found compression {}", packing), -1, "save it as PNG");
    if (out.bits != 1 && out.bits != 4 && out.bits != 8 && out.bits != 16 && out.bits != 24 && out.bits != 32) damaged(path_, fmt::format("it has {} bits a pixel", out.bits));
    out.masks = out.bits == 16 ? std::array<std::uint32_t, 3>{0x7c00, 0x3e0, 0x1f} : std::array<std::uint32_t, 3>{0xff0000, 0xff00, 0xff};
    if (packing != 0) {
      if (size < 52) read(12), out.masks = {number(0, 4), number(4, 4), number(8, 4)};
      else out.masks = {number(36, 4), number(40, 4), number(44, 4)};
      for (const std::uint32_t mask : out.masks)
        if (mask == 0) damaged(path_, "one of its colours has no bits");
    }
    if (out.bits <= 8) {
      const std::uint32_t most = 1U << out.bits, count = colours == 0 || colours > most ? most : colours;
      read(count * entry);
      for (std::size_t i = 0; i < count; ++i) out.palette.push_back({bytes_[i * entry + 2], bytes_[i * entry + 1], bytes_[i * entry]});
    }
    out.row_bytes = (out.width * out.bits + 31) / 32 * 4;
    return out;
  }

  Picture picture() {
    const BmpHeader head = header();
    if (head.pixels_at < std::ftell(file_)) damaged(path_, fmt::format("its pixels begin at byte {}, within its header", head.pixels_at));
    std::error_code failed;
    if (const std::uintmax_t held = std::filesystem::file_size(path_, failed); !failed && static_cast<std::uintmax_t>(head.row_bytes * head.height) + head.pixels_at > held)
      damaged(path_, fmt::format("it ends early: its header promises {} x {} pixels, more than its {} bytes hold", head.height, head.width, held));
    if (std::fseek(file_, head.pixels_at, SEEK_SET) != 0) damaged(path_, "it ends early");
    Pixels out{head.height, head.width, is_grey(head) ? 1 : 3};
    out.values.resize(static_cast<std::size_t>(out.height * out.width * out.channels));
    for (std::int64_t row = 0; row < head.height; ++row) {
      read(static_cast<std::size_t>(head.row_bytes));
      std::uint8_t* to = out.values.data() + (head.upwards ? head.height - 1 - row : row) * out.width * out.channels;
      for (std::int64_t x = 0; x < head.width; ++x, to += out.channels) {
        const Colour colour = pixel(head, static_cast<std::size_t>(x));
        std::copy_n(colour.begin(), out.channels, to);
      }
    }
    return {{head.height, head.width, out.channels == 3}, std::move(out)};
  }

  static bool is_grey(const BmpHeader& head) {
    for (const Colour& one : head.palette)
      if (one[0] != one[1] || one[0] != one[2]) return false;
    return head.bits <= 8;
  }

 private:
  void read(std::size_t count) {
    bytes_.resize(count);
    if (std::fread(bytes_.data(), 1, count, file_) != count) damaged(path_, "it ends early");
  }
  std::uint32_t number(std::size_t at, std::size_t bytes) const {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < bytes; ++i) out |= static_cast<std::uint32_t>(bytes_.at(at + i)) << (8 * i);
    return out;
  }

  // Of the row that was read last.
  Colour pixel(const BmpHeader& head, std::size_t x) const {
    if (head.bits <= 8) {
      const std::size_t bit = x * static_cast<std::size_t>(head.bits), shift = 8 - static_cast<std::size_t>(head.bits) - bit % 8;
      const std::size_t index = bytes_[bit / 8] >> shift & ((1U << head.bits) - 1);
      if (index >= head.palette.size()) damaged(path_, fmt::format("a pixel has colour {}, and its palette has {}", index, head.palette.size()));
      return head.palette[index];
    }
    if (head.bits == 24) return {bytes_[3 * x + 2], bytes_[3 * x + 1], bytes_[3 * x]};
    const std::uint32_t value = number(x * static_cast<std::size_t>(head.bits / 8), static_cast<std::size_t>(head.bits / 8));
    Colour out{};
    for (std::size_t c = 0; c < 3; ++c) {
      const std::uint64_t most = head.masks[c] >> std::countr_zero(head.masks[c]), part = (value & head.masks[c]) >> std::countr_zero(head.masks[c]);
      out[c] = static_cast<std::uint8_t>((part * 255 + most / 2) / most);
    }
    return out;
  }

  const std::string& path_;
  std::FILE* file_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

PictureFacts bmp_facts(const std::string& path, std::FILE* file) {
  const BmpHeader head = BmpReading(path, file).header();
  return {head.height, head.width, !BmpReading::is_grey(head)};
}

Picture bmp_picture(const std::string& path, std::FILE* file) { return BmpReading(path, file).picture(); }

}  // namespace teranga::datasets
