// SPDX-License-Identifier: Apache-2.0
// The data sets `npy` (one array a file) and `npz` (several named arrays a file).
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/datasets/labelled_arrays.hpp>
#include <teranga/datasets/named_parts.hpp>
#include <teranga/sdk/dataset.hpp>

#include <teranga/datasets/npy_array.hpp>
#include <teranga/datasets/npz_file.hpp>

namespace teranga::datasets {
namespace {

class NpyDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.npy",
                   .summary = "NumPy arrays, one a file (.npy, plain or gzip)",
                   .source = "numpy.org/doc/stable/reference/generated/numpy.lib.format.html",
                   .options = {sdk::paths("train").or_one().items(1, 2).says("file of features, file of targets (left out: no targets); axis 0 is samples"),
                               sdk::paths("test").optional().or_one().items(1, 2).says("the same for the test part"),
                               sdk::paths("validation").optional().or_one().items(1, 2).says("the same for the validation part")}};
    for (sdk::OptionSpec& option : treatment_options(1.0)) info.options.push_back(std::move(option));
    return info;
  }

  explicit NpyDataset(const sdk::Options& options) : arrays_(Treatment::of(options)) {
    add(TRG_TRAIN, options.texts("train"));
    if (options.has("validation")) add(TRG_VALIDATION, options.texts("validation"));
    if (options.has("test")) add(TRG_TEST, options.texts("test"));
  }

  void describe(sdk::Description& description) const { arrays_.describe(description); }
  void fill(const sdk::Batch& batch) const { arrays_.fill(batch); }

 private:
  void add(std::int32_t part, const std::vector<std::string>& paths) {
    std::optional<NamedArray> targets;
    if (paths.size() == 2) targets = NamedArray{paths[1], read_npy_file(paths[1])};
    arrays_.add(part, {paths[0], read_npy_file(paths[0])}, std::move(targets));
  }

  LabelledArrays arrays_;
};

class NpzDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.npz",
                   .summary = "named NumPy arrays in one file (np.savez, np.savez_compressed)",
                   .source = "numpy.org/doc/stable/reference/generated/numpy.savez.html",
                   .options = named_part_options()};
    for (sdk::OptionSpec& option : treatment_options(1.0)) info.options.push_back(std::move(option));
    return info;
  }

  explicit NpzDataset(const sdk::Options& options) : arrays_(Treatment::of(options)) {
    std::map<std::string, std::unique_ptr<NpzFile>> files;
    for (const NamedPart& part : named_parts(options)) {
      std::unique_ptr<NpzFile>& file = files[part.path];
      if (!file) file = std::make_unique<NpzFile>(part.path);
      std::optional<NamedArray> targets;
      if (part.targets) targets = NamedArray{part.path + ":" + *part.targets, file->read(*part.targets)};
      arrays_.add(part.part, {part.path + ":" + part.features, file->read(part.features)}, std::move(targets));
    }
  }

  void describe(sdk::Description& description) const { arrays_.describe(description); }
  void fill(const sdk::Batch& batch) const { arrays_.fill(batch); }

 private:
  LabelledArrays arrays_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::NpyDataset>(), teranga::sdk::dataset<teranga::datasets::NpzDataset>())
