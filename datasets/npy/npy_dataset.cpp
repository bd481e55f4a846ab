// SPDX-License-Identifier: Apache-2.0
// The data sets `npy` (one array a file) and `npz` (several named arrays a file).
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/datasets/named_parts.hpp>
#include <teranga/sdk/dataset.hpp>

#include <teranga/datasets/npy_array.hpp>
#include <teranga/datasets/npz_file.hpp>

namespace teranga::datasets {
namespace {

class NpyDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.npy",
                   .summary = "NumPy arrays, one a file (.npy, plain or gzip)",
                   .source = "numpy.org/doc/stable/reference/generated/numpy.lib.format.html",
                   .options = {sdk::paths("train").or_one().items(1, 2).says("file of features, file of targets (left out: no targets); axis 0 is samples"),
                               sdk::paths("test").optional().or_one().items(1, 2).says("the files of the test part, as those of train"),
                               sdk::paths("validation").optional().or_one().items(1, 2).says("the files of the validation part, as those of train")}};
    for (sdk::OptionSpec& option : treatment_options()) info.options.push_back(std::move(option));
    return info;
  }

  explicit NpyDataset(const sdk::Options& options) : ArrayDataset(LabelledArrays(Treatment::of(options))) {
    add(TRG_TRAIN, options.texts("train"));
    if (options.has("validation")) add(TRG_VALIDATION, options.texts("validation"));
    if (options.has("test")) add(TRG_TEST, options.texts("test"));
    arrays_.check_scale();
  }

  static constexpr const char* endings = ".npy .npy.gz";
  NpyDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(Treatment::of(options))) { add_new_npy(learnt, input); }

 private:
  void add(std::int32_t part, const std::vector<std::string>& paths) {
    std::optional<NamedArray> targets;
    if (paths.size() == 2) targets = NamedArray{paths[1], read_npy_file(paths[1])};
    arrays_.add(part, {paths[0], read_npy_file(paths[0])}, std::move(targets));
  }
};

class NpzDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.npz",
                   .summary = "named NumPy arrays in one file (np.savez, np.savez_compressed)",
                   .source = "numpy.org/doc/stable/reference/generated/numpy.savez.html",
                   .options = named_part_options()};
    for (sdk::OptionSpec& option : treatment_options()) info.options.push_back(std::move(option));
    return info;
  }

  explicit NpzDataset(const sdk::Options& options) : ArrayDataset(LabelledArrays(Treatment::of(options))) {
    std::map<std::string, std::unique_ptr<NpzFile>> files;
    for (const NamedPart& part : named_parts(options)) {
      std::unique_ptr<NpzFile>& file = files[part.path];
      if (!file) file = std::make_unique<NpzFile>(part.path);
      std::optional<NamedArray> targets;
      if (part.targets) targets = read(*file, part, *part.targets);
      arrays_.add(part.part, read(*file, part, part.features), std::move(targets));
    }
    arrays_.check_scale();
  }

  // One file with the arrays that are named as those of the training part, its targets perhaps left out; or arrays of NumPy.
  static constexpr const char* endings = ".npz .npy .npy.gz";
  NpzDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(Treatment::of(options))) {
    if (is_npy(paths_of(input, 2)[0])) {
      add_new_npy(learnt, input);
      return;
    }
    NamedPart part = training_part(options);
    part.path = paths_of(input, 1)[0];
    const NpzFile file(part.path);
    std::optional<NamedArray> targets;
    if (part.targets && file.has(*part.targets)) targets = read(file, part, *part.targets);
    arrays_.add_new(learnt, read(file, part, part.features), std::move(targets));
  }

 private:
  static NamedArray read(const NpzFile& file, const NamedPart& part, const std::string& array) {
    if (!file.has(array)) throw part.without(array, file.names());
    return {part.path + ":" + array, file.read(array)};
  }
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::NpyDataset>(), teranga::sdk::dataset<teranga::datasets::NpzDataset>())
