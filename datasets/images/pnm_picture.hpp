// SPDX-License-Identifier: Apache-2.0
// PGM and PPM, the plain formats of Netpbm (netpbm.sourceforge.net/doc/pgm.html), as old databases of faces have them: binary (P5, P6) and in words (P2, P3).
#pragma once

#include <cstdio>
#include <string>

#include "picture_file.hpp"

namespace teranga::datasets {

PictureFacts pnm_facts(const std::string& path, std::FILE* file);
// Values are spread over 0 to 255 by the largest one that the header names, and rounded.
Picture pnm_picture(const std::string& path, std::FILE* file);

}  // namespace teranga::datasets
