// SPDX-License-Identifier: Apache-2.0
// The one form that all pictures are brought into, a size and a number of channels, and the reading of many pictures into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/node_memory.hpp>
#include <teranga/sdk/options.hpp>

#include "broken_pictures.hpp"
#include "picture_folder.hpp"

namespace teranga::datasets {

struct PictureForm {
  std::int64_t height = 0, width = 0, channels = 0;

  std::int64_t bytes() const { return height * width * channels; }
  bool operator==(const PictureForm&) const = default;
};

std::string_view mode_of(std::int64_t channels);  // "grayscale", "rgb" or "rgba"

// What the options ask for; 0 is what the pictures are to decide.
struct AskedForm {
  PictureForm form;
  std::int64_t memory = 0;  // bytes for the pixels of all pictures

  static std::vector<sdk::OptionSpec> options();  // "image_size", "color_mode" and "memory"
  static AskedForm of(const sdk::Options& options);
};

// Reads all headers; of the channels the first `decisive` pictures decide. Throws DataError that tells all broken pictures, or where there are several sizes and none was asked for.
PictureForm find_form(std::span<const ListedPicture> pictures, std::size_t decisive, const AskedForm& asked);

// The pixels of all pictures in that form, bytes [N, height, width, channels], held once for all processes of the machine. Tells how many were resized, and what was left out of them. Throws DataError where
// pictures are broken or memory does not suffice.
sdk::NodeBlock read_in_form(std::span<const ListedPicture> pictures, const PictureForm& form, std::int64_t memory, GivenBy given);

}  // namespace teranga::datasets
