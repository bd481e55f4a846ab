// SPDX-License-Identifier: Apache-2.0
// Random changes of pictures: equal to what Keras's layers make of a picture where the range is one value (golden/make_picture_changes.py), drawn by the sample alone, and
// distributed as they say.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <teranga/datasets/picture_changes.hpp>
#include <teranga/host/host_table.hpp>

#include "golden/picture_changes.hpp"

namespace {

using namespace teranga;
using datasets::PictureChanges;
using datasets::PictureExtents;
using datasets::RowWorkers;
using datasets::Span;
using Floats = std::vector<float>;
using Samples = std::vector<std::int64_t>;

// Options as a recipe gives them: lists of numbers, whole ones too, or texts.
class Given {
 public:
  Given(std::map<std::string, std::vector<double>> numbers, std::map<std::string, std::string> texts = {}) : lists_(std::move(numbers)), texts_(std::move(texts)) {
    if (!texts_.contains("fill_mode")) texts_["fill_mode"] = "reflect";
    if (!lists_.contains("fill_value")) lists_["fill_value"] = {0.25};
    for (auto& [name, list] : lists_) {
      std::vector<trg_value>& values = values_[name];
      for (const double number : list) values.push_back(of(number));
      const bool scalar = name == "fill_value" || name == "mixup" || name == "random_grayscale" || name == "random_lighting" || name == "random_erasing_value";
      trg_value value = values[0];
      if (!scalar) value = {}, value.kind = TRG_LIST, value.items = values.data(), value.count = static_cast<std::int32_t>(values.size());
      options_.push_back({name.c_str(), value});
    }
    for (auto& [name, text] : texts_) {
      trg_value value{};
      value.kind = TRG_TEXT, value.text = text.c_str();
      options_.push_back({name.c_str(), value});
    }
  }
  PictureChanges changes(const PictureExtents& extents = {golden::height, golden::width, 3}, std::optional<Span> range = Span{0, 1}) const {
    sdk::host_table = &host::host_table();
    const trg_options native{sizeof(trg_options), options_.size(), options_.data()};
    PictureChanges out = PictureChanges::of(sdk::Options(&native));
    out.settle(extents, range);
    return out;
  }

 private:
  static trg_value of(double number) {
    trg_value value{};
    value.kind = TRG_REAL, value.real = number, value.integer = static_cast<std::int64_t>(number);
    return value;
  }
  std::map<std::string, std::vector<double>> lists_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::vector<trg_value>> values_;
  std::vector<trg_option> options_;
};

sdk::Batch batch_of(trg_fill_batch& native, const Samples& samples, std::uint64_t key) {
  native = {};
  native.size = sizeof(native), native.rows = std::ssize(samples), native.samples = samples.data(), native.random_key = key, native.epoch = 1;
  return {native};
}

// The golden picture, with values that tell samples apart where `apart` is not 0.
Floats made_by(const PictureChanges& changes, const Samples& samples, std::uint64_t key, std::int64_t threads = 1, float apart = 0) {
  trg_fill_batch native;
  RowWorkers workers(threads);
  Floats out(samples.size() * static_cast<std::size_t>(changes.made().values()));
  changes.fill(batch_of(native, samples, key), [&](std::int64_t, std::int64_t sample, float* to) {
    for (std::size_t i = 0; i < golden::picture.size(); ++i) to[i] = golden::picture[i] + apart * static_cast<float>(sample);
  }, out.data(), workers);
  return out;
}

Samples first(std::int64_t count) {
  Samples out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), std::int64_t{0});
  return out;
}

double distance(const Floats& a, const Floats& b) {
  BOOST_TEST_REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, static_cast<double>(std::abs(a[i] - b[i])));
  return most;
}

void check_like_keras(const std::string& name, const Given& given) {
  BOOST_TEST_CONTEXT(name) BOOST_TEST(distance(made_by(given.changes(), {3}, 77), golden::changed.at(name)) < 2e-6);
}

// Whether one of several samples comes out so: where a sign is drawn.
void check_some_like_keras(const std::string& name, const Given& given) {
  double least = 1;
  for (std::int64_t sample = 0; sample < 20; ++sample) least = std::min(least, distance(made_by(given.changes(), {sample}, 5), golden::changed.at(name)));
  BOOST_TEST(least < 2e-6, name);
}

std::string refused(const Given& given, const PictureExtents& extents, std::optional<Span> range) {
  try {
    given.changes(extents, range);
  } catch (const sdk::Error& e) {
    return e.where + ": " + e.what() + "; " + e.hint;
  }
  return "nothing was refused";
}

Floats flipped(bool horizontally, bool vertically) {
  Floats out(golden::picture.size());
  for (int y = 0; y < golden::height; ++y)
    for (int x = 0; x < golden::width; ++x)
      for (int c = 0; c < 3; ++c) {
        const int from_y = vertically ? golden::height - 1 - y : y, from_x = horizontally ? golden::width - 1 - x : x;
        out[static_cast<std::size_t>((y * golden::width + x) * 3 + c)] = golden::picture[static_cast<std::size_t>((from_y * golden::width + from_x) * 3 + c)];
      }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(turns_zooms_and_moves_are_those_of_keras_with_every_way_to_fill) {
  for (const std::string mode : {"reflect", "constant", "wrap", "nearest"}) {
    check_like_keras("rotation_" + mode, Given({{"random_rotation", {0.07, 0.07}}}, {{"fill_mode", mode}}));
    check_like_keras("zoom_" + mode, Given({{"random_zoom", {0.3, 0.3, -0.2, -0.2}}}, {{"fill_mode", mode}}));
    check_like_keras("translation_" + mode, Given({{"random_translation", {0.3, 0.3, -0.45, -0.45}}}, {{"fill_mode", mode}}));
  }
  check_some_like_keras("shear", Given({{"random_shear", {0.2, 0.2, 0.1, 0.1}}}));
}

BOOST_AUTO_TEST_CASE(changes_of_colours_are_those_of_keras) {
  check_like_keras("brightness", Given({{"random_brightness", {0.15, 0.15}}}));
  check_like_keras("saturation", Given({{"random_saturation", {0.3, 0.3}}}));
  check_like_keras("full_saturation", Given({{"random_saturation", {0.7, 0.7}}}));
  check_like_keras("grayscale", Given({{"random_grayscale", {1}}}));
  check_some_like_keras("hue", Given({{"random_hue", {0.4, 0.4}}}));
  // One number is a range about 1, and the golden factor is its end: all pictures lie between the two, and the mean of each channel stays.
  const Floats darkest = made_by(Given({{"random_contrast", {0.5, 0.5}}}).changes(), first(400), 9);
  double steepest = 0;
  for (std::size_t s = 0; s < 400; ++s) steepest = std::max(steepest, static_cast<double>(darkest[s * golden::picture.size()]) - 0.0);
  BOOST_TEST(steepest > static_cast<double>(golden::changed.at("contrast")[0]));
  check_like_keras("contrast", Given({{"random_contrast", {-0.4, 0.4}}}));  // from 1.4 to 1.4
}

BOOST_AUTO_TEST_CASE(values_stay_within_the_range_that_bytes_have_or_that_is_given) {
  const PictureChanges changes = Given({{"random_brightness", {0.9, 0.9}}, {"value_range", {0, 0.5}}}).changes();
  for (const float value : made_by(changes, first(4), 3)) BOOST_TEST((value >= 0.0F && value <= 0.5F));
}

BOOST_AUTO_TEST_CASE(half_of_the_pictures_are_mirrored) {
  const std::pair<std::string, Floats> modes[] = {{"horizontal", flipped(true, false)}, {"vertical", flipped(false, true)}, {"horizontal_and_vertical", flipped(true, true)}};
  for (const auto& [mode, mirrored] : modes) {
    const PictureChanges changes = Given({}, {{"random_flip", mode}}).changes();
    int turned = 0;
    for (std::int64_t sample = 0; sample < 1000; ++sample) {
      const Floats made = made_by(changes, {sample}, 31);
      turned += made == mirrored;
      BOOST_TEST((made == mirrored || made == golden::picture));
    }
    BOOST_TEST((turned > 440 && turned < 560));
  }
}

BOOST_AUTO_TEST_CASE(crops_are_anywhere_in_training_and_in_the_middle_otherwise) {
  const PictureChanges crop = Given({{"random_crop", {3, 4}}}).changes(), middle = Given({{"center_crop", {3, 4}}}).changes();
  BOOST_TEST((crop.made() == PictureExtents{3, 4, 3}));
  BOOST_TEST(made_by(crop, {8}, 0) == golden::changed.at("center_crop"), boost::test_tools::per_element());
  BOOST_TEST(made_by(middle, {8}, 0) == golden::changed.at("center_crop"), boost::test_tools::per_element());
  BOOST_TEST(made_by(middle, {8}, 7) == golden::changed.at("center_crop"), boost::test_tools::per_element());
  std::map<Floats, int> places;
  for (std::int64_t sample = 0; sample < 1600; ++sample) ++places[made_by(crop, {sample}, 7)];
  BOOST_TEST(places.size() == 16u);  // 4 x 4 places
  for (const auto& [made, count] : places) BOOST_TEST((count > 60 && count < 140));
}

BOOST_AUTO_TEST_CASE(ten_crops_are_corners_and_middle_and_the_same_mirrored) {
  const PictureChanges ten = Given({{"ten_crop", {3, 4}}}).changes();
  BOOST_TEST((ten.shape_made({golden::height, golden::width, 3}) == std::vector<std::int64_t>{10, 3, 4, 3}));
  trg_fill_batch native;
  RowWorkers workers;
  for (const std::uint64_t key : {0, 7}) {
    Floats out(static_cast<std::size_t>(2 * ten.made_values()));
    const Samples samples = {0, 1};
    ten.fill(batch_of(native, samples, key), [](std::int64_t, std::int64_t sample, float* to) {
      for (std::size_t i = 0; i < golden::picture.size(); ++i) to[i] = golden::picture[i] + static_cast<float>(sample);
    }, out.data(), workers);
    const std::pair<int, int> places[] = {{0, 0}, {0, 3}, {3, 0}, {3, 3}, {1, 1}};
    std::size_t at = 0;
    for (const float sample : {0.0F, 1.0F})
      for (const bool mirrored : {false, true})
        for (const auto& [top, left] : places)
          for (int y = 0; y < 3; ++y)
            for (int x = 0; x < 4; ++x)
              for (int c = 0; c < 3; ++c) {
                const int column = left + (mirrored ? 3 - x : x);
                BOOST_TEST(out[at++] == golden::picture[static_cast<std::size_t>(((top + y) * golden::width + column) * 3 + c)] + sample);
              }
  }
  BOOST_CHECK_THROW(Given({{"ten_crop", {3, 4}}, {"random_hue", {0.1}}}).changes(), sdk::OptionError);
  BOOST_CHECK_THROW(Given({{"ten_crop", {3, 4}}, {"random_crop", {3, 4}}}).changes(), sdk::OptionError);
}

BOOST_AUTO_TEST_CASE(without_a_key_nothing_is_changed) {
  const Given all({{"random_rotation", {0.2}}, {"random_zoom", {0.2}}, {"random_brightness", {0.2}}, {"random_hue", {0.3}}, {"random_erasing", {1}}}, {{"random_flip", "horizontal"}});
  BOOST_TEST(made_by(all.changes(), {4}, 0) == golden::picture, boost::test_tools::per_element());
  trg_fill_batch native;
  BOOST_TEST(all.changes().idle(batch_of(native, {4}, 0)));
  BOOST_TEST(!all.changes().idle(batch_of(native, {4}, 1)));
}

BOOST_AUTO_TEST_CASE(a_sample_is_changed_by_its_number_and_the_key_on_any_threads_and_in_any_batch) {
  PictureChanges changes = Given({{"random_rotation", {0.2}}, {"random_zoom", {0.3}}, {"random_translation", {0.2}}, {"random_crop", {4, 4}}, {"random_brightness", {0.2}}, {"random_contrast", {0.3}}, {"random_saturation", {0.3, 0.7}},
                                  {"random_erasing", {1}}, {"mixup", {0.4}}, {"cutmix", {1}}}, {{"random_flip", "horizontal"}}).changes();
  changes.learn(first(40), {});
  const Samples all = first(40), reversed(all.rbegin(), all.rend());
  const Floats expected = made_by(changes, all, 12, 1, 0.01F), backwards = made_by(changes, reversed, 12, 1, 0.01F);
  BOOST_TEST((made_by(changes, all, 12, 4, 0.01F) == expected));
  const std::size_t values = static_cast<std::size_t>(changes.made().values());
  for (std::size_t row = 0; row < 40; ++row) {
    const Floats alone = made_by(changes, {static_cast<std::int64_t>(row)}, 12, 1, 0.01F);
    BOOST_TEST(std::equal(alone.begin(), alone.end(), expected.begin() + static_cast<std::ptrdiff_t>(row * values)));
    BOOST_TEST(std::equal(alone.begin(), alone.end(), backwards.begin() + static_cast<std::ptrdiff_t>((39 - row) * values)));
  }
  BOOST_TEST((made_by(changes, all, 13, 1, 0.01F) != expected));
}

BOOST_AUTO_TEST_CASE(one_more_change_leaves_the_draws_of_the_others) {
  const Given flip({}, {{"random_flip", "horizontal"}}), more({{"random_brightness", {0.1, 0.1}}}, {{"random_flip", "horizontal"}});
  const Floats mirrored = flipped(true, false);
  for (std::int64_t sample = 0; sample < 30; ++sample) {
    const Floats one = made_by(flip.changes(), {sample}, 2), two = made_by(more.changes(), {sample}, 2);
    BOOST_TEST((one == mirrored) == (std::abs(two[0] - std::min(mirrored[0] + 0.1F, 1.0F)) < 1e-6F));
  }
}

BOOST_AUTO_TEST_CASE(erasing_leaves_all_but_a_rectangle_of_the_size_that_it_draws) {
  const PictureChanges changes = Given({{"random_erasing", {1, 1}}, {"random_erasing_scale", {0.25, 0.25}}, {"random_erasing_value", {-3}}}).changes({40, 60, 1});
  trg_fill_batch native;
  RowWorkers workers;
  std::set<std::size_t> begins;
  for (std::int64_t sample = 0; sample < 50; ++sample) {
    Floats out(2400);
    const Samples one = {sample};
    changes.fill(batch_of(native, one, 4), [](std::int64_t, std::int64_t, float* to) { std::fill_n(to, 2400, 1.0F); }, out.data(), workers);
    BOOST_TEST(std::count(out.begin(), out.end(), -3.0F) == 20 * 30);
    const auto begin = static_cast<std::size_t>(std::find(out.begin(), out.end(), -3.0F) - out.begin());
    for (std::size_t y = 0; y < 20; ++y) BOOST_TEST((out[begin + y * 60] == -3.0F && out[begin + y * 60 + 29] == -3.0F));
    begins.insert(begin);
  }
  BOOST_TEST(begins.size() > 30u);
  // The probability itself is drawn from 0 to 1: half of the pictures.
  const PictureChanges some = Given({{"random_erasing", {1}}, {"random_erasing_value", {-3}}, {"random_erasing_scale", {0.9, 0.9}}}).changes();
  int erased = 0;
  for (std::int64_t sample = 0; sample < 1000; ++sample) erased += made_by(some, {sample}, 4) != golden::picture;
  BOOST_TEST((erased > 440 && erased < 560));
}

BOOST_AUTO_TEST_CASE(mixup_adds_a_training_sample_with_weights_from_the_beta_distribution) {
  for (const double alpha : {0.2, 1.0, 4.0}) {
    PictureChanges changes = Given({{"mixup", {alpha}}}).changes({1, 1, 1});
    const Samples training = {0, 1, 2, 10, 11, 12, 13, 20};
    changes.learn(training, {});
    BOOST_TEST(changes.learnt.samples() == 8);
    trg_fill_batch native;
    RowWorkers workers;
    const std::int64_t count = 4000;
    const Samples samples(static_cast<std::size_t>(count), 0);
    double sum = 0, squares = 0;
    std::set<std::int64_t> partners;
    for (std::int64_t key = 1; key <= count; ++key) {
      float x = 0, y[32] = {};
      const Samples one = {2};
      const sdk::Batch batch = batch_of(native, one, static_cast<std::uint64_t>(key) * 0x9E3779B97F4A7C15ULL);
      changes.fill(batch, [](std::int64_t, std::int64_t sample, float* to) { *to = sample == 2 ? 1.0F : 0.0F; }, &x, workers);
      changes.fill_targets(batch, 32, [](std::int64_t, std::int64_t sample, float* to) { std::fill_n(to, 32, 0.0F), to[sample] = 1; }, y);
      BOOST_TEST(std::abs(x - y[2]) < 1e-6F);
      for (std::int64_t s = 0; s < 32; ++s)
        if (y[s] > 0 && s != 2) partners.insert(s);
      if (std::count(y, y + 32, 0.0F) == 31 && x == 1) continue;  // mixed with itself, or not at all
      sum += static_cast<double>(x), squares += static_cast<double>(x) * static_cast<double>(x);
    }
    const double n = static_cast<double>(count) * 7 / 8, mean = sum / n, variance = squares / n - mean * mean;
    if (alpha >= 1) {  // of a smaller one some weights are 1 in f32, and were left out above
      BOOST_TEST(std::abs(mean - 0.5) < 0.03);
      BOOST_TEST(std::abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.01);
    }
    BOOST_TEST((partners == std::set<std::int64_t>{0, 1, 10, 11, 12, 13, 20}));
  }
}

BOOST_AUTO_TEST_CASE(cutmix_takes_a_rectangle_and_weighs_targets_by_its_area) {
  PictureChanges changes = Given({{"cutmix", {1, 1}}}).changes({20, 30, 1});
  changes.learn(Samples{0, 1}, {});
  trg_fill_batch native;
  RowWorkers workers;
  std::set<std::int64_t> areas;
  double sum = 0;
  int mixed = 0;
  for (std::uint64_t key = 1; key <= 600; ++key) {
    const Samples one = {0};
    const sdk::Batch batch = batch_of(native, one, key * 0x9E3779B97F4A7C15ULL);
    Floats x(600), y(2);
    changes.fill(batch, [](std::int64_t, std::int64_t sample, float* to) { std::fill_n(to, 600, static_cast<float>(sample)); }, x.data(), workers);
    changes.fill_targets(batch, 2, [](std::int64_t, std::int64_t sample, float* to) { to[0] = sample == 0, to[1] = sample == 1; }, y.data());
    const auto taken = std::count(x.begin(), x.end(), 1.0F);
    if (y[1] > 0) ++mixed, sum += static_cast<double>(y[1]);
    BOOST_TEST(std::abs(static_cast<double>(y[1]) - static_cast<double>(taken) / 600) < 1e-6);
    areas.insert(taken);
  }
  BOOST_TEST(areas.size() > 40u);
  BOOST_TEST(std::abs(sum / mixed - 0.5) < 0.06);  // Beta(1, 1) is uniform
}

BOOST_AUTO_TEST_CASE(lighting_adds_the_axes_of_the_colours_of_the_training_pictures) {
  PictureChanges changes = Given({{"random_lighting", {0.1}}, {"value_range", {-10, 10}}}).changes();
  const auto lay = [](std::int64_t, std::int64_t, float* to) { std::copy(golden::picture.begin(), golden::picture.end(), to); };
  changes.learn(Samples{0, 5}, lay);
  BOOST_TEST_REQUIRE(changes.learnt.axes.has_value());
  for (std::size_t axis = 0; axis < 3; ++axis) {
    BOOST_TEST(std::abs(changes.learnt.axes->values[axis] * 400 - golden::eigenvalues[axis]) < 1e-6);  // as shares of a range of 20
    const double sign = changes.learnt.axes->vectors[axis * 3] * golden::eigenvectors[axis * 3] < 0 ? -1 : 1;
    for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(sign * changes.learnt.axes->vectors[axis * 3 + c] - golden::eigenvectors[axis * 3 + c]) < 1e-5);
  }
  // The shift of all pixels is one colour, whose mean square along an axis is (0.1 * eigenvalue)^2 in units of the range.
  double squares = 0;
  for (std::int64_t sample = 0; sample < 2000; ++sample) {
    const Floats made = made_by(changes, {sample}, 99);
    double along = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double shift = static_cast<double>(made[c]) - static_cast<double>(golden::picture[c]);
      BOOST_TEST(std::abs(shift - (static_cast<double>(made[30 + c]) - static_cast<double>(golden::picture[30 + c]))) < 2e-6);
      along += shift * changes.learnt.axes->vectors[c];
    }
    squares += along * along / 2000;
  }
  const double expected = 0.1 * changes.learnt.axes->values[0] * 20;
  BOOST_TEST(std::abs(std::sqrt(squares) / expected - 1) < 0.06);
  // What was learnt goes through bytes.
  datasets::PackedBytes packed("x");
  changes.learnt.put(packed);
  const std::string bytes = packed.take();
  datasets::UnpackedBytes unpacked(bytes, "x", "pictures");
  const datasets::LearntChanges back = datasets::LearntChanges::get(unpacked);
  BOOST_TEST((back.axes->vectors == changes.learnt.axes->vectors && back.axes->values == changes.learnt.axes->values && back.training == changes.learnt.training));
}

BOOST_AUTO_TEST_CASE(what_pictures_cannot_have_is_refused_with_a_cure) {
  const auto says = [](const std::string& found, const std::string& text) { return found.find(text) != std::string::npos; };
  BOOST_TEST(says(refused(Given({{"random_crop", {9, 4}}}), {8, 8, 3}, Span{0, 1}), "random_crop: expected at most the 8 x 8 pixels of the pictures (height x width), found 9 x 4; random_crop = [8, 4]"));
  BOOST_TEST(says(refused(Given({{"random_crop", {4, 4}}, {"center_crop", {4, 4}}}), {8, 8, 3}, Span{0, 1}), "center_crop: random_crop takes the part in the middle by itself"));
  BOOST_TEST(says(refused(Given({{"random_saturation", {0.7}}}), {8, 8, 1}, Span{0, 1}), "random_saturation: needs pictures in colour, of 3 channels or more, found 1"));
  BOOST_TEST(says(refused(Given({{"random_brightness", {0.7}}}), {8, 8, 1}, std::nullopt), "value_range: random_brightness needs the darkest and the brightest value"));
  BOOST_TEST(says(refused(Given({{"random_zoom", {0.1, 0.2, 0.3}}}), {8, 8, 1}, std::nullopt), "random_zoom: expected 1, 2 or 4 numbers, found 3"));
  BOOST_TEST(says(refused(Given({{"value_range", {1, 0}}}), {8, 8, 1}, std::nullopt), "value_range: expected the darkest value, then the brightest, found 1 and 0"));
  BOOST_CHECK_THROW(Given({{"mixup", {0.2}}}).changes().check_targets(true, false), sdk::OptionError);
  BOOST_CHECK_NO_THROW(Given({{"mixup", {0.2}}}).changes().check_targets(true, true));
}

BOOST_AUTO_TEST_CASE(rows_are_shared_by_threads_and_the_first_that_fails_is_told) {
  RowWorkers workers(4);
  for (const std::int64_t rows : {0, 1, 3, 100}) {
    std::vector<int> seen(static_cast<std::size_t>(rows));
    workers.each(rows, [&](std::int64_t row) { ++seen[static_cast<std::size_t>(row)]; });
    BOOST_TEST(std::count(seen.begin(), seen.end(), 1) == rows);
  }
  for (int round = 0; round < 50; ++round) {
    std::string told;
    try {
      workers.each(64, [](std::int64_t row) {
        if (row >= 5) throw std::runtime_error("row " + std::to_string(row));
      });
    } catch (const std::exception& e) {
      told = e.what();
    }
    BOOST_TEST(told == "row 5");
  }
}
