// SPDX-License-Identifier: Apache-2.0
// JPEG through libjpeg: baseline and progressive, grey, colour and CMYK. Its Exif orientation is told but not applied, as in Keras.
#pragma once

#include <cstdio>
#include <string>

#include "picture_file.hpp"

namespace teranga::datasets {

PictureFacts jpeg_facts(const std::string& path, std::FILE* file);
Picture jpeg_picture(const std::string& path, std::FILE* file);

}  // namespace teranga::datasets
