// SPDX-License-Identifier: Apache-2.0
#include "safetensors_file.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "json.hpp"

namespace teranga::exchange {
namespace {

constexpr std::uint64_t most_elements = std::uint64_t{1} << 40;

// Bytes of an element; 0: the format has no such type.
std::uint64_t width_of(const std::string& type) {
  static const std::map<std::string, std::uint64_t> widths = {{"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4}, {"I64", 8}, {"U64", 8}, {"F64", 8}};
  const auto found = widths.find(type);
  return found == widths.end() ? 0 : found->second;
}

float of_half(std::uint16_t bits) {
  const std::uint32_t sign = std::uint32_t{bits} >> 15 << 31, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent > 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  const float small = static_cast<float>(fraction) * 0x1p-24f;
  return sign ? -small : small;
}

template <class T>
T element(const std::vector<char>& bytes, std::size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

std::optional<std::uint64_t> whole(const Json& number) {
  return number.is_number_unsigned() ? std::optional(number.get<std::uint64_t>()) : std::nullopt;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  const auto refuse = [&](const std::string& what) { throw Error(ExitCode::data, fmt::format("{}: {}", path_, what)); };
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || !file_) refuse("there is no such file, or it cannot be read");
  const std::uint64_t size = std::filesystem::file_size(path, error);
  unsigned char length[8] = {};
  if (size < sizeof(length) || !file_.read(reinterpret_cast<char*>(length), sizeof(length))) refuse(fmt::format("expected a file of safetensors, found {} bytes", size));
  std::uint64_t header = 0;
  for (int i = 7; i >= 0; --i) header = header << 8 | length[i];
  if (header > size - sizeof(length)) refuse(fmt::format("expected a file of safetensors, whose header ends within its {} bytes, found a header of {} bytes: the file is truncated, or of another kind", size, header));
  std::string text(std::min<std::uint64_t>(header, std::uint64_t{16} << 20), '\0');
  if (text.size() < header) refuse(fmt::format("expected a header of at most 16 MiB, found {} bytes", header));
  file_.read(text.data(), static_cast<std::streamsize>(text.size()));
  data_ = sizeof(length) + header;
  const Json names = parse_json(text, path_ + ": the header");
  if (!names.is_object()) refuse("expected a header with the names of arrays");
  for (const auto& [name, facts] : names.items()) {
    if (name == "__metadata__") continue;
    const std::string who = fmt::format("the array \"{}\"", printable_line(name));
    Entry entry{text_at(facts, "dtype"), {}, 0};
    std::uint64_t bytes = width_of(entry.type);
    if (bytes == 0) refuse(fmt::format("{}: expected a known type of elements, found {}", who, shown(at(facts, "dtype"))));
    const Json& shape = at(facts, "shape");
    if (!shape.is_array()) refuse(fmt::format("{}: expected its shape, found {}", who, shown(shape)));
    for (const Json& extent : shape) {
      const std::optional<std::uint64_t> count = whole(extent);
      if (!count || *count > most_elements / std::max<std::uint64_t>(bytes, 1)) refuse(fmt::format("{}: expected a shape that fits into memory, found {}", who, shown(shape)));
      bytes *= *count;
      entry.shape.push_back(static_cast<std::int64_t>(*count));
    }
    const Json& offsets = at(facts, "data_offsets");
    const std::optional<std::uint64_t> begin = offsets.is_array() && offsets.size() == 2 ? whole(offsets[0]) : std::nullopt, end = begin ? whole(offsets[1]) : std::nullopt;
    if (!end || *end < *begin || *end - *begin != bytes) refuse(fmt::format("{}: expected the place of its {} bytes, found {}", who, bytes, shown(offsets)));
    if (*end > size - data_) refuse(fmt::format("{}: expected its bytes up to {}, found {} bytes behind the header: the file is truncated", who, *end, size - data_));
    entry.begin = *begin;
    entries_.emplace(name, std::move(entry));
  }
}

Tensor SafetensorsFile::read(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw Error(ExitCode::data, fmt::format("{}: expected the array \"{}\", found none", path_, printable_line(name)));
  const Entry& entry = found->second;
  Tensor out(ElementType::f32, entry.shape);
  std::vector<char> bytes(static_cast<std::size_t>(out.count()) * width_of(entry.type));
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(data_ + entry.begin));
  if (!file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) throw Error(ExitCode::data, fmt::format("{}: the array \"{}\" cannot be read", path_, printable_line(name)));
  const std::span<float> to = out.as<float>();
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (entry.type == "F32") to[i] = element<float>(bytes, i);
    else if (entry.type == "F64") to[i] = static_cast<float>(element<double>(bytes, i));
    else if (entry.type == "F16") to[i] = of_half(element<std::uint16_t>(bytes, i));
    else if (entry.type == "BF16") to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(element<std::uint16_t>(bytes, i)) << 16);
    else throw Error(ExitCode::data, fmt::format("{}: the array \"{}\": expected real numbers, found elements of the type {}", path_, printable_line(name), entry.type));
  }
  return out;
}

}  // namespace teranga::exchange
