// SPDX-License-Identifier: Apache-2.0
// Pictures: the same bytes as a file of each class, under the ending of a PNG, a JPEG or a picture of Netpbm.
#include <fmt/format.h>

#include "dataset_target.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga::fuzz;
  std::string_view input = view(data, size);
  const unsigned chosen = choice(input);
  const char* const endings[] = {"png", "jpg", "pgm", "ppm"};
  const Folder pictures;
  std::vector<std::string> paths;
  for (const char* of_class : {"a", "b"}) {
    std::filesystem::create_directory(pictures / of_class);
    paths.push_back(pictures.write(fmt::format("{}/p.{}", of_class, endings[chosen & 3]), input));
  }
  DatasetCase one{"datasets_images", "teranga.images", {{"folder", pictures / ""}, {"memory", std::int64_t{64}}}, paths};
  if (chosen & 4) one.options["color_mode"] = std::string("grayscale");
  if (chosen & 8) one.options["color_mode"] = std::string("rgba");
  if (chosen & 16) one.options["image_size"] = std::vector<std::int64_t>{5, 7};
  use_dataset(one);
  return 0;
}
