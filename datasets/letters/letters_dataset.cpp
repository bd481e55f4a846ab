// SPDX-License-Identifier: Apache-2.0
// The data set `letters`: pictures of letters and digits that the program draws itself, so that there are as many as one likes, and none has to be downloaded.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/sdk/dataset.hpp>

#include "glyphs.hpp"
#include "hand.hpp"

namespace teranga::datasets {
namespace {

constexpr double per_level = 1.0 / 255.0;

class LettersDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    return {.name = "teranga.letters",
            .summary = "synthetic pictures of capital letters or digits, whose lines differ from sample to sample",
            .options = {sdk::text("characters", "letters").choices({"letters", "digits", "both"}).says("which characters are drawn: A to Z, 0 to 9, or first the digits and then the letters"),
                        sdk::integer("samples", 5200).in(1, 1'000'000).says("number of samples of the training part; all characters come equally often"),
                        sdk::integer("validation_samples", 0).in(0, 1'000'000).says("number of samples of the validation part; 0: there is none"),
                        sdk::integer("test_samples", 2600).in(0, 1'000'000).says("number of samples of the test part; 0: there is none"),
                        sdk::integer("image_size", 28).in(8, 256).says("height and width of a picture in pixels"),
                        sdk::real("wobble", 1.0).in(0, 2).says("how much the drawn lines differ from one picture of a character to the next; 0: all pictures of a character are the same"),
                        sdk::real("scale", per_level).says("pixels, 0 to 255, are multiplied by it"),
                        sdk::integer("seed", 1).in(0, 9e15).says("seed of the random numbers; another one gives other samples")}};
  }

  explicit LettersDataset(const sdk::Options& options)
      : ArrayDataset(LabelledArrays(treatment(options))), characters_(characters(options)), size_(static_cast<std::size_t>(options.integer("image_size"))), wobble_(options.real("wobble")),
        seed_(static_cast<std::uint64_t>(options.integer("seed"))) {
    add(TRG_TRAIN, options.integer("samples"));
    add(TRG_VALIDATION, options.integer("validation_samples"));
    add(TRG_TEST, options.integer("test_samples"));
  }

  static constexpr const char* endings = ".npy .npy.gz";
  LettersDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(treatment(options))) { add_new_npy(learnt, input); }

 private:
  static std::string_view characters(const sdk::Options& options) {
    const std::string which = options.text("characters");
    if (which == "digits") return drawable.substr(0, 10);
    return which == "letters" ? drawable.substr(10) : drawable;
  }

  static Treatment treatment(const sdk::Options& options) {
    Treatment treatment = Treatment::of(options, per_level);
    for (const char character : characters(options)) treatment.class_names.emplace_back(1, character);
    treatment.classes = static_cast<std::int64_t>(treatment.class_names.size());
    return treatment;
  }

  void add(std::int32_t part, std::int64_t count) {
    if (count == 0) return;
    const auto side = static_cast<std::int64_t>(size_);
    Tensor images(ElementType::u8, {count, side, side, 1}), labels(ElementType::u8, {count});
    const std::span<std::uint8_t> pixels = images.as<std::uint8_t>();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::size_t label = i % characters_.size();
      labels.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(label);
      draw(characters_[label], seed_of(part, i), wobble_, size_, pixels.subspan(i * size_ * size_, size_ * size_));
    }
    arrays_.add(part, {"letters", std::move(images)}, NamedArray{"letters", std::move(labels)});
  }

  // Of one sample of one part (SplitMix64), so that parts share no picture.
  std::uint64_t seed_of(std::int32_t part, std::size_t sample) const {
    std::uint64_t x = (seed_ * 4 + static_cast<std::uint64_t>(part)) * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(sample) * 0xd1342543de82ef95u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
  }

  std::string_view characters_;
  std::size_t size_ = 0;
  double wobble_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::LettersDataset>())
