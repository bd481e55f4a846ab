// SPDX-License-Identifier: Apache-2.0
#include "prediction_file.hpp"

#include <teranga/core/error.hpp>
#include <teranga/h5/file.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace teranga::train {
namespace {

void publish(const std::string& path, std::string_view bytes) {
  const std::string fresh = path + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(fresh, path, error);
  if (out && !error) return;
  const std::string reason = error ? error.message() : std::strerror(errno);
  std::filesystem::remove(fresh, error);
  throw Error(ExitCode::failure, fmt::format("cannot write {}: {}", path, reason));
}

std::string npy_bytes(const Tensor& values) {
  std::string shape;
  for (const std::int64_t extent : values.shape()) shape += fmt::format("{},", extent);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", values.type() == ElementType::f32 ? "<f4" : "<i8", shape);
  // Ten bytes stand in front; all of it is a multiple of 64, and ends with a line feed.
  header.append(63 - (10 + header.size()) % 64, ' ').push_back('\n');
  std::string out("\x93NUMPY\x01\x00", 8);
  out.push_back(static_cast<char>(header.size() & 0xFF));
  out.push_back(static_cast<char>(header.size() >> 8));
  out += header;
  return out.append(static_cast<const char*>(values.data()), values.bytes());
}

// A word of a table: quoted where it must be.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

std::string csv_bytes(const Tensor& values, const std::vector<std::string>& columns) {
  std::string out;
  for (std::size_t c = 0; c < columns.size(); ++c) out.append(c ? "," : "").append(cell(columns[c]));
  out += '\n';
  const std::int64_t rows = values.shape()[0], width = rows ? values.count() / rows : 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < width; ++c) {
      const auto at = static_cast<std::size_t>(r * width + c);
      fmt::format_to(std::back_inserter(out), "{}{}", c ? "," : "", values.type() == ElementType::f32 ? fmt::format("{}", values.as<float>()[at]) : fmt::format("{}", values.as<std::int64_t>()[at]));
    }
    out += '\n';
  }
  return out;
}

std::string h5_bytes(const std::string& path, const Tensor& values) {
  h5::File file = h5::File::create_image(path);
  file.write("y", values.type() == ElementType::f32 ? h5::Type::f32 : h5::Type::i64, values.shape(), values.data());
  const std::vector<std::byte> image = file.image();
  return {reinterpret_cast<const char*>(image.data()), image.size()};
}

}  // namespace

FileFormat format_of(const std::string& path, const std::string& option) {
  if (path.ends_with(".npy")) return FileFormat::npy;
  if (path.ends_with(".csv")) return FileFormat::csv;
  if (path.ends_with(".h5") || path.ends_with(".hdf5")) return FileFormat::h5;
  throw Error(ExitCode::usage, fmt::format("{}: expected a file named .npy, .csv or .h5, found \"{}\"", option, path));
}

bool holds_bytes(const std::string& path, FileFormat format) {
  if (format == FileFormat::npy) {
    std::string head(128, ' ');
    std::ifstream in(path, std::ios::binary);
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head.find("u1'") != std::string::npos;
  }
  if (format != FileFormat::h5) return false;
  try {
    return h5::File::open(path).describe("x").type == h5::Type::u8;
  } catch (const Error&) {
    return false;  // the reader says it better
  }
}

void write_tensor(const std::string& path, const Tensor& values, const std::vector<std::string>& columns) {
  switch (format_of(path, "--output")) {
    case FileFormat::npy: return publish(path, npy_bytes(values));
    case FileFormat::csv: return publish(path, csv_bytes(values, columns));
    case FileFormat::h5: return publish(path, h5_bytes(path, values));
  }
}

void write_words(const std::string& path, const std::string& column, const std::vector<std::string>& words) {
  std::string out = cell(column) + "\n";
  for (const std::string& word : words) out += cell(word) + "\n";
  publish(path, out);
}

}  // namespace teranga::train
