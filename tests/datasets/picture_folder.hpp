// SPDX-License-Identifier: Apache-2.0
// Folders of small pictures for the tests of the data set `images`.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <png.h>

#include "plugin_under_test.hpp"

namespace teranga::test {

struct Images : Dataset {
  explicit Images(const GivenOptions& options) : Dataset("datasets_images", "teranga.images", options) {}
  Images(const GivenOptions& options, const NewSamples& fresh) : Dataset("datasets_images", "teranga.images", options, fresh) {}
  std::vector<float> x(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<float>(part, samples, 0); }
  std::vector<std::int32_t> y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
};

// Files by their paths in a new folder.
class PictureTree {
 public:
  PictureTree(std::initializer_list<std::pair<const std::string, std::string>> files) : PictureTree(std::map<std::string, std::string>(files)) {}
  explicit PictureTree(const std::map<std::string, std::string>& files) {
    for (const auto& [name, bytes] : files) {
      std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
      folder_.write(name, bytes);
    }
  }
  std::string path() const { return std::filesystem::path(folder_ / "x").parent_path().string(); }

 private:
  Folder folder_;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("there is no " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string golden_file(const std::string& file) { return bytes_of(std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/pictures/" + file); }

// The bytes of a PNG file of [height, width, channels], 1 or 3 channels.
inline std::string png(unsigned height, unsigned width, int channels, const std::vector<unsigned char>& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = height;
  image.width = width;
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr)) throw std::runtime_error(image.message);
  bytes.resize(size);
  return bytes;
}

inline std::string grey_png(unsigned char value) { return png(1, 1, 1, {value}); }

}  // namespace teranga::test
