// SPDX-License-Identifier: Apache-2.0
#include "picture_file.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

#include "bmp_picture.hpp"
#include "jpeg_picture.hpp"
#include "png_picture.hpp"
#include "pnm_picture.hpp"

namespace teranga::datasets {

namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

enum class Format { png, jpeg, pnm, bmp };

OpenFile open_picture(const std::string& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);  // of what a link leads to; a pipe would never end
  if (!fs::exists(status) && fs::is_symlink(fs::symlink_status(path, failed))) throw sdk::DataError(path, "is a link that leads nowhere", -1, "look with: ls -l " + path);
  if (!fs::exists(status)) throw sdk::DataError(path, "there is no such file");
  if (!fs::is_regular_file(status)) throw sdk::DataError(path, fs::is_directory(status) ? "expected a picture, found a folder" : "expected an ordinary file");
  errno = 0;
  OpenFile file(std::fopen(path.c_str(), "rb"));
  if (!file) throw sdk::DataError(path, fmt::format("cannot be opened: {}", std::strerror(errno)), -1, "look with: ls -l " + path);
  return file;
}

// What people call the kind of file that begins so, to say what was found in place of a picture.
std::string kind_of(std::string_view head) {
  const std::string_view brand = head.size() >= 12 && head.substr(4, 4) == "ftyp" ? head.substr(8, 4) : std::string_view{};
  if (head.starts_with("GIF8")) return "a GIF picture";
  if (head.size() >= 12 && head.starts_with("RIFF") && head.substr(8, 4) == "WEBP") return "a WebP picture";
  if (head.starts_with(std::string_view("II*\0", 4)) || head.starts_with(std::string_view("MM\0*", 4))) return "a TIFF picture";
  if (brand == "avif" || brand == "avis") return "an AVIF picture";
  if (!brand.empty()) return "a HEIC picture or a film";
  if (head.starts_with("<")) return "a page of HTML or XML";
  if (head.starts_with("version https:")) return "a pointer of Git LFS, whose file was not fetched";
  std::string bytes;
  for (const char c : head.substr(0, 4)) bytes += fmt::format(" {:02x}", static_cast<unsigned char>(c));
  return "a file that begins with" + bytes;
}

Format format_of(const std::string& path, std::FILE* file) {
  std::array<char, 16> bytes{};
  const std::string_view head(bytes.data(), std::fread(bytes.data(), 1, bytes.size(), file));
  std::rewind(file);
  if (head.empty()) throw sdk::DataError(path, "expected a picture, found an empty file (0 bytes)", -1, "fetch it again");
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return Format::png;
  if (head.starts_with("\xff\xd8\xff")) return Format::jpeg;
  if (head.size() > 2 && head[0] == 'P' && (head[1] == '2' || head[1] == '3' || head[1] == '5' || head[1] == '6') && (std::isspace(static_cast<unsigned char>(head[2])) != 0 || head[2] == '#')) return Format::pnm;
  if (head.starts_with("BM") && head.size() > 13 && head[6] == 0 && head[7] == 0) return Format::bmp;
  throw sdk::DataError(path, fmt::format("expected a picture as PNG, JPEG, PGM, PPM or BMP, found {}", kind_of(head)), -1, head.starts_with("version https:") ? "fetch it: git lfs pull" : "save it as PNG or JPEG");
}

}  // namespace

PictureFacts read_facts(const std::string& path) {
  const OpenFile file = open_picture(path);
  switch (format_of(path, file.get())) {
    case Format::png: return png_facts(path, file.get());
    case Format::jpeg: return jpeg_facts(path, file.get());
    case Format::bmp: return bmp_facts(path, file.get());
    case Format::pnm: break;
  }
  return pnm_facts(path, file.get());
}

Picture read_picture(const std::string& path) {
  const OpenFile file = open_picture(path);
  switch (format_of(path, file.get())) {
    case Format::png: return png_picture(path, file.get());
    case Format::jpeg: return jpeg_picture(path, file.get());
    case Format::bmp: return bmp_picture(path, file.get());
    case Format::pnm: break;
  }
  return pnm_picture(path, file.get());
}

void check_size(const std::string& path, std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1) throw sdk::DataError(path, fmt::format("expected a picture with pixels, found {} x {}", height, width));
  if (height > most_pixels / width) throw sdk::DataError(path, fmt::format("expected a picture of at most {} pixels, found a header that promises {} x {}", most_pixels, height, width));
}

void damaged(const std::string& path, const std::string& what) {
  throw sdk::DataError(path, "the picture is damaged: " + what, -1, "fetch it again");
}

}  // namespace teranga::datasets
