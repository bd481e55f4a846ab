// SPDX-License-Identifier: Apache-2.0
// The one kind of pickle that Teranga reads: a NumPy object array whose elements are lists of whole numbers, as Keras's imdb.npz and reuters.npz
// hold them (protocols 2 to 5). It builds nothing but those lists: only the opcodes and the four names that such an array needs are accepted, and
// every other one is refused by name. So a file can make it do nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace teranga::datasets {

// `who` names the array in a DataError. A pickle of `packed_bytes` in its file makes no more than that many lists, tuples and texts and a million: one byte
// of a pickle makes an empty list, and a thousand of them pack into one.
std::vector<std::vector<std::int32_t>> read_pickled_lists(std::string_view pickle, std::uint64_t packed_bytes, const std::string& who);

}  // namespace teranga::datasets
