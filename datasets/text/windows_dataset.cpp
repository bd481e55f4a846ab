// SPDX-License-Identifier: Apache-2.0
// The data set `windows`: time series from the columns of a table, a row a step. A sample is a window of rows; its target lies `horizon` rows
// after it. Parts are pieces of time, in the order of the file, and no window reaches over the border of one.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/datasets/spread.hpp>
#include <teranga/sdk/dataset.hpp>

#include "at_source.hpp"
#include "kept_column.hpp"
#include "log.hpp"
#include "number_columns.hpp"
#include "stretches.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.windows 3\n", without_marks = "teranga.windows 2\n", former_signature = "teranga.windows 1\n";

class WindowsDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.windows",
                   .summary = "time series of a table, cut into windows, to tell what comes after",
                   .options = {sdk::path("train").says("the table, a row a step of time, the oldest first; plain or gzip"),
                               sdk::path("validation").optional().says("the table to validate on, of the same columns"),
                               sdk::path("test").optional().says("the table to test on, of the same columns"),
                               sdk::texts("columns").or_one().items(1, 100000).or_number().says("columns that a window shows, by name or number (\"1\" is the first, \"-1\" the last)"),
                               sdk::texts("target").optional().or_one().items(1, 100000).or_number().says("columns to predict, by name or number; left out: as columns"),
                               sdk::integer("window").in(1, 1e6).says("rows of a sample"),
                               sdk::integer("horizon", 1).in(1, 1e6).says("how many rows after the window the target lies; 1: the next one"),
                               sdk::text("predict", "last").choices({"last", "every"}).says("last: y f32 [target], the row at the horizon; every: y f32 [horizon, target], all rows up to it"),
                               sdk::integer("stride", 1).in(1, 1e9).says("rows from the begin of a sample to that of the next"),
                               sdk::text("normalize", "none").choices({"none", "standard", "minmax"}).says("each column, learnt from the training part: mean 0 and deviation 1, or 0 to 1"),
                               sdk::boolean("normalize_target", true).says("whether the targets are normalized, too")}};
    for (std::vector<sdk::OptionSpec> more : {Stretches::options("tables", "the training rows", "windows"), table_options(true)})
      for (sdk::OptionSpec& option : more) info.options.push_back(std::move(option));
    info.options.push_back(decimal_option());
    return info;
  }

  explicit WindowsDataset(const sdk::Options& options) : WindowsDataset(options, options.text("train")) {
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
      if (options.has(option)) read(part, options.text(option), options);
    stretches_.divide(options, "tables");
    samples_ = samples_of(window_ + horizon_);
    learn(samples_.training_samples());
  }

  // New rows: every window is a sample, the last one too, behind which the table ends. Targets are what comes after, and absent; their columns need not be there.
  WindowsDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : WindowsDataset(options, input.paths.empty() ? "--text" : input.paths.front()) {
    if (!input.texts.empty()) throw sdk::DataError(source_, "expected a table of rows, found a text", -1, "--input FILE.csv");
    absent_ = true;
    at_source(source_, [&] {
      UnpackedBytes bytes = learnt_bytes(learnt, marks_);
      form_ = unpack_form(bytes);
    });
    for (const std::string& path : input.paths) read(TRG_TEST, path, options);
    samples_ = samples_of(window_);
    scales_.resize(names_.size());
    restore(learnt);
  }

  void describe(sdk::Description& description) const {
    samples_.describe(description);
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_F32, .shape = {window_, static_cast<std::int64_t>(features_)}, .columns = {names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(features_)}});
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_F32, .shape = {static_cast<std::int64_t>(targets_.size())}, .absent = absent_};
    if (every_) y.shape.insert(y.shape.begin(), horizon_);
    for (const std::size_t target : targets_) {
      y.columns.push_back(names_[target]);
      if (normalize_ != Normalize::none && normalize_target_) y.units.push_back({scales_[target].offset, 1 / scales_[target].factor});
    }
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn(samples);
    if (std::ssize(samples) < samples_.count(TRG_TRAIN) && stride_ < window_ + horizon_)
      log(TRG_LOG_WARNING, "the training part ends between windows that overlap; where validation_split made it so, both parts share some rows: validation_share keeps them apart");
    PackedBytes bytes(signature);
    pack_marks(bytes, marks_);
    pack_form(bytes, *form_);
    bytes.texts(names_);
    for (const Scale& scale : scales_) bytes.put(scale.offset), bytes.put(scale.factor);
    return bytes.take();
  }

  void restore(std::string_view learnt) {
    at_source(source_, [&] {
      UnpackedBytes bytes = learnt_bytes(learnt, marks_);
      unpack_form(bytes);
      if (const std::vector<std::string> names = bytes.texts(); names != names_)
        throw sdk::DataError("", fmt::format("expected the {} columns that the checkpoint learnt from, found {} others", names.size(), names_.size()));
      for (Scale& scale : scales_) scale.offset = bytes.get<double>(), scale.factor = bytes.get<double>();
      bytes.end();
    });
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    TableMarks marks;
    UnpackedBytes bytes = learnt_bytes(learnt, marks);
    std::vector<sdk::Learnt> out;
    if (unpack_form(bytes).decimal == ',') out.push_back({"numbers", "written with a decimal comma"});
    for (const std::string& name : bytes.texts()) {
      const auto offset = bytes.get<double>(), factor = bytes.get<double>();
      out.push_back({"column " + name, fmt::format("({} - {}) * {}", name, offset, factor)});
    }
    return out;
  }

  // Of the new table: the cell in the last row of each window.
  std::vector<std::string> column(const std::string& name) const {
    std::vector<std::string> cells, out;
    for (const auto& [path, seen] : tables_)
      for (std::string& cell : column_of_table(path, seen, name)) cells.push_back(std::move(cell));
    for (std::int64_t sample = 0; sample < samples_.count(TRG_TEST); ++sample) out.push_back(cells.at(samples_.record(TRG_TEST, sample) + static_cast<std::size_t>(window_) - 1));
    return out;
  }
  std::string column_name(const std::string& wanted) const { return tables_.empty() ? "" : name_in_table(tables_[0].first, tables_[0].second, wanted); }

  void fill(const sdk::Batch& batch) const {
    const auto features = static_cast<std::int64_t>(features_), targets = static_cast<std::int64_t>(targets_.size());
    const std::int64_t first = every_ ? 1 : horizon_, steps = horizon_ - first + 1;
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const auto begin = static_cast<std::int64_t>(samples_.record(batch.part(), batch.sample(r)));
      if (batch.wanted(0)) {
        float* to = batch.field<float>(0) + r * window_ * features;
        for (std::int64_t t = 0; t < window_; ++t)
          for (std::size_t c = 0; c < features_; ++c) *to++ = scaled(begin + t, c);
      }
      if (!batch.wanted(1)) continue;
      float* to = batch.field<float>(1) + r * steps * targets;
      for (std::int64_t t = 0; t < steps; ++t)
        for (const std::size_t c : targets_) {
          const std::int64_t row = begin + window_ - 1 + first + t;
          *to++ = normalize_target_ ? scaled(row, c) : static_cast<float>(value(row, c));
        }
    }
  }

 private:
  // What a checkpoint keeps behind the marks of the training table, which edition 2 does not have.
  static UnpackedBytes learnt_bytes(std::string_view learnt, TableMarks& marks) {
    if (learnt.starts_with(former_signature)) throw sdk::DataError("", "the checkpoint was made by a former version of this data set, which kept less of the table", -1, "train anew: --fresh, or another --run");
    const bool without = learnt.starts_with(without_marks);
    UnpackedBytes bytes(learnt, without ? without_marks : signature, "a time series");
    if (!without) marks = unpack_marks(bytes);
    return bytes;
  }

  WindowsDataset(const sdk::Options& options, std::string source)
      : names_(options.texts("columns")), features_(names_.size()), window_(options.integer("window")), horizon_(options.integer("horizon")), stride_(options.integer("stride")),
        every_(options.text("predict") == "every"), normalize_(normalize_of(options.text("normalize"))), normalize_target_(options.boolean("normalize_target")), source_(std::move(source)) {
    for (const std::string& target : options.has("target") ? options.texts("target") : options.texts("columns")) {
      const auto known = std::find(names_.begin(), names_.end(), target);
      targets_.push_back(static_cast<std::size_t>(known - names_.begin()));
      if (known == names_.end()) names_.push_back(target);
    }
  }

  PartRows samples_of(std::int64_t steps) const {
    return stretches_.samples(steps, stride_, [&](const Stretches::TooShort& found) {
      throw sdk::DataError(source_, fmt::format("expected {} rows or more in the {} part ({}), found {}", steps, found.part, absent_ ? "a window" : "window and horizon", found.longest), -1,
                           !absent_ && found.possible > horizon_ ? fmt::format("window = {}", found.possible - horizon_) : "");
    }, absent_ ? TRG_TEST : TRG_TRAIN);
  }

  double value(std::int64_t row, std::size_t column) const { return values_[static_cast<std::size_t>(row) * names_.size() + column]; }
  float scaled(std::int64_t row, std::size_t column) const { return static_cast<float>((value(row, column) - scales_[column].offset) * scales_[column].factor); }
  std::int64_t rows() const { return static_cast<std::int64_t>(values_.size() / names_.size()); }

  void read(std::int32_t part, const std::string& path, const sdk::Options& options) {
    std::vector<WantedColumn> wanted;
    for (std::size_t i = 0; i < (absent_ ? features_ : names_.size()); ++i) wanted.push_back({i < features_ ? "columns" : "target", names_[i]});
    const std::int64_t begin = rows();
    const NumberColumns read = read_number_columns(path, wanted, options, form_ ? std::optional(OtherTable{*form_, absent_}) : std::nullopt, {marks_, !absent_});
    if (!form_) form_ = read.form, marks_ = read.seen.marks;
    if (absent_) tables_.emplace_back(path, read.seen);
    for (std::size_t at = 0; at < read.values.size(); at += wanted.size()) {
      values_.insert(values_.end(), read.values.begin() + static_cast<std::ptrdiff_t>(at), read.values.begin() + static_cast<std::ptrdiff_t>(at + wanted.size()));
      values_.resize(values_.size() + names_.size() - wanted.size());
    }
    stretches_.add(part, begin, rows());
  }

  // Each row that training samples show or predict counts once. A constant column becomes 0.
  void learn(std::span<const std::int64_t> samples) {
    scales_.assign(names_.size(), Scale{});
    if (normalize_ == Normalize::none) return;
    std::vector<bool> used(static_cast<std::size_t>(rows()), false);
    for (const std::int64_t sample : samples) {
      const auto begin = static_cast<std::int64_t>(samples_.record(TRG_TRAIN, sample));
      std::fill_n(used.begin() + begin, window_, true);
      for (std::int64_t h = every_ ? 1 : horizon_; h <= horizon_; ++h) used[static_cast<std::size_t>(begin + window_ - 1 + h)] = true;
    }
    for (std::size_t c = 0; c < names_.size(); ++c) {
      scales_[c] = scale_of(spread_of([&](auto&& take) {
                              for (std::int64_t row = 0; row < rows(); ++row)
                                if (used[static_cast<std::size_t>(row)]) take(value(row, c));
                            }),
                            normalize_);
    }
  }

  std::vector<std::string> names_;  // features first
  std::size_t features_;
  std::vector<std::size_t> targets_;  // of names_
  std::int64_t window_, horizon_, stride_;
  bool every_;
  Normalize normalize_;
  bool normalize_target_, absent_ = false;  // absent: the targets
  std::string source_;
  std::optional<NumberForm> form_;  // of the first table, or of the training: it holds for others
  TableMarks marks_;                // of the same
  std::vector<double> values_;  // [rows of all tables, names]
  std::vector<std::pair<std::string, TableSeen>> tables_;  // of new rows
  Stretches stretches_;
  PartRows samples_;            // first row of each
  std::vector<Scale> scales_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::WindowsDataset>())
