// SPDX-License-Identifier: Apache-2.0
#include "picture_sheet.hpp"

#include "png_file.hpp"

#include <teranga/report/picture_sheet.hpp>

#include <span>

namespace teranga::launcher {

void write_sheet(const std::string& path, const train::Pictures& pictures, std::int64_t columns) {
  const Shape& shape = pictures.made.shape();
  write_png(path, report::picture_sheet({shape[0], shape[1], shape[2], shape[3], pictures.made.as<float>(), pictures.from ? pictures.from->as<float>() : std::span<const float>()}, columns));
}

}  // namespace teranga::launcher
