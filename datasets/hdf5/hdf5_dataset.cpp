// SPDX-License-Identifier: Apache-2.0
// The data set `hdf5`: named data sets of HDF5 files, through the framework's own wrapper, which trusts no file. What fits into the memory that it is
// given is read whole, once for all processes of the machine; of larger ones, blocks are read as they are asked for.
#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/datasets/array_dataset.hpp>
#include <teranga/datasets/input_file.hpp>
#include <teranga/datasets/named_parts.hpp>
#include <teranga/h5/file.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {
namespace {

class Hdf5Dataset : public ArrayDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.hdf5", .summary = "named data sets of HDF5 files (as h5py writes them)", .options = named_part_options()};
    for (sdk::OptionSpec& option : treatment_options()) info.options.push_back(std::move(option));
    info.options.push_back(sdk::integer("memory", 1024).in(1, 1e9).says("MiB of an array that are held in memory; a larger one is read in blocks, and shuffled among the samples of half of it"));
    return info;
  }

  explicit Hdf5Dataset(const sdk::Options& options) : ArrayDataset(LabelledArrays(Treatment::of(options), memory_of(options))), memory_(memory_of(options)) {
    std::map<std::string, std::shared_ptr<h5::File>> files;
    for (const NamedPart& part : named_parts(options)) {
      auto at = files.find(part.path);
      if (at == files.end()) at = files.emplace(part.path, std::make_shared<h5::File>(open(part.path))).first;
      std::optional<NamedArray> targets;
      if (part.targets) targets = read(at->second, part, *part.targets);
      arrays_.add(part.part, read(at->second, part, part.features), std::move(targets));
    }
    arrays_.check_scale();
  }

  // One file with the arrays that are named as those of the training part, its targets perhaps left out; or arrays of NumPy.
  static constexpr const char* endings = ".h5 .hdf5 .hdf .he5 .npy .npy.gz";
  Hdf5Dataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input)
      : ArrayDataset(LabelledArrays(Treatment::of(options), memory_of(options))), memory_(memory_of(options)) {
    if (is_npy(paths_of(input, 2)[0])) {
      add_new_npy(learnt, input);
      return;
    }
    NamedPart part = training_part(options);
    part.path = paths_of(input, 1)[0];
    const auto file = std::make_shared<h5::File>(open(part.path));
    std::optional<NamedArray> targets;
    if (part.targets && is_there(*file, *part.targets)) targets = read(file, part, *part.targets);
    arrays_.add_new(learnt, read(file, part, part.features), std::move(targets));
  }

 private:
  static std::int64_t memory_of(const sdk::Options& options) { return (options.has("memory") ? options.integer("memory") : 1024) << 20; }

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

  // Whether each part of the name is a member of its group, of whatever kind.
  static bool is_there(const h5::File& file, const std::string& name) {
    std::string group = "/";
    for (std::size_t begin = 0; begin < name.size();) {
      const std::size_t end = std::min(name.find('/', begin), name.size());
      const std::string part = name.substr(begin, end - begin);
      begin = end + 1;
      if (part.empty()) continue;
      const std::vector<h5::Child> children = file.list(group);
      const auto found = std::find_if(children.begin(), children.end(), [&](const h5::Child& child) { return child.name == part; });
      if (found == children.end()) return false;
      if (found->kind == h5::Kind::refused) return true;  // a link, perhaps: whoever follows it finds out
      if (found->kind == h5::Kind::data_set) return begin >= name.size();
      group += "/" + part;
    }
    return true;
  }

  // Data sets of the file and of its groups.
  static std::vector<std::string> names_in(const h5::File& file) {
    std::vector<std::string> names;
    for (const h5::Child& child : file.list("/")) {
      if (child.kind == h5::Kind::data_set) names.push_back(child.name);
      if (child.kind != h5::Kind::group) continue;
      for (const h5::Child& inner : file.list("/" + child.name))
        if (inner.kind == h5::Kind::data_set) names.push_back(child.name + "/" + inner.name);
    }
    return names;
  }

  // A piece of whole chunks at a time: the process that reads for the wrapper has memory for one piece, too.
  static void read_whole(const h5::File& file, const h5::Child& array, const std::string& name, void* to) {
    constexpr std::int64_t piece_bytes = std::int64_t{4} << 20;
    const std::int64_t all = element_count(array.shape) * static_cast<std::int64_t>(size_of(array.type));
    if (array.shape.empty()) return file.read(name, array.type, to, static_cast<std::size_t>(all));
    const std::int64_t rows = array.shape[0], row_bytes = all / rows, chunks = std::max<std::int64_t>(1, piece_bytes / std::max<std::int64_t>(1, row_bytes * array.chunk_rows));
    for (std::int64_t first = 0, count = 0; first < rows; first += count) {
      count = std::min(rows - first, chunks * array.chunk_rows);
      file.read_rows(name, array.type, first, count, static_cast<std::byte*>(to) + first * row_bytes, static_cast<std::size_t>(count * row_bytes));
    }
  }

  NamedArray read(const std::shared_ptr<h5::File>& file, const NamedPart& part, const std::string& name) const {
    const std::string where = part.path + ":" + name;
    if (!as_data_error(where, [&] { return is_there(*file, name); })) throw part.without(name, as_data_error(where, [&] { return names_in(*file); }));
    return as_data_error(where, [&] {
      const h5::Child found = file->describe(name);
      const auto type = static_cast<ElementType>(found.type);
      // Numbers are handed out in 4 bytes each, however they are stored.
      if (!found.shape.empty() && element_count(found.shape) > memory_ / 4) {
        const std::size_t row_bytes = static_cast<std::size_t>(element_count({found.shape.begin() + 1, found.shape.end()})) * size_of(type);
        const auto rows = [=](std::int64_t first, std::int64_t count, void* to) {
          as_data_error(where, [&] { file->read_rows(name, found.type, first, count, to, static_cast<std::size_t>(count) * row_bytes); });
        };
        return NamedArray{where, StoredRows{type, found.shape, found.chunk_rows, rows}};
      }
      if (element_count(found.shape) == 0) return NamedArray{where, Tensor(type, found.shape)};
      return NamedArray{where, HeldArray::made(where, type, found.shape, [&](void* to) { as_data_error(where, [&] { read_whole(*file, found, name, to); }); })};
    });
  }

  std::int64_t memory_;  // bytes
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::Hdf5Dataset>())
