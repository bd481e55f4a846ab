// SPDX-License-Identifier: Apache-2.0
// The data set `image_sheet`: many small pictures of one size, tiles, in one large picture, row by row.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/log.hpp>
#include <teranga/sdk/dataset.hpp>

#include "picture_file.hpp"

namespace teranga::datasets {
namespace {

constexpr double per_byte = 1.0 / 255.0;
constexpr std::uint64_t most_label_bytes = std::uint64_t{256} << 20;
constexpr std::pair<std::int32_t, const char*> parts[] = {{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}};

class ImageSheetDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.image_sheet",
                   .summary = "many pictures of one size, tiles, in one large picture (PNG, JPEG, PGM, PPM, BMP)",
                   .options = {sdk::paths("train").or_one().items(1, 100000).says("the large pictures of the training part; their tiles are taken row by row"),
                               sdk::paths("test").or_one().items(1, 100000).optional().says("those of the test part"),
                               sdk::paths("validation").or_one().items(1, 100000).optional().says("those of the validation part"),
                               sdk::integers("tile_size").expands_to(2).in(1, 65535).says("[height, width] of a tile in pixels"),
                               sdk::integer("spacing", std::int64_t{0}).in(0, 65535).says("pixels between two tiles"),
                               sdk::integer("margin", std::int64_t{0}).in(0, 65535).says("pixels between the outer tiles and the border of the picture"),
                               sdk::text("color_mode", "auto").choices({"auto", "grayscale", "rgb", "rgba"}).says("1, 3 or 4 channels; auto: grayscale where all training pictures are grey, rgb otherwise"),
                               sdk::integer("rows_per_class").in(1, 1e9).optional().says("so many rows of tiles, one below the other, are of one class, the first ones of class 0"),
                               sdk::path("train_labels").optional().says("in place of rows_per_class: a text with the class of each tile, one a line"),
                               sdk::path("test_labels").optional().says("the same of the test part"),
                               sdk::path("validation_labels").optional().says("the same of the validation part"),
                               sdk::boolean("skip_blank", false).says("whether tiles of one colour alone are left out, as those that fill up the last row; they have no line in the labels"), scale_option(per_byte)}};
    for (sdk::OptionSpec& option : normalize_options()) info.options.push_back(std::move(option));
    info.options.push_back(sdk::texts("class_names").optional().says("what the classes are called, class 0 first; left out: the classes of the training labels in the order of their names, or of their numbers"));
    info.options.push_back(sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers"));
    for (sdk::OptionSpec& option : PictureChanges::options()) info.options.push_back(std::move(option));
    return info;
  }

  explicit ImageSheetDataset(const sdk::Options& options) : ImageSheetDataset(options, read_all(options)) {}

  static constexpr const char* endings = ".npy .npy.gz .png .jpg .jpeg .pgm .ppm .bmp";

  // Sheets of tiles, or arrays of NumPy.
  ImageSheetDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(Treatment::of(options, per_byte))) {
    if (is_npy(paths_of(input, 100000)[0])) {
      add_new_npy(learnt, input);
      return;
    }
    const LearntArrays known = LearntArrays::unpack(learnt);
    Tiles tiles = tiles_of(options, input.paths, known.sample.size() == 3 ? known.sample[2] : 0);
    arrays_.add_new(learnt, {input.paths[0], tiles.taken()}, std::nullopt);
  }

 private:
  struct Tiles {
    Shape tile;                             // height, width, channels
    std::vector<std::uint8_t> values = {};  // one behind the other
    std::vector<std::int64_t> rows = {};    // of each tile: the row in its sheets

    Tensor taken() const {
      Shape shape = tile;
      shape.insert(shape.begin(), std::ssize(rows));
      Tensor out(ElementType::u8, shape);
      std::memcpy(out.data(), values.data(), values.size());
      return out;
    }
  };
  struct Part {
    std::string file;
    Tiles tiles;
    std::vector<std::string> labels;  // empty: there are none
  };
  struct Read {
    std::array<std::optional<Part>, 3> parts;
    std::vector<std::string> classes;
  };

  ImageSheetDataset(const sdk::Options& options, const Read& read) : ArrayDataset(LabelledArrays(treatment(options, read.classes))) {
    for (const auto& [number, name] : parts) {
      const std::optional<Part>& part = read.parts[static_cast<std::size_t>(number)];
      if (!part) continue;
      std::optional<NamedArray> targets;
      if (!part->labels.empty()) {
        Tensor classes(ElementType::i32, {std::ssize(part->labels)});
        for (std::size_t i = 0; i < part->labels.size(); ++i) {
          const auto at = std::find(read.classes.begin(), read.classes.end(), part->labels[i]);
          if (at == read.classes.end())
            throw sdk::DataError(part->file, fmt::format("expected one of the {} classes, found \"{}\"", read.classes.size(), part->labels[i]), static_cast<std::int64_t>(i));
          classes.as<std::int32_t>()[i] = static_cast<std::int32_t>(at - read.classes.begin());
        }
        targets = NamedArray{part->file, std::move(classes)};
      }
      arrays_.add(number, {part->file, part->tiles.taken()}, std::move(targets));
    }
    arrays_.check_scale();
  }

  static Treatment treatment(const sdk::Options& options, const std::vector<std::string>& classes) {
    Treatment treatment = Treatment::of(options, per_byte);
    if (treatment.class_names.empty() || !options.has("rows_per_class")) treatment.class_names = classes;
    if (treatment.class_names.size() != classes.size())
      throw sdk::OptionError("class_names", fmt::format("expected {} names, one for each class that the rows of tiles make, found {}", classes.size(), treatment.class_names.size()));
    treatment.classes = std::ssize(classes);
    return treatment;
  }

  // The tiles of all sheets; 0 channels: those of the pictures decide.
  static Tiles tiles_of(const sdk::Options& options, const std::vector<std::string>& paths, std::int64_t channels) {
    const std::vector<std::int64_t> size = options.integers("tile_size");
    const std::int64_t height = size[0], width = size[1], spacing = options.integer("spacing"), margin = options.integer("margin");
    const std::string mode = options.text("color_mode");
    if (channels == 0) channels = mode == "grayscale" ? 1 : mode == "rgb" ? 3 : mode == "rgba" ? 4 : 0;
    if (channels == 0) channels = std::any_of(paths.begin(), paths.end(), [](const std::string& path) { return read_facts(path).colour; }) ? 3 : 1;
    Tiles out{{height, width, channels}};
    std::int64_t first_row = 0, blank = 0;
    for (const std::string& path : paths) {
      const Pixels sheet = with_channels(read_picture(path).pixels, channels);
      const auto count = [&](std::int64_t extent, std::int64_t tile) { return (extent - 2 * margin + spacing) / (tile + spacing); };
      const auto rest = [&](std::int64_t extent, std::int64_t tile) { return (extent - 2 * margin + spacing) % (tile + spacing); };
      if (sheet.height - 2 * margin < height || sheet.width - 2 * margin < width || rest(sheet.height, height) != 0 || rest(sheet.width, width) != 0)
        throw sdk::DataError(path, fmt::format("expected whole tiles of {} x {} pixels (height x width) with {} between them and a margin of {}, found a picture of {} x {}", height, width, spacing, margin, sheet.height, sheet.width), -1, "other tile_size, spacing or margin");
      const std::int64_t rows = count(sheet.height, height), columns = count(sheet.width, width), line = width * channels;
      for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column) {
          const std::uint8_t* from = sheet.values.data() + ((margin + row * (height + spacing)) * sheet.width + margin + column * (width + spacing)) * channels;
          if (options.boolean("skip_blank") && is_blank(from, sheet.width * channels, height, width, channels)) {
            ++blank;
            continue;
          }
          for (std::int64_t y = 0; y < height; ++y) out.values.insert(out.values.end(), from + y * sheet.width * channels, from + y * sheet.width * channels + line);
          out.rows.push_back(first_row + row);
        }
      first_row += rows;
    }
    if (out.rows.empty()) throw sdk::DataError(paths[0], "expected tiles, found blank ones alone", -1, "skip_blank = false");
    if (blank > 0) log(TRG_LOG_INFO, fmt::format("{}: {} tiles are taken, {} blank ones are left out", paths[0], out.rows.size(), blank));
    return out;
  }

  static bool is_blank(const std::uint8_t* from, std::int64_t stride, std::int64_t height, std::int64_t width, std::int64_t channels) {
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x)
        if (std::memcmp(from + y * stride + x * channels, from, static_cast<std::size_t>(channels)) != 0) return false;
    return true;
  }

  static Read read_all(const sdk::Options& options) {
    Read read;
    std::int64_t channels = 0;
    for (const auto& [number, name] : parts) {
      if (!options.has(name)) continue;
      const std::vector<std::string> paths = options.texts(name);
      Part part{paths[0], tiles_of(options, paths, channels), {}};
      channels = part.tiles.tile[2];
      const std::string labels = std::string(name) + "_labels";
      if (options.has(labels) && options.has("rows_per_class")) throw sdk::OptionError("rows_per_class", fmt::format("{} names the classes already", labels), "leave out one of both");
      if (options.has(labels)) part.labels = lines_of(options.text(labels), std::ssize(part.tiles.rows), part.file);
      else if (options.has("rows_per_class"))
        for (const std::int64_t row : part.tiles.rows) part.labels.push_back(fmt::format("{}", row / options.integer("rows_per_class")));
      read.parts[static_cast<std::size_t>(number)] = std::move(part);
    }
    read.classes = classes_of(options, read.parts[TRG_TRAIN]->labels);
    return read;
  }

  static std::vector<std::string> lines_of(const std::string& path, std::int64_t tiles, const std::string& sheet) {
    const std::string text = read_whole(path, most_label_bytes);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      lines.push_back(text.substr(begin, end - begin));
      if (lines.back().ends_with('\r')) lines.back().pop_back();
      if (lines.back().empty()) throw sdk::DataError(fmt::format("{}:{}", path, lines.size()), "expected the class of a tile, found an empty line");
      begin = end + 1;
    }
    if (std::ssize(lines) != tiles) throw sdk::DataError(path, fmt::format("expected {} lines, one for each tile of {}, found {}", tiles, sheet, lines.size()), -1, "skip_blank = true leaves out the tiles that fill up the last row");
    return lines;
  }

  // Those of rows are called as class_names says, number by number.
  static std::vector<std::string> classes_of(const sdk::Options& options, const std::vector<std::string>& labels) {
    const std::set<std::string> found(labels.begin(), labels.end());
    if (options.has("class_names") && !options.has("rows_per_class")) return options.texts("class_names");
    std::vector<std::string> classes(found.begin(), found.end());
    const auto whole = [](const std::string& text) { return text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos; };
    if (std::all_of(classes.begin(), classes.end(), whole)) std::sort(classes.begin(), classes.end(), [](const std::string& a, const std::string& b) { return std::stol(a) < std::stol(b); });
    return classes;
  }
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::ImageSheetDataset>())
