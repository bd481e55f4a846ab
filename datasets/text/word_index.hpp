// SPDX-License-Identifier: Apache-2.0
// Keras's imdb_word_index.json: one JSON object from words to their ranks, from 1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace teranga::datasets {

// The word of each rank; the first is empty, as there is no rank 0. Throws DataError.
std::vector<std::string> read_word_index(const std::string& path);

}  // namespace teranga::datasets
