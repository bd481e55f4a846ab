// SPDX-License-Identifier: Apache-2.0
// The data set `idx`: images and labels of MNIST, Fashion-MNIST and their kin. Bytes stay bytes in memory and become f32 batch by batch.
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/sdk/dataset.hpp>

#include "idx_file.hpp"

namespace teranga::datasets {
namespace {

constexpr double per_byte = 1.0 / 255.0;

class IdxDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.idx",
                   .summary = "images and labels in idx files (MNIST, Fashion-MNIST), plain or gzip",
                   .source = "yann.lecun.com/exdb/mnist",
                   .options = {sdk::paths("train").items(1, 2).says("file of images, file of labels (left out: no targets)"),
                               sdk::paths("test").items(1, 2).optional().says("the files of the test part, as those of train"),
                               sdk::paths("validation").items(1, 2).optional().says("the files of the validation part, as those of train"),
                               scale_option(per_byte)}};
    for (auto* more : {&normalize_options, &target_options, &PictureChanges::options})
      for (sdk::OptionSpec& option : more()) info.options.push_back(std::move(option));
    return info;
  }

  explicit IdxDataset(const sdk::Options& options) : ArrayDataset(LabelledArrays(Treatment::of(options, per_byte))) {
    add(TRG_TRAIN, options.texts("train"));
    if (options.has("validation")) add(TRG_VALIDATION, options.texts("validation"));
    if (options.has("test")) add(TRG_TEST, options.texts("test"));
    arrays_.check_scale();
  }

  static constexpr const char* endings = ".npy .npy.gz *";

  // idx files, or arrays of NumPy.
  IdxDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(Treatment::of(options, per_byte))) {
    const std::vector<std::string>& paths = paths_of(input, 2);
    if (is_npy(paths[0])) {
      add_new_npy(learnt, input);
      return;
    }
    auto [images, labels] = read(paths);
    arrays_.add_new(learnt, std::move(images), std::move(labels));
  }

 private:
  static std::pair<NamedArray, std::optional<NamedArray>> read(const std::vector<std::string>& paths) {
    HeldArray images = read_idx(paths[0]);
    std::optional<NamedArray> labels;
    if (images.shape().size() == 1)
      throw sdk::DataError(paths[0], fmt::format("expected images (rank 2 or more), found {} labels (rank 1)", images.count()), -1,
                           "the first path is the file of images, the second the file of labels");
    if (paths.size() == 2) {
      labels = NamedArray{paths[1], read_idx(paths[1])};
      if (labels->values.shape().size() != 1)
        throw sdk::DataError(paths[1], fmt::format("expected labels (rank 1), found shape {}", to_string(labels->values.shape())), -1,
                             "the first path is the file of images, the second the file of labels");
    }
    return {{paths[0], std::move(images)}, std::move(labels)};
  }

  void add(std::int32_t part, const std::vector<std::string>& paths) {
    auto [images, labels] = read(paths);
    arrays_.add(part, std::move(images), std::move(labels));
  }
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::IdxDataset>())
