// SPDX-License-Identifier: Apache-2.0
#include "picture_sheet.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/report/picture_sheet.hpp>

#include <cstdio>
#include <filesystem>
#include <span>

#include <fmt/format.h>
#include <png.h>

namespace teranga::launcher {

void write_sheet(const std::string& path, const train::Pictures& pictures, std::int64_t columns) {
  const Shape& shape = pictures.made.shape();
  const report::Pixels sheet = report::picture_sheet({shape[0], shape[1], shape[2], shape[3], pictures.made.as<float>(), pictures.from ? pictures.from->as<float>() : std::span<const float>()}, columns);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = sheet.width;
  image.height = sheet.height;
  image.format = sheet.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const std::string unfinished = path + ".part";
  std::remove(unfinished.c_str());  // a link there is not followed
  if (png_image_write_to_file(&image, unfinished.c_str(), 0, sheet.bytes.data(), 0, nullptr) && std::rename(unfinished.c_str(), path.c_str()) == 0) return;
  std::remove(unfinished.c_str());
  throw Error(ExitCode::failure, fmt::format("{}: the picture cannot be written{}{}", path, image.message[0] ? ": " : "", image.message), fmt::format("--output {} writes it into this folder", shell_word(std::filesystem::path(path).filename().string())));
}

}  // namespace teranga::launcher
