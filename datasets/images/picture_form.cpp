// SPDX-License-Identifier: Apache-2.0
#include "picture_form.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <map>
#include <mutex>
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
          sdk::boolean("antialias", false).says("whether a smaller picture is made of all pixels of a larger one, each weighed by how near it lies, as Pillow does it"),
          sdk::boolean("crop_to_aspect_ratio", false).says("whether the middle part of the aspect ratio of image_size is resized, so that nothing is distorted; false: the whole picture"),
          sdk::boolean("exif_orientation", false).says("whether pictures are turned and mirrored as their Exif data say; false: they are taken as they lie, as in Keras"),
          sdk::text("color_mode", "auto").choices({"auto", "grayscale", "rgb", "rgba"}).says("1, 3 or 4 channels; auto: grayscale where all training pictures are grey, rgb otherwise"),
          sdk::integers("background").or_one().items(1, 3).in(0, 255).optional().says("red, green and blue, or one number for all of them: the colour that transparent pictures are laid on; left out: their transparency is left out, and they have the colours that stand in the file"),
          sdk::text("cache", "auto").choices({"auto", "memory", "none"}).says("memory: the pixels of all pictures are read once and held; none: each picture is read anew when it is wanted; auto: they are held if they take no more than the option memory allows"),
          sdk::integer("memory", default_memory).in(1, 1e9).says("MiB that the pixels of all pictures may take on a machine, a byte a channel"),
          sdk::text("on_error", "fail").choices({"fail", "skip"}).says("what happens to pictures that cannot be read: fail: all of them are told, and nothing is trained; skip: they are told, counted and left out, for which all pictures are read once more before the training")};
}

AskedForm AskedForm::of(const sdk::Options& options) {
  AskedForm asked;
  if (options.has("image_size")) asked.form.height = options.integers("image_size")[0], asked.form.width = options.integers("image_size")[1];
  const std::string mode = options.text("color_mode");
  asked.form.channels = mode == "grayscale" ? 1 : mode == "rgb" ? 3 : mode == "rgba" ? 4 : 0;
  asked.resizing = {options.boolean("antialias"), options.boolean("crop_to_aspect_ratio")};
  asked.turns = options.boolean("exif_orientation");
  asked.memory = options.integer("memory") << 20;
  if (options.has("background")) {
    const std::vector<std::int64_t> colour = options.integers("background");
    if (colour.size() == 2) throw sdk::OptionError("background", "expected 1 or 3 numbers, found 2", "background = 255, or background = [255, 255, 255]");
    if (mode == "rgba") throw sdk::OptionError("background", "color_mode = \"rgba\" keeps the transparency", "leave out background, or color_mode = \"rgb\"");
    asked.background.emplace();
    for (std::size_t c = 0; c < 3; ++c) (*asked.background)[c] = static_cast<std::uint8_t>(colour[colour.size() == 3 ? c : 0]);
  }
  asked.may_hold = options.text("cache") != "none", asked.must_hold = options.text("cache") == "memory";
  asked.skips = options.text("on_error") == "skip";
  return asked;
}

PictureForm find_form(std::span<const ListedPicture> pictures, std::size_t decisive, const AskedForm& asked) {
  constexpr GivenBy given = GivenBy::folder;
  PictureForm form = asked.form;
  if (form.height > 0 && form.channels > 0 && !holds_pixels(pictures.size(), form, asked)) return form;  // very many files, perhaps of a slow disk
  std::map<Size, OfSize> sizes;
  bool colour = false;
  BrokenPictures broken;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    broken.reading([&] {
      PictureFacts facts = read_facts(pictures[i].path);
      if (asked.turns && facts.orientation >= 5) std::swap(facts.height, facts.width);
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

PictureFacts read_one_in_form(const std::string& path, const PictureForm& form, const AskedForm& asked, std::uint8_t* to) {
  auto [facts, as_read] = read_picture(path);
  if (asked.turns) as_read = turned(std::move(as_read), facts.orientation);
  if (asked.background) lay_on(as_read, *asked.background);
  const Pixels pixels = with_channels(std::move(as_read), form.channels);
  resize(pixels, asked.resizing, form.height, form.width, to);
  facts.height = pixels.height, facts.width = pixels.width;
  return facts;
}

bool holds_pixels(std::size_t pictures, const PictureForm& form, const AskedForm& asked) {
  return asked.must_hold || (asked.may_hold && static_cast<double>(pictures) * static_cast<double>(form.bytes()) <= static_cast<double>(asked.memory));
}

namespace {

struct Tally {
  std::int64_t resized = 0, without_alpha = 0, turned = 0, done = 0;
};

// Tells of long reading, now and then.
class ReadingLog {
 public:
  explicit ReadingLog(std::size_t pictures) : pictures_(pictures) {}
  void count() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (const auto now = std::chrono::steady_clock::now(); now - told_at_ > std::chrono::seconds(10)) {
      log(TRG_LOG_INFO, fmt::format("{} of {} pictures are read", done_, pictures_));
      told_at_ = now;
    }
  }

 private:
  std::size_t pictures_;
  std::int64_t done_ = 0;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point told_at_ = std::chrono::steady_clock::now();
};

// Writes the pixels of all pictures, one behind the other.
void write_pixels(std::span<const ListedPicture> pictures, const PictureForm& form, const AskedForm& asked, GivenBy given, RowWorkers& workers, std::uint8_t* to) {
  std::vector<PictureFacts> facts(pictures.size());
  std::vector<std::optional<sdk::DataError>> failures(pictures.size());
  ReadingLog reading(pictures.size());
  workers.each(std::ssize(pictures), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    try {
      facts[at] = read_one_in_form(pictures[at].path, form, asked, to + i * form.bytes());
    } catch (const sdk::DataError& e) {
      failures[at] = e;
    }
    reading.count();
  });
  BrokenPictures broken;
  Tally tally;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (failures[i]) {
      broken.reading([&] { throw sdk::DataError(*failures[i]); });
      continue;
    }
    tally.resized += facts[i].height != form.height || facts[i].width != form.width;
    tally.without_alpha += facts[i].alpha && form.channels != 4;
    tally.turned += facts[i].orientation != 1;
  }
  broken.refuse(pictures.size(), given);
  if (tally.resized > 0) log(TRG_LOG_INFO, fmt::format("{} of {} pictures are resized to {} x {} pixels (height x width)", tally.resized, pictures.size(), form.height, form.width));
  if (tally.without_alpha > 0 && asked.background) log(TRG_LOG_INFO, fmt::format("{} transparent pictures are laid on the colour of background", tally.without_alpha));
  else if (tally.without_alpha > 0) log(TRG_LOG_INFO, fmt::format("the transparency of {} pictures is left out; color_mode = \"rgba\" keeps it, background = 255 lays them on white", tally.without_alpha));
  if (tally.turned > 0 && asked.turns) log(TRG_LOG_INFO, fmt::format("{} pictures are turned or mirrored as their Exif data say", tally.turned));
  else if (tally.turned > 0) log(TRG_LOG_WARNING, fmt::format("{} pictures say in their Exif data that they are to be turned or mirrored; as in Keras, they are taken as they lie; exif_orientation = true turns them", tally.turned));
}

}  // namespace

sdk::NodeBlock read_in_form(std::span<const ListedPicture> pictures, const PictureForm& form, const AskedForm& asked, GivenBy given, RowWorkers& workers) {
  const double needed = static_cast<double>(pictures.size()) * static_cast<double>(form.bytes()), mib = 1 << 20;
  if (needed > static_cast<double>(asked.memory))
    throw sdk::DataError(pictures[0].path, fmt::format("expected pictures whose pixels take at most {} MiB (option memory), found {} pictures of {} x {} x {} bytes, {:.0f} MiB", asked.memory >> 20, pictures.size(),
                                                       form.height, form.width, form.channels, std::ceil(needed / mib)),
                         -1, fmt::format("cache = \"none\", memory = {:.0f}, or a smaller image_size", std::ceil(needed / mib)));
  return sdk::NodeBlock("pixels of " + pictures[0].path + " and others", pictures.size() * static_cast<std::size_t>(form.bytes()), [&](void* to) { write_pixels(pictures, form, asked, given, workers, static_cast<std::uint8_t*>(to)); });
}

}  // namespace teranga::datasets
