// SPDX-License-Identifier: Apache-2.0
// Reads the header, compares what it promises with the size of the file, then reads the elements.
#include "idx_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

using Bytes4 = std::array<unsigned char, 4>;

struct Kind {
  int code;
  std::size_t bytes;
  ElementType held_as;
};
constexpr std::array<Kind, 6> kinds = {{{0x08, 1, ElementType::u8}, {0x09, 1, ElementType::i32}, {0x0B, 2, ElementType::i32},
                                        {0x0C, 4, ElementType::i32}, {0x0D, 4, ElementType::f32}, {0x0E, 8, ElementType::f64}}};

Kind read_kind(InputFile& file, int& rank) {
  Bytes4 magic{};
  file.read(magic.data(), magic.size(), "the idx header");
  rank = magic[3];
  for (const Kind& kind : kinds)
    if (magic[0] == 0 && magic[1] == 0 && kind.code == magic[2] && rank >= 1 && rank <= 8) return kind;
  throw sdk::DataError(file.path(), fmt::format("expected an idx file, which begins with the bytes 00 00, a type (08 to 0e) and a rank (01 to 08), found {:02x} {:02x} {:02x} {:02x}",
                                                magic[0], magic[1], magic[2], magic[3]));
}

template <std::size_t N>
std::uint64_t big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < N; ++i) value = value << 8 | bytes[i];
  return value;
}

// Elements of N bytes into `to`.
template <std::size_t N, class To>
void decode(const std::vector<unsigned char>& raw, To* to) {
  const std::size_t count = raw.size() / N;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = big_endian<N>(raw.data() + i * N);
    if constexpr (std::is_same_v<To, float>) to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    else if constexpr (std::is_same_v<To, double>) to[i] = std::bit_cast<double>(bits);
    else if constexpr (N == 1) to[i] = static_cast<std::int8_t>(bits);
    else if constexpr (N == 2) to[i] = static_cast<std::int16_t>(bits);
    else to[i] = static_cast<std::int32_t>(bits);
  }
}

void decode(int code, const std::vector<unsigned char>& raw, std::uint64_t first, void* to) {
  switch (code) {
    case 0x09: return decode<1>(raw, static_cast<std::int32_t*>(to) + first);
    case 0x0B: return decode<2>(raw, static_cast<std::int32_t*>(to) + first);
    case 0x0C: return decode<4>(raw, static_cast<std::int32_t*>(to) + first);
    case 0x0D: return decode<4>(raw, static_cast<float*>(to) + first);
    default: return decode<8>(raw, static_cast<double*>(to) + first);
  }
}

// Of all elements.
struct Promised {
  std::uint64_t bytes;
  std::string shape;
};

void read_elements(InputFile& file, const Kind& kind, const Promised& all, void* to) {
  const std::string what = fmt::format("the elements of shape {}", all.shape);
  if (kind.held_as == ElementType::u8) {
    file.read(to, all.bytes, what);
  } else {
    std::vector<unsigned char> raw;
    for (std::uint64_t done = 0; done < all.bytes; done += raw.size()) {
      raw.resize(std::min<std::uint64_t>(all.bytes - done, 1 << 16));
      file.read(raw.data(), raw.size(), what);
      decode(kind.code, raw, done / kind.bytes, to);
    }
  }
  if (!file.at_end()) throw sdk::DataError(file.path(), fmt::format("expected the end after the {} bytes that shape {} needs, found more", all.bytes, all.shape));
}

}  // namespace

HeldArray read_idx(const std::string& path) {
  InputFile file(path);
  int rank = 0;
  const Kind kind = read_kind(file, rank);
  Shape shape;
  std::uint64_t bytes = kind.bytes;
  for (int axis = 0; axis < rank; ++axis) {
    Bytes4 extent{};
    file.read(extent.data(), extent.size(), "the idx header");
    shape.push_back(static_cast<std::int64_t>(big_endian<4>(extent.data())));
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(shape.back()), &bytes) || bytes > file.most_bytes())
      throw sdk::DataError(path, fmt::format("its header promises more data than the file can hold (shape so far {}, {} bytes an element, at most {} bytes in the file)",
                                             to_string(shape), kind.bytes, file.most_bytes()),
                           -1, "the file is truncated or its header is damaged; fetch it again");
  }
  if (shape.size() == 3) shape.push_back(1);
  file.prove(bytes, fmt::format("the elements of shape {}", to_string(shape)));
  const std::uint64_t header = 4 * (1 + static_cast<std::uint64_t>(rank));
  if (kind.held_as == ElementType::u8 && !file.packed() && bytes > 0)
    if (std::shared_ptr<const MappedFile> mapped = MappedFile::open(path); mapped && mapped->size() == header + bytes) return {std::move(mapped), header, kind.held_as, shape};
  return HeldArray::made(path, kind.held_as, shape, [&](void* to) { read_elements(file, kind, {bytes, to_string(shape)}, to); });
}

}  // namespace teranga::datasets
