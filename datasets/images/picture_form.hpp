// SPDX-License-Identifier: Apache-2.0
// The one form that all pictures are brought into, a size and a number of channels, and the reading of many pictures into it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/node_memory.hpp>
#include <teranga/sdk/options.hpp>

#include <teranga/datasets/row_workers.hpp>

#include "broken_pictures.hpp"
#include "picture_file.hpp"
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
  Resizing resizing;
  bool turns = false;       // as Exif data say
  std::optional<std::array<std::uint8_t, 3>> background = {};  // that transparent pictures are laid on
  std::int64_t memory = 0;  // bytes for the pixels of all pictures
  bool may_hold = true, must_hold = false;
  bool skips = false;  // broken pictures

  static std::vector<sdk::OptionSpec> options();  // "image_size", "antialias", "crop_to_aspect_ratio", "exif_orientation", "background", "color_mode", "cache", "memory" and "on_error"
  static AskedForm of(const sdk::Options& options);
};

// Reads all headers, unless the options say all that they would; of the channels the first `decisive` pictures decide. Throws DataError that tells all broken pictures, or where there are several sizes and none was asked for.
PictureForm find_form(std::span<const ListedPicture> pictures, std::size_t decisive, const AskedForm& asked);

// The pixels of all pictures in that form, bytes [N, height, width, channels], held once for all processes of the machine. Tells how many were resized, and what was left out of them. Throws DataError where
// pictures are broken or memory does not suffice.
sdk::NodeBlock read_in_form(std::span<const ListedPicture> pictures, const PictureForm& form, const AskedForm& asked, GivenBy given, RowWorkers& workers);

// One picture in that form, [height, width, channels]. Throws DataError.
PictureFacts read_one_in_form(const std::string& path, const PictureForm& form, const AskedForm& asked, std::uint8_t* to);

// Whether the pixels of so many pictures are to be held. Where it is left to the memory that they need, that is told.
bool holds_pixels(std::size_t pictures, const PictureForm& form, const AskedForm& asked);

}  // namespace teranga::datasets
