// SPDX-License-Identifier: Apache-2.0
// The binary files of CIFAR-10 and CIFAR-100: records of one or two labels and 32 x 32 pixels, all red values first, then all green and all blue ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/datasets/labelled_arrays.hpp>

namespace teranga::datasets {

// How a record begins.
enum class CifarKind {
  ten,      // its class, 0 to 9
  hundred,  // its coarse class, 0 to 19, then its fine one, 0 to 99
};

struct CifarPart {
  NamedArray images;  // u8 [N, 32, 32, 3]
  NamedArray labels;  // u8 [N]
};

// What the length and the labels of a file, plain or gzip, tell of it. Throws DataError where it is neither.
CifarKind cifar_kind(const std::string& path);

// The records of all files, one behind the other. Throws DataError with file and record.
CifarPart read_cifar(const std::vector<std::string>& paths, CifarKind kind, bool coarse);

}  // namespace teranga::datasets
