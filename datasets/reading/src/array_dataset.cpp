// SPDX-License-Identifier: Apache-2.0
#include <teranga/datasets/array_dataset.hpp>

#include <array>
#include <cstring>

#include <fmt/format.h>

#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/npy_array.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

void ArrayDataset::add_new_npy(std::string_view learnt, const sdk::NewInput& input) {
  const std::vector<std::string>& paths = paths_of(input, 2);
  std::optional<NamedArray> targets;
  if (paths.size() == 2) targets = NamedArray{paths[1], read_npy_file(paths[1])};
  arrays_.add_new(learnt, {paths[0], read_npy_file(paths[0])}, std::move(targets));
}

const std::vector<std::string>& paths_of(const sdk::NewInput& input, std::size_t most) {
  if (input.paths.empty()) throw sdk::DataError("", "expected files of arrays, found typed text");
  if (input.paths.size() > most)
    throw sdk::DataError(input.paths[most], most == 1 ? "expected one file of arrays, found more" : "expected a file of features and perhaps one of targets, found more");
  return input.paths;
}

bool is_npy(const std::string& path) {
  std::array<char, 6> front{};
  InputFile file(path);
  std::size_t have = 0;
  while (have < front.size()) {
    const std::size_t got = file.read_some(front.data() + have, front.size() - have);
    if (got == 0) return false;
    have += got;
  }
  return std::memcmp(front.data(), "\x93NUMPY", front.size()) == 0;
}

}  // namespace teranga::datasets
