// SPDX-License-Identifier: Apache-2.0
#include "picture_form.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>
#include <teranga/sdk/error.hpp>

#include "broken_pictures.hpp"
#include "picture_file.hpp"

namespace teranga::datasets {

namespace {

constexpr std::int64_t default_memory = 4096;  // MiB

using Size = std::pair<std::int64_t, std::int64_t>;  // height, width

struct OfSize {
  std::int64_t count = 0;
  std::string first;
};

void refuse_many_sizes(const std::map<Size, OfSize>& sizes, std::size_t pictures) {
  const auto commonest = std::max_element(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second.count < b.second.count; });
  const auto other = commonest == sizes.begin() ? std::next(commonest) : sizes.begin();
  const auto& [height, width] = commonest->first;
  const bool modest = height <= 256 && width <= 256;  // such as a net can take
  throw sdk::DataError(other->second.first,
                       fmt::format("expected pictures of one size, found {} sizes among {} pictures (height x width): this one has {} x {}, {} has {} x {}", sizes.size(), pictures,
                                   other->first.first, other->first.second, commonest->second.first, height, width),
                       -1, fmt::format("image_size = [{}, {}] resizes them all", modest ? height : 128, modest ? width : 128));
}

// Refuses the pictures whose headers are broken, and those whose pixels are: the report is of all of them.
void refuse_broken(std::span<const ListedPicture> pictures, GivenBy given) {
  BrokenPictures broken;
  for (const ListedPicture& picture : pictures) broken.reading([&] { read_picture(picture.path); });
  broken.refuse(pictures.size(), given);
}

}  // namespace

std::string_view mode_of(std::int64_t channels) { return channels == 1 ? "grayscale" : channels == 3 ? "rgb" : "rgba"; }

std::vector<sdk::OptionSpec> AskedForm::options() {
  return {sdk::integers("image_size").optional().expands_to(2).in(1, 65535).says("[height, width] in pixels, to which all pictures are resized (bilinear, as Keras does it); left out: the one size that all of them have"),
          sdk::text("color_mode", "auto").choices({"auto", "grayscale", "rgb", "rgba"}).says("1, 3 or 4 channels; auto: grayscale where all training pictures are grey, rgb otherwise"),
          sdk::integer("memory", default_memory).in(1, 1e9).says("MiB that the pixels of all pictures may take in each process, a byte a channel")};
}

AskedForm AskedForm::of(const sdk::Options& options) {
  AskedForm asked;
  if (options.has("image_size")) asked.form.height = options.integers("image_size")[0], asked.form.width = options.integers("image_size")[1];
  const std::string mode = options.text("color_mode");
  asked.form.channels = mode == "grayscale" ? 1 : mode == "rgb" ? 3 : mode == "rgba" ? 4 : 0;
  asked.memory = options.integer("memory") << 20;
  return asked;
}

PictureForm find_form(std::span<const ListedPicture> pictures, std::size_t decisive, const AskedForm& asked) {
  constexpr GivenBy given = GivenBy::folder;
  PictureForm form = asked.form;
  std::map<Size, OfSize> sizes;
  bool colour = false;
  BrokenPictures broken;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    broken.reading([&] {
      const PictureFacts facts = read_facts(pictures[i].path);
      OfSize& of_size = sizes[{facts.height, facts.width}];
      if (++of_size.count == 1) of_size.first = pictures[i].path;
      colour = colour || (i < decisive && facts.colour);
    });
  if (!broken.none()) refuse_broken(pictures, given);
  broken.refuse(pictures.size(), given);
  if (form.height == 0) {
    if (sizes.size() > 1) refuse_many_sizes(sizes, pictures.size());
    std::tie(form.height, form.width) = sizes.begin()->first;
  }
  if (form.channels == 0) {
    form.channels = colour ? 3 : 1;
    log(TRG_LOG_INFO, fmt::format("the pictures are {}; color_mode = \"{}\"", colour ? "in colour" : "grey", mode_of(form.channels)));
  }
  return form;
}

namespace {

// Writes the pixels of all pictures, one behind the other.
void write_pixels(std::span<const ListedPicture> pictures, const PictureForm& form, GivenBy given, std::uint8_t* to) {
  std::int64_t resized = 0, without_alpha = 0, turned = 0, done = 0;
  auto told_at = std::chrono::steady_clock::now();
  BrokenPictures broken;
  for (const ListedPicture& picture : pictures) {
    broken.reading([&] {
      auto [facts, as_read] = read_picture(picture.path);
      const Pixels pixels = with_channels(std::move(as_read), form.channels);
      resized += pixels.height != form.height || pixels.width != form.width;
      without_alpha += facts.alpha && form.channels != 4;
      turned += facts.orientation != 1;
      resize(pixels, form.height, form.width, to + done * form.bytes());
    });
    ++done;
    if (const auto now = std::chrono::steady_clock::now(); now - told_at > std::chrono::seconds(10)) {
      log(TRG_LOG_INFO, fmt::format("{} of {} pictures are read", done, pictures.size()));
      told_at = now;
    }
  }
  broken.refuse(pictures.size(), given);
  if (resized > 0) log(TRG_LOG_INFO, fmt::format("{} of {} pictures are resized to {} x {} pixels (height x width)", resized, pictures.size(), form.height, form.width));
  if (without_alpha > 0) log(TRG_LOG_INFO, fmt::format("the transparency of {} pictures is left out; color_mode = \"rgba\" keeps it", without_alpha));
  if (turned > 0) log(TRG_LOG_WARNING, fmt::format("{} pictures say in their Exif data that they are to be turned or mirrored; as in Keras, they are taken as they lie", turned));
}

}  // namespace

sdk::NodeBlock read_in_form(std::span<const ListedPicture> pictures, const PictureForm& form, std::int64_t memory, GivenBy given) {
  const double needed = static_cast<double>(pictures.size()) * static_cast<double>(form.bytes()), mib = 1 << 20;
  if (needed > static_cast<double>(memory))
    throw sdk::DataError(pictures[0].path, fmt::format("expected pictures whose pixels take at most {} MiB (option memory), found {} pictures of {} x {} x {} bytes, {:.0f} MiB", memory >> 20, pictures.size(),
                                                       form.height, form.width, form.channels, std::ceil(needed / mib)),
                         -1, fmt::format("memory = {:.0f}, or a smaller image_size", std::ceil(needed / mib)));
  return sdk::NodeBlock("pixels of " + pictures[0].path + " and others", pictures.size() * static_cast<std::size_t>(form.bytes()), [&](void* to) { write_pixels(pictures, form, given, static_cast<std::uint8_t*>(to)); });
}

}  // namespace teranga::datasets
