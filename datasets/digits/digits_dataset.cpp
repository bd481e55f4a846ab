// SPDX-License-Identifier: Apache-2.0
// The data set `digits`: 1,797 handwritten digits that come with the program, so that a first training needs no download.
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include <zlib.h>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {

extern const unsigned char digits_bytes[];  // deflated records: 64 pixels of 0..16, then the label
extern const std::size_t digits_size;

namespace {

constexpr std::int64_t digits = 1797, pixels = 64, training = 1437;
constexpr double per_level = 1.0 / 16.0;

class DigitsDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.digits",
            .summary = "1,797 handwritten digits of 8 x 8 pixels, embedded: the first 1,437 to train, the last 360 to test",
            .source = "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI, doi 10.24432/C50P49, CC BY 4.0",
            .options = {sdk::real("scale", per_level).says("pixels, 0 to 16, are multiplied by it"),
                        sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers")}};
    for (sdk::OptionSpec& option : PictureChanges::options()) info.options.push_back(std::move(option));
    return info;
  }

  explicit DigitsDataset(const sdk::Options& options) : ArrayDataset(LabelledArrays(treatment(options))) {
    std::vector<unsigned char> records(digits * (pixels + 1));
    uLongf size = records.size();
    if (uncompress(records.data(), &size, digits_bytes, digits_size) != Z_OK || size != records.size())
      throw sdk::Error(TRG_FAILED, "the embedded digits cannot be unpacked: the plugin file is damaged");
    add(TRG_TRAIN, records.data(), training);
    add(TRG_TEST, records.data() + training * (pixels + 1), digits - training);
  }

  static constexpr const char* endings = ".npy .npy.gz";
  DigitsDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(treatment(options))) { add_new_npy(learnt, input); }

 private:
  static Treatment treatment(const sdk::Options& options) {
    Treatment treatment = Treatment::of(options, per_level);
    for (char digit = '0'; digit <= '9'; ++digit) treatment.class_names.emplace_back(1, digit);
    treatment.classes = 10;
    treatment.brightest_byte = 16;
    return treatment;
  }

  void add(std::int32_t part, const unsigned char* records, std::int64_t count) {
    Tensor images(ElementType::u8, {count, 8, 8, 1}), labels(ElementType::u8, {count});
    for (std::int64_t i = 0; i < count; ++i) {
      const unsigned char* record = records + i * (pixels + 1);
      std::memcpy(images.as<std::uint8_t>().data() + i * pixels, record, pixels);
      labels.as<std::uint8_t>()[static_cast<std::size_t>(i)] = record[pixels];
    }
    arrays_.add(part, {"digits", std::move(images)}, NamedArray{"digits", std::move(labels)});
  }
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::DigitsDataset>())
