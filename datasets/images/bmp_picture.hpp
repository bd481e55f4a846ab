// SPDX-License-Identifier: Apache-2.0
// One BMP file: 1, 4, 8, 16, 24 or 32 bits a pixel, not compressed.
#pragma once

#include <cstdio>
#include <string>

#include "picture_file.hpp"

namespace teranga::datasets {

PictureFacts bmp_facts(const std::string& path, std::FILE* file);
Picture bmp_picture(const std::string& path, std::FILE* file);

}  // namespace teranga::datasets
