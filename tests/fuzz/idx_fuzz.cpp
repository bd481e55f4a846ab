// SPDX-License-Identifier: Apache-2.0
// MNIST's format: one file without targets, as images with labels that are in order, or as the labels of images that are.
#include "dataset_target.hpp"
#include "target.hpp"

namespace {

using namespace std::string_view_literals;

constexpr std::string_view images = "\0\0\x08\x03\0\0\0\x03\0\0\0\x02\0\0\0\x02\0\xff\x01\x02\x33\x44\x55\x66\x77\x78\x79\x7a"sv;
constexpr std::string_view labels = "\0\0\x08\x01\0\0\0\x03\x02\0\x01"sv;

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const std::string file = folder().write(chosen & 4 ? "data.gz" : "data", input);
  std::vector<std::string> train{file};
  if ((chosen & 3) == 1) train = {file, folder().write("labels", labels)};
  if ((chosen & 3) == 2) train = {folder().write("images", images), file};
  if ((chosen & 3) == 3) train = {file, file};
  DatasetCase one{"datasets_idx", "teranga.idx", {{"train", train}}, {file}};
  if (chosen & 8) one.options["normalize"] = std::string("standard");
  if (chosen & 16) one.options["one_hot"] = true;
  if (chosen & 32) one.options["test"] = train;
  use_dataset(one);
  return 0;
}
