// SPDX-License-Identifier: Apache-2.0
#include "picture_sheet.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <png.h>

namespace teranga::launcher {
namespace {

constexpr std::int64_t gap = 2;             // pixels around each picture
constexpr std::int64_t comfortable = 32;    // pixels of a side: smaller pictures are enlarged towards it
constexpr unsigned char background = 128;

class Sheet {
 public:
  Sheet(const train::Pictures& pictures, std::int64_t columns) : pictures_(pictures), shape_(pictures.made.shape()), columns_(std::min(columns, shape_[0])) {
    scale_ = std::max<std::int64_t>(1, comfortable / std::max(shape_[1], shape_[2]));
    const std::int64_t rows = (shape_[0] + columns_ - 1) / columns_ * stack();
    width_ = columns_ * (shape_[2] * scale_ + gap) + gap;
    height_ = rows * (shape_[1] * scale_ + gap) + gap;
    pixels_.assign(static_cast<std::size_t>(width_ * height_ * channels()), background);
    const auto numbers = pictures.made.as<float>();
    low_ = *std::min_element(numbers.begin(), numbers.end()) < 0 ? -1.0F : 0.0F;
    for (std::int64_t n = 0; n < shape_[0]; ++n) {
      if (pictures.from) draw(*pictures.from, n, 0);
      draw(pictures.made, n, stack() - 1);
    }
  }

  std::int64_t width() const { return width_; }
  std::int64_t height() const { return height_; }
  std::int64_t channels() const { return shape_[3]; }
  const unsigned char* data() const { return pixels_.data(); }

 private:
  std::int64_t stack() const { return pictures_.from ? 2 : 1; }

  void draw(const Tensor& from, std::int64_t n, std::int64_t layer) {
    const float* picture = from.as<float>().data() + n * shape_[1] * shape_[2] * shape_[3];
    const std::int64_t top = gap + (n / columns_ * stack() + layer) * (shape_[1] * scale_ + gap), left = gap + n % columns_ * (shape_[2] * scale_ + gap);
    for (std::int64_t y = 0; y < shape_[1] * scale_; ++y)
      for (std::int64_t x = 0; x < shape_[2] * scale_; ++x)
        for (std::int64_t c = 0; c < shape_[3]; ++c) {
          const float value = picture[(y / scale_ * shape_[2] + x / scale_) * shape_[3] + c];
          const float share = std::isfinite(value) ? std::clamp((value - low_) / (1 - low_), 0.0F, 1.0F) : 0.0F;
          pixels_[static_cast<std::size_t>(((top + y) * width_ + left + x) * shape_[3] + c)] = static_cast<unsigned char>(std::lround(share * 255));
        }
  }

  const train::Pictures& pictures_;
  const Shape shape_;
  std::int64_t columns_, scale_ = 1, width_ = 0, height_ = 0;
  float low_ = 0;
  std::vector<unsigned char> pixels_;
};

}  // namespace

void write_sheet(const std::string& path, const train::Pictures& pictures, std::int64_t columns) {
  const Sheet sheet(pictures, columns);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(sheet.width());
  image.height = static_cast<png_uint_32>(sheet.height());
  image.format = sheet.channels() == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const std::string unfinished = path + ".part";
  std::remove(unfinished.c_str());  // a link there is not followed
  if (png_image_write_to_file(&image, unfinished.c_str(), 0, sheet.data(), 0, nullptr) && std::rename(unfinished.c_str(), path.c_str()) == 0) return;
  std::remove(unfinished.c_str());
  throw Error(ExitCode::failure, fmt::format("{}: the picture cannot be written{}{}", path, image.message[0] ? ": " : "", image.message), fmt::format("--output {} writes it into this folder", shell_word(std::filesystem::path(path).filename().string())));
}

}  // namespace teranga::launcher
