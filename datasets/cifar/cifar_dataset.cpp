// SPDX-License-Identifier: Apache-2.0
// The data set `cifar`: the binary files of CIFAR-10 and CIFAR-100, by their folder or one by one.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/sdk/dataset.hpp>

#include "cifar_file.hpp"

namespace teranga::datasets {
namespace {

namespace fs = std::filesystem;

constexpr double per_byte = 1.0 / 255.0;

class CifarDataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.cifar",
                   .summary = "the binary files of CIFAR-10 and CIFAR-100: pictures of 32 x 32 pixels in colour",
                   .source = "www.cs.toronto.edu/~kriz/cifar.html",
                   .options = {sdk::path("folder").optional().says("the unpacked folder, cifar-10-batches-bin or cifar-100-binary, with a training and a test part"),
                               sdk::paths("train").or_one().items(1, 1000).optional().says("in place of folder: the files of the training part, plain or gzip"),
                               sdk::paths("test").or_one().items(1, 1000).optional().says("the files of the test part"),
                               sdk::paths("validation").or_one().items(1, 1000).optional().says("the files of the validation part"),
                               sdk::text("labels", "fine").choices({"fine", "coarse"}).says("of CIFAR-100: fine: 100 classes; coarse: the 20 groups that they make"), scale_option(per_byte)}};
    for (auto* more : {&normalize_options, &PictureChanges::options})
      for (sdk::OptionSpec& option : more()) info.options.push_back(std::move(option));
    info.options.push_back(sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers"));
    return info;
  }

  explicit CifarDataset(const sdk::Options& options) : CifarDataset(options, files_of(options)) {}

  static constexpr const char* endings = ".npy .npy.gz .bin .bin.gz";

  // Files of CIFAR, or arrays of NumPy.
  CifarDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArrayDataset(LabelledArrays(Treatment::of(options, per_byte))) {
    if (is_npy(paths_of(input, 1000)[0])) {
      add_new_npy(learnt, input);
      return;
    }
    CifarPart part = read_cifar(input.paths, cifar_kind(input.paths[0]), options.text("labels") == "coarse");
    arrays_.add_new(learnt, std::move(part.images), std::move(part.labels));
  }

 private:
  struct Files {
    std::array<std::vector<std::string>, 3> parts;  // by TRG_TRAIN, TRG_VALIDATION, TRG_TEST
    std::string folder;                             // that the names of the classes are looked for in
  };

  CifarDataset(const sdk::Options& options, const Files& files) : CifarDataset(options, files, cifar_kind(files.parts[TRG_TRAIN][0])) {}
  CifarDataset(const sdk::Options& options, const Files& files, CifarKind kind) : ArrayDataset(LabelledArrays(treatment(options, files, kind))) {
    for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST}) {
      const std::vector<std::string>& paths = files.parts[static_cast<std::size_t>(part)];
      if (paths.empty()) continue;
      CifarPart read = read_cifar(paths, kind, options.text("labels") == "coarse");
      arrays_.add(part, std::move(read.images), std::move(read.labels));
    }
    arrays_.check_scale();
  }

  static Files files_of(const sdk::Options& options) {
    if (options.has("folder") == options.has("train"))
      throw sdk::OptionError(options.has("folder") ? "folder" : "train", "expected either the folder of all files or the files to train on", options.has("folder") ? "leave out folder, or train" : "folder = \"cifar-10-batches-bin\"");
    Files files;
    if (options.has("train")) {
      files.parts[TRG_TRAIN] = options.texts("train");
      if (options.has("test")) files.parts[TRG_TEST] = options.texts("test");
      if (options.has("validation")) files.parts[TRG_VALIDATION] = options.texts("validation");
      files.folder = fs::path(files.parts[TRG_TRAIN][0]).parent_path().string();
      return files;
    }
    for (const char* part : {"test", "validation"})
      if (options.has(part)) throw sdk::OptionError(part, "folder brings its own parts", fmt::format("leave out {}, or name all files: train = [\"...\"]", part));
    files.folder = options.text("folder");
    std::error_code failed;
    if (!fs::is_directory(files.folder, failed)) throw sdk::DataError(files.folder, "there is no such folder", -1, "unpack cifar-10-binary.tar.gz or cifar-100-binary.tar.gz");
    std::vector<std::string> names;
    for (fs::directory_iterator at(files.folder, failed); !failed && at != fs::directory_iterator(); at.increment(failed)) names.push_back(at->path().string());
    std::sort(names.begin(), names.end());
    for (const std::string& path : names) {
      const std::string name = fs::path(path).filename().string();
      if (name == "train.bin" || (name.starts_with("data_batch_") && name.ends_with(".bin"))) files.parts[TRG_TRAIN].push_back(path);
      if (name == "test.bin" || name == "test_batch.bin") files.parts[TRG_TEST].push_back(path);
    }
    if (files.parts[TRG_TRAIN].empty())
      throw sdk::DataError(files.folder, fmt::format("expected data_batch_1.bin and others (CIFAR-10) or train.bin (CIFAR-100), found {}", names.empty() ? "no file" : fs::path(names[0]).filename().string()), -1, "unpack cifar-10-binary.tar.gz or cifar-100-binary.tar.gz, and give the folder that it makes");
    return files;
  }

  static Treatment treatment(const sdk::Options& options, const Files& files, CifarKind kind) {
    Treatment treatment = Treatment::of(options, per_byte);
    const bool coarse = options.text("labels") == "coarse";
    treatment.classes = kind == CifarKind::ten ? 10 : coarse ? 20 : 100;
    const char* const name = kind == CifarKind::ten ? "batches.meta.txt" : coarse ? "coarse_label_names.txt" : "fine_label_names.txt";
    std::ifstream file(fs::path(files.folder) / name);
    std::vector<std::string> names;
    for (std::string line; std::getline(file, line);) {
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty()) names.push_back(line);
    }
    if (names.empty() && kind == CifarKind::ten) names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
    if (static_cast<std::int64_t>(names.size()) == treatment.classes) treatment.class_names = std::move(names);
    return treatment;
  }
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::CifarDataset>())
