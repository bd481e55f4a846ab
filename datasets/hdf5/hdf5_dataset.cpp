// SPDX-License-Identifier: Apache-2.0
// The data set `hdf5`: named data sets of HDF5 files, read whole through the framework's own wrapper, which trusts no file.
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <teranga/core/error.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/labelled_arrays.hpp>
#include <teranga/datasets/named_parts.hpp>
#include <teranga/h5/file.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {
namespace {

class Hdf5Dataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.hdf5", .summary = "named data sets of HDF5 files (as h5py writes them)", .options = named_part_options()};
    for (sdk::OptionSpec& option : treatment_options(1.0)) info.options.push_back(std::move(option));
    return info;
  }

  explicit Hdf5Dataset(const sdk::Options& options) : arrays_(Treatment::of(options)) {
    std::map<std::string, h5::File> files;
    for (const NamedPart& part : named_parts(options)) {
      auto at = files.find(part.path);
      if (at == files.end()) at = files.emplace(part.path, open(part.path)).first;
      std::optional<NamedArray> targets;
      if (part.targets) targets = read(at->second, part.path, *part.targets);
      arrays_.add(part.part, read(at->second, part.path, part.features), std::move(targets));
    }
  }

  void describe(sdk::Description& description) const { arrays_.describe(description); }
  void fill(const sdk::Batch& batch) const { arrays_.fill(batch); }

 private:
  // What the wrapper throws says who and what already; here it becomes an error of this border.
  template <class F>
  static auto as_data_error(const std::string& where, F&& body) {
    try {
      return body();
    } catch (const Error& e) {
      throw sdk::DataError(where, e.what(), -1, e.hint());
    }
  }

  static h5::File open(const std::string& path) {
    const InputFile exists(path);  // says it in our words where there is no such file
    return as_data_error(path, [&] { return h5::File::open(path); });
  }

  static NamedArray read(const h5::File& file, const std::string& path, const std::string& name) {
    const std::string where = path + ":" + name;
    return as_data_error(where, [&] {
      const h5::Child found = file.describe(name);
      Tensor values(static_cast<ElementType>(found.type), found.shape);
      if (values.count() > 0) file.read(name, found.type, values.data(), values.bytes());
      return NamedArray{where, std::move(values)};
    });
  }

  LabelledArrays arrays_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::Hdf5Dataset>())
