// SPDX-License-Identifier: Apache-2.0
// The data set `idx`: images and labels of MNIST, Fashion-MNIST and their kin. Bytes stay bytes in memory and become f32 batch by batch.
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/labelled_arrays.hpp>
#include <teranga/sdk/dataset.hpp>

#include "idx_file.hpp"

namespace teranga::datasets {
namespace {

class IdxDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.idx",
                   .summary = "images and labels in idx files (MNIST, Fashion-MNIST), plain or gzip",
                   .source = "yann.lecun.com/exdb/mnist",
                   .options = {sdk::paths("train").items(1, 2).says("file of images, file of labels (left out: no targets)"),
                               sdk::paths("test").items(1, 2).optional().says("the same for the test part"),
                               sdk::paths("validation").items(1, 2).optional().says("the same for the validation part"),
                               sdk::real("scale", 1.0 / 255.0).says("bytes are multiplied by it; elements of other types stay as they are")}};
    for (sdk::OptionSpec& option : class_options()) info.options.push_back(std::move(option));
    return info;
  }

  explicit IdxDataset(const sdk::Options& options) : arrays_(treatment(options)) {
    add(TRG_TRAIN, options.texts("train"));
    if (options.has("validation")) add(TRG_VALIDATION, options.texts("validation"));
    if (options.has("test")) add(TRG_TEST, options.texts("test"));
  }

  void describe(sdk::Description& description) const { arrays_.describe(description); }
  void fill(const sdk::Batch& batch) const { arrays_.fill(batch); }

 private:
  static Treatment treatment(const sdk::Options& options) {
    Treatment treatment = Treatment::of(options);
    treatment.scale_bytes_only = true;
    return treatment;
  }

  void add(std::int32_t part, const std::vector<std::string>& paths) {
    Tensor images = read_idx(paths[0]);
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
    arrays_.add(part, {paths[0], std::move(images)}, std::move(labels));
  }

  LabelledArrays arrays_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::IdxDataset>())
