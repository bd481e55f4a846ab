// SPDX-License-Identifier: Apache-2.0
// The data set `csv`: tables of numbers and words. What it learns (means, scales, categories, classes) comes from training rows only; the
// rows that a split takes away, and the test file, are encoded by it.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <unordered_map>

#include <fmt/format.h>

#include <teranga/core/share.hpp>
#include <teranga/sdk/dataset.hpp>

#include <teranga/datasets/csv_records.hpp>
#include "csv_table.hpp"
#include "encoding.hpp"

namespace teranga::datasets {
namespace {

char separator_of(const std::string& text) {
  if (text == "auto") return 0;
  if (text == "tab" || text == "\t") return '\t';
  if (text == "space") return ' ';
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && text[0] != '.' && !(text[0] >= '0' && text[0] <= '9')) return text[0];
  throw sdk::OptionError("separator", fmt::format("expected \"auto\", \"tab\", \"space\" or one character, found \"{}\"", text), "separator = \";\"");
}

CsvRequest request_of(const sdk::Options& options) {
  CsvRequest request;
  request.header = options.text("header");
  request.separator = separator_of(options.text("separator"));
  request.target_is_last = !options.has("target");
  request.targets = options.texts("target");
  request.ignored = options.texts("ignore");
  request.categorical = options.texts("categorical");
  request.missing_words = options.has("missing_words") ? options.texts("missing_words") : std::vector<std::string>{"", "?", "NA", "NaN"};
  request.target_kind = options.text("target_is") == "classes" ? ColumnKind::words : options.text("target_is") == "numbers" ? ColumnKind::numbers : ColumnKind::undecided;
  request.missing_is_error = options.text("missing") == "error";
  return request;
}

class CsvDataset {
 public:
  static sdk::Info info() {
    return {.name = "teranga.csv",
            .summary = "text tables: numbers, words (one-hot), class labels, missing values",
            .options = {
                sdk::path("train").says("the table to train on; plain or gzip"),
                sdk::path("test").optional().says("the table to test on, of the same columns"),
                sdk::path("validation").optional().says("the table to validate on, of the same columns"),
                sdk::real("test_split", 0.0).in(0, 1).below(1).says("without a test table: this share of the training table, its last rows, is the test part"),
                sdk::integer("shuffle_seed").optional().at_least(0).says("puts the rows of the training table in a random order once, before any split; left out: file order"),
                sdk::text("header", "auto").choices({"auto", "true", "false"}).says("whether the first line names the columns"),
                sdk::text("separator", "auto").says("one character, \"tab\" or \"space\" (any run of blanks); auto: , ; tab | or blanks, by the first line"),
                sdk::texts("target").optional().or_one().says("columns to predict, by name or number (\"1\" is the first, \"-1\" the last); left out: the last column; []: none"),
                sdk::text("target_is", "auto").choices({"auto", "classes", "numbers"}).says("auto: words are classes, numbers are numbers"),
                sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers"),
                sdk::texts("ignore").optional().or_one().says("columns to leave out, by name or number"),
                sdk::texts("categorical").optional().or_one().says("feature columns to be taken as words though they look like numbers"),
                sdk::text("unknown", "error").choices({"error", "zeros"}).says("a word that no training row has: an error, or a row of zeros"),
                sdk::text("missing", "error").choices({"error", "mean"}).says("a missing value: an error, or the mean of the training part"),
                sdk::texts("missing_words").optional().or_one().says("what stands for a missing value; left out: nothing, ?, NA and NaN"),
                sdk::text("normalize", "none").choices({"none", "standard", "minmax"}).says("number columns, learnt from the training part: mean 0 and deviation 1, or 0 to 1")}};
  }

  explicit CsvDataset(const sdk::Options& options)
      : request_(request_of(options)), one_hot_(options.boolean("one_hot")), unknown_is_error_(options.text("unknown") == "error"),
        normalize_(normalize_of(options.text("normalize"))) {
    read(TRG_TRAIN, options.text("train"));
    if (options.has("validation")) read(TRG_VALIDATION, options.text("validation"));
    if (options.has("test")) read(TRG_TEST, options.text("test"));
    if (options.has("shuffle_seed")) shuffle(parts_[TRG_TRAIN].rows, static_cast<std::uint64_t>(options.integer("shuffle_seed")));
    if (options.real("test_split") > 0) split(options.real("test_split"), options.has("test"));
    check_targets();
    learn_from(parts_[TRG_TRAIN].rows);
  }

  void describe(sdk::Description& description) const {
    for (std::int32_t part = 0; part < 3; ++part)
      if (!parts_[static_cast<std::size_t>(part)].rows.empty()) description.count(part, static_cast<std::int64_t>(parts_[static_cast<std::size_t>(part)].rows.size()));
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_F32, .shape = {width()}});
    if (targets_.empty()) return;
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_F32, .shape = {static_cast<std::int64_t>(targets_.size())}};
    if (classes()) {
      y.class_names = classes()->categories;
      y.classes = classes()->width();
      y.shape = one_hot_ ? std::vector<std::int64_t>{y.classes} : std::vector<std::int64_t>{};
      y.type = one_hot_ ? TRG_F32 : TRG_I32;
    }
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    std::vector<std::int64_t> rows;
    for (const std::int64_t sample : samples) rows.push_back(parts_[TRG_TRAIN].rows.at(static_cast<std::size_t>(sample)));
    learn_from(rows);
    return encoding_.to_bytes();
  }

  void restore(std::string_view bytes) {
    with_file([&] { encoding_ = Encoding::from_bytes(bytes, layout_); });
    match_words();
  }

  void fill(const sdk::Batch& batch) const {
    const Part& part = parts_[static_cast<std::size_t>(batch.part())];
    const Table& table = tables_[part.table];
    const std::int64_t columns = width();
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const auto row = static_cast<std::size_t>(part.rows[static_cast<std::size_t>(batch.sample(r))]);
      if (batch.wanted(0)) fill_features(table, part.table, row, batch.field<float>(0) + r * columns);
      if (!targets_.empty() && batch.wanted(1)) fill_targets(batch, table, part.table, row, r);
    }
  }

 private:
  struct Part {
    std::size_t table = 0;
    std::vector<std::int64_t> rows;
  };

  void read(std::int32_t part, const std::string& path) {
    Part& made = parts_[static_cast<std::size_t>(part)];
    made.table = tables_.size();
    tables_.push_back(read_table(path, request_, layout_));
    made.rows.resize(static_cast<std::size_t>(tables_.back().rows()));
    std::iota(made.rows.begin(), made.rows.end(), std::int64_t{0});
  }

  static void shuffle(std::vector<std::int64_t>& rows, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
  }

  void split(double share, bool has_test) {
    if (has_test) throw sdk::OptionError("test_split", "there is a test table as well", "leave out test_split, or test");
    std::vector<std::int64_t>& rows = parts_[TRG_TRAIN].rows;
    const auto kept = static_cast<std::size_t>(left_of(std::ssize(rows), share));
    if (kept == 0 || kept == rows.size()) throw sdk::OptionError("test_split", fmt::format("{} of {} rows leaves none for one of the two parts", share, rows.size()));
    parts_[TRG_TEST].rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end());
    rows.resize(kept);
  }

  void check_targets() {
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::target) targets_.push_back(i);
    for (const std::size_t target : targets_)
      if (targets_.size() > 1 && layout_.columns[target].kind == ColumnKind::words)
        throw sdk::OptionError("target", fmt::format("the column \"{}\" holds words: of several targets all must be numbers", layout_.columns[target].name));
    if (one_hot_ && !(targets_.size() == 1 && layout_.columns[targets_[0]].kind == ColumnKind::words))
      throw sdk::OptionError("one_hot", "needs a target that holds classes", "target_is = \"classes\"");
  }

  template <class F>
  void with_file(F&& body) const {
    try {
      body();
    } catch (sdk::DataError& e) {
      if (e.where.empty()) e.where = tables_[0].path;
      throw;
    }
  }

  void learn_from(std::span<const std::int64_t> rows) {
    with_file([&] { encoding_ = learn(tables_[0], layout_, rows, normalize_); });
    match_words();
  }

  // For each table and column of words: word number -> category, -1 where no training row had it.
  void match_words() {
    categories_.assign(tables_.size(), std::vector<std::vector<std::int32_t>>(layout_.columns.size()));
    for (std::size_t t = 0; t < tables_.size(); ++t)
      for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
        std::unordered_map<std::string_view, std::int32_t> index;
        for (const std::string& known : encoding_.columns[c].categories) index.emplace(known, static_cast<std::int32_t>(index.size()));
        for (const std::string& word : tables_[t].columns[c].vocabulary) {
          const auto at = index.find(word);
          categories_[t][c].push_back(at == index.end() ? -1 : at->second);
        }
      }
    // Rows that are certain to be used are looked at now; rows of the training table when they are asked for, since a split may drop them.
    for (const std::int32_t p : {TRG_VALIDATION, TRG_TEST}) {
      const Part& part = parts_[static_cast<std::size_t>(p)];
      for (const std::int64_t row : part.rows)
        for (std::size_t c = 0; c < layout_.columns.size(); ++c)
          if (layout_.columns[c].use != ColumnUse::ignored && layout_.columns[c].kind == ColumnKind::words) category(tables_[part.table], part.table, c, static_cast<std::size_t>(row));
    }
  }

  // -1: missing; -2: unknown, where that is no error.
  std::int32_t category(const Table& table, std::size_t which, std::size_t column, std::size_t row) const {
    const std::int32_t word = table.columns[column].words[row];
    if (word < 0) return -1;
    const std::int32_t found = categories_[which][column][static_cast<std::size_t>(word)];
    if (found >= 0) return found;
    const bool target = layout_.columns[column].use == ColumnUse::target;
    if (!target && !unknown_is_error_) return -2;
    throw sdk::DataError(fmt::format("{}:{}", table.path, table.lines[row]),
                         fmt::format("expected in the column \"{}\" one of the {} of the training part, found \"{}\"", layout_.columns[column].name, target ? "labels" : "words",
                                     table.columns[column].vocabulary[static_cast<std::size_t>(word)]),
                         -1, target ? "shuffle_seed = 1 mixes the rows before they are split" : "unknown = \"zeros\"");
  }

  std::int64_t width() const {
    std::int64_t width = 0;
    for (std::size_t c = 0; c < layout_.columns.size(); ++c)
      if (layout_.columns[c].use == ColumnUse::feature) width += encoding_.columns[c].width();
    return width;
  }
  const ColumnEncoding* classes() const {
    return targets_.size() == 1 && layout_.columns[targets_[0]].kind == ColumnKind::words ? &encoding_.columns[targets_[0]] : nullptr;
  }

  void fill_features(const Table& table, std::size_t which, std::size_t row, float* to) const {
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
      if (layout_.columns[c].use != ColumnUse::feature) continue;
      const ColumnEncoding& encoding = encoding_.columns[c];
      if (!encoding.words) {
        const double value = table.columns[c].numbers[row];
        *to++ = static_cast<float>(((std::isnan(value) ? encoding.mean : value) - encoding.offset) * encoding.factor);
        continue;
      }
      const std::int32_t chosen = category(table, which, c, row);
      for (std::size_t i = 0; i < encoding.categories.size(); ++i) *to++ = chosen == -1 ? static_cast<float>(encoding.shares[i]) : 0.0f;
      if (chosen >= 0) to[chosen - encoding.width()] = 1.0f;
    }
  }

  void fill_targets(const sdk::Batch& batch, const Table& table, std::size_t which, std::size_t row, std::int64_t r) const {
    if (!classes()) {
      float* to = batch.field<float>(1) + r * static_cast<std::int64_t>(targets_.size());
      for (const std::size_t target : targets_) *to++ = static_cast<float>(table.columns[target].numbers[row]);
      return;
    }
    const std::int32_t label = category(table, which, targets_[0], row);
    if (!one_hot_) {
      batch.field<std::int32_t>(1)[r] = label;
      return;
    }
    float* to = batch.field<float>(1) + r * classes()->width();
    std::fill_n(to, classes()->width(), 0.0f);
    to[label] = 1.0f;
  }

  CsvRequest request_;
  bool one_hot_, unknown_is_error_;
  Normalize normalize_;
  CsvLayout layout_;
  std::vector<Table> tables_;  // the training one first
  std::array<Part, 3> parts_;
  std::vector<std::size_t> targets_;
  Encoding encoding_;
  std::vector<std::vector<std::vector<std::int32_t>>> categories_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::CsvDataset>())
