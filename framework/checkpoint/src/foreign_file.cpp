// SPDX-License-Identifier: Apache-2.0
#include "teranga/checkpoint/foreign_file.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>

#include "envelope.hpp"

namespace teranga::checkpoint {
namespace {

// The beginning of a zip archive: its first member's name stands behind 30 bytes.
constexpr std::string_view zip_magic = "PK\x03\x04";
constexpr std::size_t zip_name = 30;

constexpr std::string_view hdf5_magic = "\x89HDF\r\n\x1a\n";

// The first bytes of a file, as many as there are up to 512; none of a pipe, which would be waited for.
std::string first_bytes(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  std::string bytes(512, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

[[noreturn]] void refuse(const std::string& path, const char* found, const std::string& hint) {
  throw Error(ExitCode::data, fmt::format("{}: wanted a checkpoint or the weights of a Keras model (.weights.h5), found {}", path, found), hint);
}

}  // namespace

bool is_checkpoint(const std::string& path) { return has_envelope(path); }
bool is_hdf5(const std::string& path) { return has_envelope(path) || first_bytes(path).starts_with(hdf5_magic); }

void refuse_foreign_file(const std::string& path) {
  const std::string bytes = first_bytes(path);
  const std::string_view first = bytes;
  if (first.starts_with(zip_magic) && first.size() > zip_name) {
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(first[at])); };
    const std::string_view name = first.substr(zip_name, byte(26) + byte(27) * 256);
    if (name == "metadata.json" || name == "config.json" || name == "model.weights.h5")
      refuse(path, "a whole model in Keras's format .keras (a zip archive)", fmt::format("teranga import {}", shell_word(path)));
    if (name.ends_with(".npy")) refuse(path, "arrays of NumPy (.npz)", "the data set \"npz\" reads them as data");
    if (name.ends_with("data.pkl") || name.find("/.format_version") != name.npos || name.find("/version") != name.npos) refuse(path, "what looks like a file of PyTorch (a zip archive)", "");
    refuse(path, "a zip archive", "");
  }
  if (first.starts_with("\x93NUMPY")) refuse(path, "an array of NumPy (.npy)", "the data set \"npy\" reads it as data");
  if (first.size() > 9 && first[8] == '{' && first.substr(5, 3) == std::string_view("\0\0\0", 3)) refuse(path, "what looks like a file of safetensors", "");
}

}  // namespace teranga::checkpoint
