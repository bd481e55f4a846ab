// SPDX-License-Identifier: Apache-2.0
// One file with a picture, PNG, JPEG, PGM, PPM or BMP, told by its first bytes and not by its name. What is wrong with it is a DataError that names it.
#pragma once

#include <cstdint>
#include <string>

#include "pixels.hpp"

namespace teranga::datasets {

// What its header says.
struct PictureFacts {
  std::int64_t height = 0, width = 0;
  bool colour = false;  // false: all its pixels are grey by their kind
  bool alpha = false;
  int orientation = 1;  // of its Exif data; nothing here turns a picture
};

struct Picture {
  PictureFacts facts;
  Pixels pixels;
};

// Pictures of more pixels are refused, before memory is asked for.
constexpr std::int64_t most_pixels = 100'000'000;

PictureFacts read_facts(const std::string& path);
// Its pixels as the file has them, in 8 bits: of 16 bits the upper ones, a palette as its colours.
Picture read_picture(const std::string& path);

// Throws DataError where a header promises more than most_pixels, or nothing.
void check_size(const std::string& path, std::int64_t height, std::int64_t width);
[[noreturn]] void damaged(const std::string& path, const std::string& what);

}  // namespace teranga::datasets
