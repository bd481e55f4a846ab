// SPDX-License-Identifier: Apache-2.0
// The data set `arrays`: named arrays of one file of NumPy for networks with several inputs or outputs. Each array is a field of that name.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/array_dataset.hpp>
#include <teranga/datasets/npz_file.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::datasets {
namespace {

constexpr std::int64_t most_ids = std::int64_t{1} << 31;

template <class F>
void with_elements(const HeldArray& array, F&& use) {
  switch (array.type()) {
    case ElementType::f32: return use(array.as<float>());
    case ElementType::f64: return use(array.as<double>());
    case ElementType::i32: return use(array.as<std::int32_t>());
    case ElementType::i64: return use(array.as<std::int64_t>());
    case ElementType::u8: return use(array.as<std::uint8_t>());
  }
}

// Whole numbers from 0 on that fit i32, or Throws DataError with the sample.
std::int64_t largest_id(const HeldArray& array, const std::string& who) {
  std::int64_t largest = -1;
  const std::int64_t row = std::max<std::int64_t>(1, array.count() / array.shape()[0]);
  with_elements(array, [&](const auto& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<double>(values[i]);
      if (!(value >= 0 && value < static_cast<double>(most_ids)) || value != std::floor(value)) throw sdk::DataError(who, fmt::format("expected whole numbers from 0 on, found {}", value), static_cast<std::int64_t>(i) / row);
      largest = std::max(largest, static_cast<std::int64_t>(value));
    }
  });
  return largest;
}

bool has_whole_type(const HeldArray& array) { return array.type() == ElementType::i32 || array.type() == ElementType::i64 || array.type() == ElementType::u8; }

class ArraysDataset {
 public:
  static sdk::Info info() {
    return {.name = "teranga.arrays",
            .summary = "named NumPy arrays in one file (np.savez), for networks with several inputs or outputs",
            .source = "numpy.org/doc/stable/reference/generated/numpy.savez.html",
            .options = {sdk::path("train").says("the file of the training part"), sdk::path("test").optional().says("the file of the test part, with arrays of the same names"),
                        sdk::path("validation").optional().says("the file of the validation part, with arrays of the same names"),
                        sdk::texts("features").or_one().items(1, 64).says("the arrays that enter the network; a layer of type \"input\" names its own: field = \"NAME\"; axis 0 is samples"),
                        sdk::texts("targets").optional().or_one().items(0, 64).says("the arrays that the losses compare with: target = \"NAME\"; whole numbers are classes"),
                        sdk::texts("ids").optional().or_one().items(0, 64).says("which of the features are ids of tokens, for an embedding; others are numbers (f32)"),
                        sdk::texts("quantities").optional().or_one().items(0, 64).says("which of the targets are quantities although they are whole numbers"),
                        sdk::text("sample_weight").optional().says("the array with the weight of each sample")}};
  }

  explicit ArraysDataset(const sdk::Options& options) : ArraysDataset(options, std::true_type{}) {
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
      if (options.has(option)) add(part, options.text(option), true);
  }

  static constexpr const char* endings = ".npz";
  // A file with all features; targets may be left out.
  ArraysDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : ArraysDataset(options, std::true_type{}) {
    restore(learnt);
    add(TRG_TEST, paths_of(input, 1)[0], false);
  }

  void describe(sdk::Description& description) const {
    for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
      if (samples_[static_cast<std::size_t>(part)] > 0) description.count(part, samples_[static_cast<std::size_t>(part)]);
    for (const Column& column : columns_) description.field({.name = column.name, .role = column.role, .type = column.whole ? TRG_I32 : TRG_F32, .shape = column.shape, .classes = column.classes, .absent = column.absent});
  }

  std::string fit(std::span<const std::int64_t>) const {
    std::string out;
    for (const Column& column : columns_) {
      out += fmt::format("{}\t{}\t{}", column.name, column.whole ? 1 : 0, column.classes);
      for (const std::int64_t extent : column.shape) out += fmt::format("\t{}", extent);
      out += '\n';
    }
    return out;
  }

  // What fit() gave once, or nothing of a checkpoint that was not trained.
  void restore(std::string_view learnt) {
    while (!learnt.empty()) {
      const std::size_t end = std::min(learnt.find('\n'), learnt.size());
      std::vector<std::string> words;
      for (std::size_t begin = 0; begin <= end;) {
        const std::size_t stop = std::min(learnt.find('\t', begin), end);
        words.emplace_back(learnt.substr(begin, stop - begin));
        begin = stop + 1;
      }
      learnt.remove_prefix(std::min(end + 1, learnt.size()));
      const auto column = std::ranges::find(columns_, words[0], &Column::name);
      if (words.size() < 3 || column == columns_.end()) throw sdk::DataError("", "what the checkpoint keeps of the arrays of its training is damaged");
      std::vector<std::int64_t> shape;
      for (std::size_t i = 3; i < words.size(); ++i) shape.push_back(number(words[i]));
      if (column->settled && column->shape != shape) throw sdk::DataError(column->name, fmt::format("expected samples of shape [{}], as the network was trained on, found [{}]", fmt::join(shape, ", "), fmt::join(column->shape, ", ")));
      column->shape = shape, column->whole = words[1] == "1", column->classes = number(words[2]), column->settled = true;
    }
  }

  void fill(const sdk::Batch& batch) const {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const HeldArray& array = columns_[c].parts[static_cast<std::size_t>(batch.part())];
      if (!batch.wanted(static_cast<int>(c)) || array.shape().empty()) continue;
      array.require_unchanged();
      if (columns_[c].whole) copy(batch, array, batch.field<std::int32_t>(static_cast<int>(c)));
      else copy(batch, array, batch.field<float>(static_cast<int>(c)));
    }
  }

 private:
  struct Column {
    std::string name;
    std::int32_t role = TRG_FEATURE;
    bool ids = false, quantity = false;  // as the options say
    bool whole = false;                  // handed out as i32
    bool settled = false, absent = false;
    std::int64_t classes = 0;
    std::vector<std::int64_t> shape;     // of a sample
    std::array<HeldArray, 3> parts;
  };

  ArraysDataset(const sdk::Options& options, std::true_type) {
    const auto texts = [&](const char* option) { return options.has(option) ? options.texts(option) : std::vector<std::string>(); };
    const std::vector<std::string> ids = texts("ids"), quantities = texts("quantities");
    const auto is_in = [](const std::vector<std::string>& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); };
    for (const std::string& name : texts("features")) add_column(name, TRG_FEATURE, is_in(ids, name), false);
    for (const std::string& name : texts("targets")) add_column(name, TRG_TARGET, false, is_in(quantities, name));
    if (options.has("sample_weight")) add_column(options.text("sample_weight"), TRG_SAMPLE_WEIGHT, false, true);
    const auto check = [&](const char* option, const std::vector<std::string>& names, std::int32_t role, const char* among) {
      for (const std::string& name : names)
        if (std::ranges::none_of(columns_, [&](const Column& column) { return column.name == name && column.role == role; })) throw sdk::OptionError(option, fmt::format("\"{}\" is none of the {}", name, among), fmt::format("name it in {}, too", among));
    };
    check("ids", ids, TRG_FEATURE, "features");
    check("quantities", quantities, TRG_TARGET, "targets");
  }

  void add_column(const std::string& name, std::int32_t role, bool ids, bool quantity) {
    if (std::ranges::find(columns_, name, &Column::name) != columns_.end()) throw sdk::OptionError(role == TRG_FEATURE ? "features" : role == TRG_TARGET ? "targets" : "sample_weight", fmt::format("the array \"{}\" is named twice", name), "name it once");
    Column column;
    column.name = name, column.role = role, column.ids = ids, column.quantity = quantity;
    columns_.push_back(std::move(column));
  }

  static std::int64_t number(const std::string& word) {
    std::int64_t out = 0;
    std::from_chars(word.data(), word.data() + word.size(), out);
    return out;
  }

  void add(std::int32_t part, const std::string& path, bool with_targets) {
    const NpzFile file(path);
    std::int64_t& samples = samples_[static_cast<std::size_t>(part)];
    for (Column& column : columns_) {
      if (!file.has(column.name) && !with_targets && column.role != TRG_FEATURE) {
        column.absent = true;
        continue;
      }
      HeldArray array = file.read(column.name);
      const std::string who = path + ":" + column.name;
      if (array.shape().empty() || array.shape()[0] == 0) throw sdk::DataError(who, "expected samples on axis 0, found none");
      if (samples == 0) samples = array.shape()[0];
      if (array.shape()[0] != samples) throw sdk::DataError(who, fmt::format("expected {} samples, as \"{}\" has, found {}", samples, columns_[0].name, array.shape()[0]));
      take(column, std::move(array), part, who);
    }
  }

  void take(Column& column, HeldArray array, std::int32_t part, const std::string& who) {
    const std::vector<std::int64_t> shape(array.shape().begin() + 1, array.shape().end());
    const bool classes = column.role == TRG_TARGET && !column.quantity && has_whole_type(array);
    if (!column.settled) {
      column.shape = shape, column.settled = true;
      column.whole = column.ids || classes;
    }
    if (shape != column.shape) throw sdk::DataError(who, fmt::format("expected samples of shape [{}], found [{}]", fmt::join(column.shape, ", "), fmt::join(shape, ", ")));
    if (column.role == TRG_SAMPLE_WEIGHT && !shape.empty()) throw sdk::DataError(who, fmt::format("expected one weight for each sample, found samples of shape [{}]", fmt::join(shape, ", ")));
    if (column.whole) {
      const std::int64_t largest = largest_id(array, who);
      if (column.role == TRG_TARGET && part == TRG_TRAIN) column.classes = std::max(column.classes, largest + 1);
      if (column.role == TRG_TARGET && column.classes > 0 && largest >= column.classes) throw sdk::DataError(who, fmt::format("expected class numbers from 0 to {}, as in the training part, found {}", column.classes - 1, largest));
    }
    column.parts[static_cast<std::size_t>(part)] = std::move(array);
  }

  template <class To>
  static void copy(const sdk::Batch& batch, const HeldArray& array, To* to) {
    const std::int64_t row = array.count() / array.shape()[0];
    with_elements(array, [&](const auto& values) {
      for (std::int64_t r = 0; r < batch.rows(); ++r) {
        const auto* from = values.data() + batch.sample(r) * row;
        std::transform(from, from + row, to + r * row, [](const auto value) { return static_cast<To>(value); });
      }
    });
  }

  std::vector<Column> columns_;
  std::array<std::int64_t, 3> samples_{};
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::ArraysDataset>())
