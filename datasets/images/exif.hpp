// SPDX-License-Identifier: Apache-2.0
// The one thing of a picture's Exif data that is looked at.
#pragma once

#include <cstddef>

namespace teranga::datasets {

// The orientation tag (1: as it lies, 2 to 8: mirrored or turned) of TIFF data that begin with "II" or "MM"; 1 where there is none or the data are broken.
int exif_orientation(const unsigned char* data, std::size_t size);

}  // namespace teranga::datasets
