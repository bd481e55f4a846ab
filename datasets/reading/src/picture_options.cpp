// SPDX-License-Identifier: Apache-2.0
// What the options of random changes mean, and whether the pictures at hand can be changed so.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <teranga/datasets/picture_changes.hpp>
#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

namespace {

// One number f: from -f (or from `least`, where that is larger) to f; two: from and to.
Span span_of(const sdk::Options& options, const char* name, double least) {
  if (!options.has(name)) return {};
  const std::vector<double> given = options.reals(name);
  if (given.size() == 1) return {std::max(-std::abs(given[0]), least), std::abs(given[0])};
  return {std::min(given[0], given[1]), std::max(given[0], given[1])};
}

// Of two directions: one or two numbers as above, of both; or four, from and to of the first, then of the second. Gives whether the second has numbers of its own.
bool spans_of(const sdk::Options& options, const char* name, double least, Span& first, Span& second) {
  if (!options.has(name)) return false;
  const std::vector<double> given = options.reals(name);
  if (given.size() == 3) throw sdk::OptionError(name, "expected 1, 2 or 4 numbers, found 3", fmt::format("{} = [{}, {}, {}, {}], from and to of the one direction, then of the other", name, given[0], given[1], given[2], given[2]));
  if (given.size() < 4) {
    first = second = span_of(options, name, least);
    return false;
  }
  first = {std::min(given[0], given[1]), std::max(given[0], given[1])};
  second = {std::min(given[2], given[3]), std::max(given[2], given[3])};
  return true;
}

sdk::OptionSpec factor_option(const char* name, double least, double most, std::int64_t items, const char* text) {
  return sdk::reals(name).or_one().items(1, items).in(least, most).optional().says(text);
}

std::optional<std::pair<std::int64_t, std::int64_t>> extents_of(const sdk::Options& options, const char* name) {
  if (!options.has(name)) return std::nullopt;
  const std::vector<std::int64_t> given = options.integers(name);
  return std::pair{given[0], given[1]};
}

bool draws_from(const Span& span) { return span.from != 0 || span.to != 0; }

}  // namespace

std::vector<sdk::OptionSpec> PictureChanges::options() {
  return {
      sdk::text("random_flip").optional().choices({"horizontal", "vertical", "horizontal_and_vertical"}).says("half of the pictures are mirrored, left to right or top to bottom; both: at once, as keras.layers.RandomFlip does it"),
      factor_option("random_rotation", -1, 1, 2, "turned by a random share of a full turn, counter-clockwise where it is positive. One number f: from -f to f; two: from and to (keras.layers.RandomRotation)"),
      factor_option("random_shear", 0, 1, 4, "slanted: a pixel moves to the side by a random factor of its height, and down by one of its place in the row. One number f: from 0 to f, in either direction; four: from and to of the first factor, then of the second (keras.layers.RandomShear)"),
      factor_option("random_zoom", -0.99, 1, 4, "smaller by a random share of the size, larger where it is negative. One number f: from -f to f; two: from and to; four: of the height, then of the width, which else are alike (keras.layers.RandomZoom)"),
      factor_option("random_translation", -1, 1, 4, "moved by random shares of height and width, down and to the right where they are positive. One number f: from -f to f; two: from and to; four: of the height, then of the width (keras.layers.RandomTranslation)"),
      sdk::text("fill_mode", "reflect").choices({"reflect", "constant", "wrap", "nearest"}).says("what lies beside a picture that was turned or moved: reflect: d c b a | a b c d | d c b a; constant: fill_value; wrap: the other side; nearest: the border"),
      sdk::real("fill_value", 0.0).says("of fill_mode = \"constant\", as a value that enters the network"),
      sdk::integers("random_crop").optional().expands_to(2).in(1, 65535).says("[height, width]: a random part of each picture while it is trained on, the part in the middle otherwise (keras.layers.RandomCrop)"),
      sdk::integers("center_crop").optional().expands_to(2).in(1, 65535).says("[height, width]: the part in the middle of each picture, always (keras.layers.CenterCrop)"),
      sdk::integers("ten_crop").optional().expands_to(2).in(1, 65535).says("[height, width]: ten parts of each picture, its corners and its middle and the same mirrored, as an axis of their own, (10, height, width, channels); for a test by the mean of ten predictions (Krizhevsky et al. 2012)"),
      factor_option("random_brightness", -1, 1, 2, "a random share of value_range is added to all values. One number f: from -f to f (keras.layers.RandomBrightness)"),
      factor_option("random_contrast", 0, 1, 2, "the differences to the mean of each channel are multiplied by a random factor. One number f: from 1 - f to 1 + f; two, a and b: from 1 - a to 1 + b (keras.layers.RandomContrast)"),
      factor_option("random_saturation", 0, 1, 2, "s / (1 - s) multiplies the saturation, for a random s: 0 is grey, 0.5 changes nothing, 1 is full colour. One number f: from 0 to f (keras.layers.RandomSaturation)"),
      factor_option("random_hue", 0, 1, 2, "the hue moves by a random share of half of the colour circle, in either direction. One number f: from 0 to f (keras.layers.RandomHue)"),
      sdk::real("random_grayscale", 0.0).in(0, 1).says("share of the pictures that lose their colours (keras.layers.RandomGrayscale)"),
      sdk::real("random_lighting", 0.0).in(0, 10).says("deviation of the random factors by which the main axes of the colours of the training pictures are added, each by its eigenvalue; 0.1 in AlexNet (Krizhevsky et al. 2012, section 4.1)"),
      factor_option("random_erasing", 0, 1, 2, "the probability that a rectangle is erased is drawn from 0 to f, or from and to (keras.layers.RandomErasing)"),
      factor_option("random_erasing_scale", 0, 1, 2, "smallest and largest share of the picture that the rectangle may have; left out: 0.02 to 0.33"),
      sdk::real("random_erasing_value").optional().says("what stands in the rectangle, as a value that enters the network; left out: noise"),
      sdk::real("mixup", 0.0).in(0, 1000).says("alpha: a sample and another one are added, targets alike, with weights from the distribution Beta(alpha, alpha); 0: none (keras.layers.MixUp; Zhang et al. 2018). It needs one_hot = true"),
      factor_option("cutmix", 0, 1000, 2, "alpha, or from and to of it: a rectangle of a sample comes from another one, targets are mixed by its area, which is drawn from Beta(alpha, alpha). One number f: alpha is from 0 to f (keras.layers.CutMix; Yun et al. 2019). With mixup, each sample has one of both. It needs one_hot = true"),
      sdk::reals("value_range").items(2, 2).optional().says("the darkest and the brightest value that enters the network, which values are kept within; left out: 0 and 255 times scale where pictures are bytes"),
      RowWorkers::option()};
}

PictureChanges PictureChanges::of(const sdk::Options& options) {
  PictureChanges out;
  if (options.has("random_flip")) {
    const std::string mode = options.text("random_flip");
    out.flip_horizontal_ = mode != "vertical", out.flip_vertical_ = mode != "horizontal";
  }
  out.rotation_ = span_of(options, "random_rotation", -1);
  spans_of(options, "random_shear", 0, out.shear_x_, out.shear_y_);
  out.zoom_alike_ = !spans_of(options, "random_zoom", -1, out.zoom_height_, out.zoom_width_);
  spans_of(options, "random_translation", -1, out.move_down_, out.move_right_);
  if (options.has("fill_mode")) {
    const std::string mode = options.text("fill_mode");
    out.fill_ = mode == "constant" ? Fill::constant : mode == "wrap" ? Fill::wrap : mode == "nearest" ? Fill::nearest : Fill::reflect;
    out.fill_value_ = options.real("fill_value");
  }
  out.cut_ = extents_of(options, "random_crop");
  out.cut_at_random_ = out.cut_.has_value();
  if (const auto middle = extents_of(options, "center_crop")) {
    if (out.cut_) throw sdk::OptionError("center_crop", "random_crop takes the part in the middle by itself where nothing is drawn", "leave out center_crop, or random_crop");
    out.cut_ = middle;
  }
  if (const auto ten = extents_of(options, "ten_crop")) {
    if (out.cut_) throw sdk::OptionError("ten_crop", fmt::format("{} asks for other parts of the pictures", out.cut_at_random_ ? "random_crop" : "center_crop"), "leave out one of both");
    out.cut_ = ten, out.ten_ = true;
  }
  out.brightness_ = span_of(options, "random_brightness", -1);
  out.contrasts_ = options.has("random_contrast");
  if (out.contrasts_) {
    const std::vector<double> given = options.reals("random_contrast");
    out.contrast_ = {1 - given.front(), 1 + given.back()};
  }
  out.saturates_ = options.has("random_saturation");
  out.saturation_ = span_of(options, "random_saturation", 0);
  out.hue_ = span_of(options, "random_hue", 0);
  if (options.has("random_grayscale")) out.greyness_ = options.real("random_grayscale");
  if (options.has("random_lighting")) out.lighting_ = options.real("random_lighting");
  out.erasing_ = span_of(options, "random_erasing", 0);
  out.erasing_scale_ = options.has("random_erasing_scale") ? span_of(options, "random_erasing_scale", 0) : Span{0.02, 0.33};
  if (options.has("random_erasing_value")) out.erasing_value_ = options.real("random_erasing_value");
  if (options.has("mixup")) out.mixup_ = options.real("mixup");
  out.cutmix_ = span_of(options, "cutmix", 0);
  if (options.has("value_range")) {
    const std::vector<double> given = options.reals("value_range");
    if (!(given[0] < given[1])) throw sdk::OptionError("value_range", fmt::format("expected the darkest value, then the brightest, found {} and {}", given[0], given[1]), "value_range = [0, 1]");
    out.given_range_ = Span{given[0], given[1]};
  }
  return out;
}

bool PictureChanges::random() const {
  const char* const name = first_name();
  return name != nullptr && std::string_view(name) != "center_crop" && std::string_view(name) != "ten_crop";
}

const char* PictureChanges::first_name() const {
  if (flip_horizontal_ || flip_vertical_) return "random_flip";
  if (draws_from(rotation_)) return "random_rotation";
  if (draws_from(shear_x_) || draws_from(shear_y_)) return "random_shear";
  if (draws_from(zoom_height_) || draws_from(zoom_width_)) return "random_zoom";
  if (draws_from(move_down_) || draws_from(move_right_)) return "random_translation";
  if (draws_from(brightness_)) return "random_brightness";
  if (contrasts_) return "random_contrast";
  if (saturates_) return "random_saturation";
  if (draws_from(hue_)) return "random_hue";
  if (greyness_ > 0) return "random_grayscale";
  if (lighting_ > 0) return "random_lighting";
  if (draws_from(erasing_)) return "random_erasing";
  if (mixup_ > 0) return "mixup";
  if (draws_from(cutmix_)) return "cutmix";
  if (cut_) return cut_at_random_ ? "random_crop" : ten_ ? "ten_crop" : "center_crop";
  return nullptr;
}

void PictureChanges::settle(const PictureExtents& pictures, std::optional<Span> range) {
  laid_ = made_ = pictures;
  if (ten_ && random()) throw sdk::OptionError("ten_crop", fmt::format("gives parts of pictures as they are, and {} changes them", first_name()), fmt::format("leave out {}", first_name()));
  if (cut_) {
    const char* const name = cut_at_random_ ? "random_crop" : ten_ ? "ten_crop" : "center_crop";
    if (cut_->first > pictures.height || cut_->second > pictures.width)
      throw sdk::OptionError(name, fmt::format("expected at most the {} x {} pixels of the pictures (height x width), found {} x {}", pictures.height, pictures.width, cut_->first, cut_->second),
                             fmt::format("{} = [{}, {}], or larger pictures", name, std::min(cut_->first, pictures.height), std::min(cut_->second, pictures.width)));
    made_.height = cut_->first, made_.width = cut_->second;
  }
  const std::pair<bool, const char*> of_colours[] = {{saturates_, "random_saturation"}, {draws_from(hue_), "random_hue"}, {greyness_ > 0, "random_grayscale"}, {lighting_ > 0, "random_lighting"}};
  for (const auto& [wanted, name] : of_colours)
    if (wanted && pictures.channels < 3) throw sdk::OptionError(name, fmt::format("needs pictures in colour, of 3 channels or more, found {}", pictures.channels), fmt::format("leave out {}; random_brightness and random_contrast change grey pictures", name));
  const std::pair<bool, const char*> of_values[] = {{draws_from(brightness_), "random_brightness"}, {contrasts_, "random_contrast"}, {saturates_, "random_saturation"}, {draws_from(hue_), "random_hue"}, {lighting_ > 0, "random_lighting"}, {draws_from(erasing_) && !erasing_value_, "random_erasing"}};
  if (given_range_) range = given_range_;
  for (const auto& [wanted, name] : of_values)
    if (wanted && !range) throw sdk::OptionError("value_range", fmt::format("{} needs the darkest and the brightest value of the pictures, which are not bytes", name), "value_range = [0, 1]");
  if (range) range_ = *range;
}

void PictureChanges::check_targets(bool classes, bool one_hot) const {
  if (!mixes() || !classes || one_hot) return;
  const char* const name = mixup_ > 0 ? "mixup" : "cutmix";
  throw sdk::OptionError(name, "mixes the targets of two samples, and class numbers cannot be mixed", "one_hot = true, and in [loss] type = \"categorical_crossentropy\"");
}

}  // namespace teranga::datasets
