// SPDX-License-Identifier: Apache-2.0
// One idx file, the format of MNIST and its kin (yann.lecun.com/exdb/mnist): bytes 0, 0, element type, rank; then each extent as a
// big-endian u32; then the elements, big-endian, row-major. Plain or gzip.
#pragma once

#include <string>

#include <teranga/datasets/held_array.hpp>

namespace teranga::datasets {

// Bytes stay u8; i8, i16 and i32 become i32; f32 and f64 stay. Grey images [N, H, W] are given a channel axis: [N, H, W, 1]. Throws DataError.
// A plain file of bytes is mapped; others are held once for all processes of the machine.
HeldArray read_idx(const std::string& path);

}  // namespace teranga::datasets
