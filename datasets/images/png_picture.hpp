// SPDX-License-Identifier: Apache-2.0
// PNG through libpng: every bit depth, palettes, transparency and interlacing. Gamma and colour profiles are not applied, as in Keras.
#pragma once

#include <cstdio>
#include <string>

#include "picture_file.hpp"

namespace teranga::datasets {

PictureFacts png_facts(const std::string& path, std::FILE* file);
Picture png_picture(const std::string& path, std::FILE* file);

}  // namespace teranga::datasets
