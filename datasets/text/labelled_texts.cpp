// SPDX-License-Identifier: Apache-2.0
#include "labelled_texts.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include <fmt/format.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/npz_file.hpp>
#include <teranga/sdk/dataset.hpp>

#include "pickle_reader.hpp"
#include "utf8.hpp"

namespace teranga::datasets {

namespace fs = std::filesystem;

std::vector<sdk::OptionSpec> LabelledTexts::options() {
  std::vector<sdk::OptionSpec> options = {
      sdk::path("folder").optional().says("a tree <folder>/train/<class>/*.txt, /test and /validation alike, as IMDB's aclImdb; or <folder>/<class>/*.txt"),
      sdk::path("train").optional().says("a table (CSV, TSV) with a column of texts, or Keras's imdb.npz, which brings its test part; plain or gzip"),
      sdk::path("test").optional().says("the table to test on"),
      sdk::path("validation").optional().says("the table to validate on"),
      sdk::text("text_column").optional().says("the column of the texts, by name or number (\"1\" is the first, \"-1\" the last)"),
      sdk::text("label_column").optional().says("the column of the labels, by name or number"),
      sdk::real("test_split", 0.0).in(0, 1).below(1).says("without a test part: this share of the training texts, the last ones after shuffle_seed, is the test part"),
      sdk::integer("shuffle_seed").optional().at_least(0).says("puts the training texts in a random order once, before any split; left out: file order, one class after the other in folders")};
  for (auto* more : {+[] { return table_options(); }, +[] { return token_options("keras", "whitespace"); }})
    for (sdk::OptionSpec& option : more()) options.push_back(std::move(option));
  return options;
}

LabelledTexts::LabelledTexts(const sdk::Options& options) : rules_(TokenRules::of(options)) {
  if (options.has("folder") == options.has("train"))
    throw sdk::OptionError(options.has("folder") ? "folder" : "train", "expected either a folder of texts or a training file", "train = \"reviews.csv\", or folder = \"aclImdb\"");
  if (options.has("folder")) open_folder(options.text("folder"));
  else if (options.text("train").ends_with(".npz")) open_keras(options.text("train"));
  else open_tables(options);
  if (options.has("train") == numbered_ || !options.has("train"))
    for (const char* of_tables : {"test", "validation"})
      if (options.has(of_tables)) throw sdk::OptionError(of_tables, "is for tables; this source brings its own parts", fmt::format("leave out {}", of_tables));
  if (options.has("shuffle_seed")) {
    std::vector<std::int64_t>& rows = rows_[TRG_TRAIN];
    std::mt19937_64 random(static_cast<std::uint64_t>(options.integer("shuffle_seed")));
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random() % i]);
  }
  if (options.real("test_split") > 0) split(options.real("test_split"));
}

std::span<const std::int32_t> LabelledTexts::tokens(std::int32_t part, std::int64_t sample) const {
  const std::size_t document = row(part, sample);
  return std::span(tokens_).subspan(ends_[document], ends_[document + 1] - ends_[document]);
}

std::vector<std::string> LabelledTexts::training_labels() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < training_labels_; ++i) names.push_back(known_[i].name);
  sort_labels(names);
  return names;
}

std::int32_t LabelledTexts::label_number(std::string_view name, const std::string& where) {
  const auto [at, added] = label_index_.emplace(std::string(name), static_cast<std::int32_t>(known_.size()));
  if (added) known_.push_back({std::string(name), where});
  return at->second;
}

void LabelledTexts::finish_document(std::int32_t part, std::int32_t label) {
  if (tokens_.size() == ends_.back()) ++empty_;
  rows_[static_cast<std::size_t>(part)].push_back(static_cast<std::int64_t>(labels_.size()));
  ends_.push_back(tokens_.size());
  labels_.push_back(label);
  if (part == TRG_TRAIN) training_labels_ = known_.size();
}

TakeText LabelledTexts::taker(std::int32_t part) {
  return [this, part](std::string text, std::string_view label, const std::string& where) {
    broken_ += repair_utf8(text);
    for_each_token(text, rules_, [&](std::string_view token) { tokens_.push_back(table_.add(token)); });
    finish_document(part, label_number(label, where));
  };
}

void LabelledTexts::open_folder(const std::string& folder) {
  const fs::path root(folder);
  if (!fs::is_directory(root / "train")) {
    read_class_folders(folder, taker(TRG_TRAIN));
    return;
  }
  read_class_folders((root / "train").string(), taker(TRG_TRAIN));
  if (fs::exists(root / "validation")) read_class_folders((root / "validation").string(), taker(TRG_VALIDATION));
  if (fs::exists(root / "test")) read_class_folders((root / "test").string(), taker(TRG_TEST));
}

void LabelledTexts::open_tables(const sdk::Options& options) {
  const TableColumns columns = TableColumns::of(options);
  for (const auto& [option, given] : {std::pair<const char*, const std::string&>{"text_column", columns.text}, {"label_column", columns.label}})
    if (given.empty())
      throw sdk::OptionError(option, fmt::format("{}: a table needs the name or number of this column", options.text("train")), fmt::format("{} = \"{}\"", option, option[0] == 't' ? "review" : "sentiment"));
  read_table_of_texts(options.text("train"), columns, taker(TRG_TRAIN));
  if (options.has("validation")) read_table_of_texts(options.text("validation"), columns, taker(TRG_VALIDATION));
  if (options.has("test")) read_table_of_texts(options.text("test"), columns, taker(TRG_TEST));
}

// Labels are class numbers already, so every number up to the largest is a class.
void LabelledTexts::open_keras(const std::string& path) {
  numbered_ = true;
  const NpzFile file(path);
  for (const auto& [part, x_name, y_name] : {std::tuple{TRG_TRAIN, "x_train", "y_train"}, {TRG_TEST, "x_test", "y_test"}}) {
    const std::string who = fmt::format("{}:{}", path, x_name);
    const std::vector<std::vector<std::int32_t>> lists = read_pickled_lists(file.read_pickled(x_name).pickle, who);
    const Tensor y = file.read(y_name);
    if (y.type() != ElementType::i64 && y.type() != ElementType::i32 && y.type() != ElementType::u8)
      throw sdk::DataError(fmt::format("{}:{}", path, y_name), "expected whole numbers as labels, found real ones");
    if (y.shape().size() != 1 || y.shape()[0] != static_cast<std::int64_t>(lists.size()))
      throw sdk::DataError(fmt::format("{}:{}", path, y_name), fmt::format("expected {} labels, one for each list of {}, found shape {}", lists.size(), x_name, to_string(y.shape())));
    for (std::size_t i = 0; i < lists.size(); ++i) {
      const std::int64_t label = y.type() == ElementType::i64 ? y.as<std::int64_t>()[i] : y.type() == ElementType::i32 ? y.as<std::int32_t>()[i] : y.as<std::uint8_t>()[i];
      if (label < 0 || label > 1'000'000) throw sdk::DataError(fmt::format("{}:{}", path, y_name), fmt::format("expected a class number from 0, found {}", label), static_cast<std::int64_t>(i));
      while (static_cast<std::int64_t>(known_.size()) <= label) label_number(std::to_string(known_.size()), who);
      tokens_.insert(tokens_.end(), lists[i].begin(), lists[i].end());
      finish_document(part, static_cast<std::int32_t>(label));
    }
  }
}

void LabelledTexts::split(double share) {
  if (!rows_[TRG_TEST].empty()) throw sdk::OptionError("test_split", "there is a test part as well", "leave out test_split");
  std::vector<std::int64_t>& rows = rows_[TRG_TRAIN];
  const auto kept = static_cast<std::size_t>(std::floor(static_cast<double>(rows.size()) * (1.0 - share)));
  if (kept == 0 || kept == rows.size()) throw sdk::OptionError("test_split", fmt::format("{} of {} texts leaves none for one of the two parts", share, rows.size()));
  rows_[TRG_TEST].assign(rows.begin() + static_cast<std::ptrdiff_t>(kept), rows.end());
  rows.resize(kept);
}

}  // namespace teranga::datasets
