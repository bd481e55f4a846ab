// SPDX-License-Identifier: Apache-2.0
// Predictions on disk: .npy and .h5 keep their shape, .csv has a line for each sample. A file is published whole or not at all.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

enum class FileFormat { npy, csv, h5 };

// By the name's ending; throws Error(usage) naming `option` for another one.
FileFormat format_of(const std::string& path, const std::string& option);

// Whether an array of samples (of .h5: the one named x) holds unsigned bytes. False also for what cannot be read.
bool holds_bytes(const std::string& path, FileFormat format);

// f32 or i64, samples on axis 0. `columns` names the columns of a table.
void write_tensor(const std::string& path, const Tensor& values, const std::vector<std::string>& columns);
// A table of one column of words.
void write_words(const std::string& path, const std::string& column, const std::vector<std::string>& words);

}  // namespace teranga::train
