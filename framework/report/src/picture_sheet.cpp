// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/picture_sheet.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace teranga::report {
namespace {

constexpr std::int64_t between = 2;           // pixels around each picture
constexpr std::int64_t comfortable = 32;  // pixels of a side: smaller pictures are enlarged towards it
constexpr std::uint8_t behind_all = 128;

class Sheet {
 public:
  Sheet(const PictureBatch& pictures, std::int64_t columns) : pictures_(pictures), columns_(std::min(columns, pictures.count)) {
    scale_ = std::max<std::int64_t>(1, comfortable / std::max(pictures.height, pictures.width));
    const std::int64_t rows = (pictures.count + columns_ - 1) / columns_ * stack();
    width_ = columns_ * (pictures.width * scale_ + between) + between;
    height_ = rows * (pictures.height * scale_ + between) + between;
    bytes_.assign(static_cast<std::size_t>(width_ * height_ * pictures.channels), behind_all);
    low_ = std::ranges::any_of(pictures.made, [](float number) { return number < 0; }) ? -1.0F : 0.0F;
    for (std::int64_t n = 0; n < pictures.count; ++n) {
      if (!pictures.from.empty()) draw(pictures.from, n, 0);
      draw(pictures.made, n, stack() - 1);
    }
  }

  Pixels take() && { return {static_cast<std::uint32_t>(width_), static_cast<std::uint32_t>(height_), static_cast<std::uint32_t>(pictures_.channels), std::move(bytes_)}; }

 private:
  std::int64_t stack() const { return pictures_.from.empty() ? 1 : 2; }

  void draw(std::span<const float> from, std::int64_t n, std::int64_t layer) {
    const PictureBatch& p = pictures_;
    const float* picture = from.data() + n * p.height * p.width * p.channels;
    const std::int64_t top = between + (n / columns_ * stack() + layer) * (p.height * scale_ + between), left = between + n % columns_ * (p.width * scale_ + between);
    for (std::int64_t y = 0; y < p.height * scale_; ++y)
      for (std::int64_t x = 0; x < p.width * scale_; ++x)
        for (std::int64_t c = 0; c < p.channels; ++c) {
          const float value = picture[(y / scale_ * p.width + x / scale_) * p.channels + c];
          const float share = std::isfinite(value) ? std::clamp((value - low_) / (1 - low_), 0.0F, 1.0F) : 0.0F;
          bytes_[static_cast<std::size_t>(((top + y) * width_ + left + x) * p.channels + c)] = static_cast<std::uint8_t>(std::lround(share * 255));
        }
  }

  const PictureBatch& pictures_;
  std::int64_t columns_, scale_ = 1, width_ = 0, height_ = 0;
  float low_ = 0;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace

Pixels picture_sheet(const PictureBatch& pictures, std::int64_t columns) { return Sheet(pictures, columns).take(); }

}  // namespace teranga::report
