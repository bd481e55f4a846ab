// SPDX-License-Identifier: Apache-2.0
#include "png_file.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <png.h>

namespace teranga::launcher {

void write_png(const std::string& path, const report::Pixels& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = pixels.width;
  image.height = pixels.height;
  image.format = pixels.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const std::string unfinished = path + ".part";
  std::remove(unfinished.c_str());  // a link there is not followed
  if (png_image_write_to_file(&image, unfinished.c_str(), 0, pixels.bytes.data(), 0, nullptr) && std::rename(unfinished.c_str(), path.c_str()) == 0) return;
  std::remove(unfinished.c_str());
  throw Error(ExitCode::failure, fmt::format("{}: the picture cannot be written{}{}", path, image.message[0] ? ": " : "", image.message), fmt::format("--output {} writes it into this folder", shell_word(std::filesystem::path(path).filename().string())));
}

}  // namespace teranga::launcher
