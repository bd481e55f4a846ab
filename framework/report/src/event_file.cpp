// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/event_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <boost/crc.hpp>
#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr std::size_t histogram_buckets = 30;

// Numbers of enumerations: DataType of tensorflow/core/framework/types.proto, DataClass of summary.proto.
enum class TensorType { real32 = 1, real64 = 2, text = 7 };
enum class DataClass { scalar = 1, tensor = 2, blob_sequence = 3 };

// The kinds of values, by the plugin of TensorBoard that shows them.
struct Plugin {
  const char* name;
  DataClass data_class;
};
constexpr Plugin scalars{"scalars", DataClass::scalar}, histograms{"histograms", DataClass::tensor}, images{"images", DataClass::blob_sequence}, texts{"text", DataClass::tensor};

ProtobufWriter tensor_of(TensorType type, std::span<const std::int64_t> shape) {
  ProtobufWriter out, extents;
  for (const std::int64_t extent : shape) extents.message(2, ProtobufWriter().varint(1, extent));  // TensorShapeProto.dim, Dim.size
  out.varint(1, static_cast<int>(type)).message(2, extents);
  return out;
}

ProtobufWriter metadata_of(const Plugin& plugin) {
  ProtobufWriter out;
  out.message(1, ProtobufWriter().bytes(1, plugin.name)).varint(4, static_cast<int>(plugin.data_class));
  return out;
}

// Summary.Value
ProtobufWriter value_of(std::string_view tag, const ProtobufWriter& tensor, const Plugin& plugin) {
  ProtobufWriter out;
  out.bytes(1, tag).message(8, tensor).message(9, metadata_of(plugin));
  return out;
}

// Rows of left edge, right edge and count. Where all numbers are equal, the last bucket has them.
std::vector<double> histogram_of(std::span<const float> numbers) {
  const auto [least, most] = std::ranges::minmax_element(numbers);
  const double low = *least, width = (static_cast<double>(*most) - low) / histogram_buckets;
  std::array<std::int64_t, histogram_buckets> counts{};
  if (width == 0) counts.back() = static_cast<std::int64_t>(numbers.size());
  else
    for (const float number : numbers) ++counts[std::min(static_cast<std::size_t>((number - low) / width), histogram_buckets - 1)];
  std::vector<double> out;
  for (std::size_t i = 0; i < histogram_buckets; ++i) {
    const double right = i + 1 == histogram_buckets ? static_cast<double>(*most) : low + static_cast<double>(i + 1) * width;
    out.insert(out.end(), {low + static_cast<double>(i) * width, right, static_cast<double>(counts[i])});
  }
  return out;
}

ProtobufWriter event_at(EventTime at) {
  ProtobufWriter out;
  out.real(1, at.wall).varint(2, at.step);
  return out;
}

void add_fixed(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
}

// CRC-32C (Castagnoli), rotated and moved, so that a CRC of bytes which hold a CRC stays a good one.
std::uint32_t masked_crc(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const std::uint32_t sum = crc.checksum();
  return (sum >> 15 | sum << 17) + 0xa282ead8U;
}

}  // namespace

void EventSummary::add_scalar(std::string_view tag, double value) {
  ProtobufWriter tensor = tensor_of(TensorType::real32, {});
  const float number = static_cast<float>(value);
  tensor.packed<float>(5, std::span(&number, 1));
  message_.message(1, value_of(tag, tensor, scalars));
}

void EventSummary::add_histogram(std::string_view tag, std::span<const float> numbers) {
  if (numbers.empty() || !std::ranges::all_of(numbers, [](float number) { return std::isfinite(number); })) return;
  const std::array<std::int64_t, 2> shape{histogram_buckets, 3};
  ProtobufWriter tensor = tensor_of(TensorType::real64, shape);
  tensor.packed<double>(6, histogram_of(numbers));
  message_.message(1, value_of(tag, tensor, histograms));
}

// Width and height in decimal, then the pictures.
void EventSummary::add_picture(std::string_view tag, const Pixels& picture) {
  const std::array<std::int64_t, 1> shape{3};
  ProtobufWriter tensor = tensor_of(TensorType::text, shape);
  tensor.bytes(8, fmt::format("{}", picture.width)).bytes(8, fmt::format("{}", picture.height)).bytes(8, png_of(picture));
  message_.message(1, value_of(tag, tensor, images));
}

void EventSummary::add_text(std::string_view tag, std::string_view markdown) {
  ProtobufWriter tensor = tensor_of(TensorType::text, {});
  tensor.bytes(8, markdown);
  message_.message(1, value_of(tag, tensor, texts));
}

std::string first_record(double wall) { return record_of(ProtobufWriter().real(1, wall).bytes(3, "brain.Event:2").text()); }

std::string start_record(EventTime at) {
  constexpr int start = 1;  // SessionLog.START
  return record_of(event_at(at).message(7, ProtobufWriter().varint(1, start)).text());
}

std::string summary_record(EventTime at, const EventSummary& summary) { return record_of(event_at(at).message(5, summary.message()).text()); }

// A line of the text that is itself a fence of backquotes would end a shorter one.
std::string code_block(const std::string& text) {
  std::size_t run = 0, longest = 2;
  for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(longest + 1, '`');
  return fmt::format("{}\n{}{}{}", fence, text, text.ends_with('\n') ? "" : "\n", fence);
}

std::string record_of(std::string_view bytes) {
  std::string out;
  add_fixed(out, bytes.size(), 8);
  add_fixed(out, masked_crc(out), 4);
  out += bytes;
  add_fixed(out, masked_crc(bytes), 4);
  return out;
}

}  // namespace teranga::report
