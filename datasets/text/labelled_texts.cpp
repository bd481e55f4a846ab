// SPDX-License-Identifier: Apache-2.0
#include "labelled_texts.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/npz_file.hpp>
#include <teranga/datasets/part_tree.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/dataset.hpp>

#include "column_hints.hpp"
#include "kept_column.hpp"
#include "pickle_reader.hpp"

namespace teranga::datasets {

namespace fs = std::filesystem;

std::vector<sdk::OptionSpec> LabelledTexts::options() {
  std::vector<sdk::OptionSpec> options = {
      sdk::path("folder").optional().says("a tree <folder>/train/<class>/*.txt, /test and /validation (or /val, /valid) alike, in any letter case, as IMDB's aclImdb; or <folder>/<class>/*.txt"),
      sdk::path("train").optional().says("a table (CSV, TSV) with a column of texts, or Keras's imdb.npz, which brings its test part; plain or gzip"),
      sdk::path("test").optional().says("the table to test on"),
      sdk::path("validation").optional().says("the table to validate on"),
      sdk::text("text_column").optional().or_number().says("the column of the texts, by name or number (\"1\" is the first, \"-1\" the last)"),
      sdk::text("label_column").optional().or_number().says("the column of the labels, by name or number")};
  for (std::vector<sdk::OptionSpec> more : {PartRows::options("texts"), table_options(), token_options("keras"), {piece_split_option()}})
    for (sdk::OptionSpec& option : more) options.push_back(std::move(option));
  return options;
}

LabelledTexts::LabelledTexts(const sdk::Options& options) : rules_(TokenRules::of(options)) {
  if (options.has("folder") && options.has("train")) throw sdk::OptionError("folder", "expected either a folder of texts or a training file, found both", "leave out folder, or leave out train");
  if (!options.has("folder") && !options.has("train")) throw sdk::OptionError("train", "expected a folder of texts or a training file, found none", "train = \"reviews.csv\", or folder = \"aclImdb\"");
  if (options.has("folder")) open_folder(options.text("folder"));
  else if (in_small_letters(options.text("train")).ends_with(".npz")) open_keras(options.text("train"));
  else open_tables(options);
  if (numbered_ || options.has("folder"))
    for (const char* of_tables : {"test", "validation"})
      if (options.has(of_tables)) throw sdk::OptionError(of_tables, "is for tables; this source brings its own parts", fmt::format("leave out {}", of_tables));
  rows_.divide(options);
}

LabelledTexts::LabelledTexts(const sdk::Options& options, TableMarks learnt, const sdk::NewInput& input) : rules_(TokenRules::of(options)), marks_(learnt), new_(input) {
  std::vector<fs::path> folders;
  for (const std::string& path : input.paths)
    if (fs::is_directory(path)) folders.emplace_back(path);
  const TakeText take = taker(TRG_TEST);
  seen_ = read_new_texts(input, TableColumns::of(options), learnt, [&](std::string text, std::string_view label, const std::string& where) {
    take(std::move(text), label, where);
    std::string name;
    for (const fs::path& folder : folders)
      if (const fs::path inside = fs::path(where).lexically_relative(folder); !inside.empty() && *inside.begin() != "..") name = inside.string();
    files_.push_back(std::move(name));
  });
}

std::vector<std::string> LabelledTexts::column(const std::string& name) const {
  std::vector<std::string> out = new_.texts;
  if (!out.empty()) require_only_column("--text", name);
  for (std::size_t i = 0; i < new_.paths.size(); ++i) {
    if (seen_[i]) {
      for (std::string& cell : column_of_table(new_.paths[i], *seen_[i], name)) out.push_back(std::move(cell));
      continue;
    }
    require_only_column(new_.paths[i], name);
    each_text_again(new_.paths[i], [&](std::string text, std::string_view, const std::string&) { out.push_back(std::move(text)); });
  }
  for (std::string& text : out) repair_utf8(text);
  return out;
}

std::string LabelledTexts::column_name(const std::string& wanted) const {
  for (std::size_t i = 0; i < seen_.size(); ++i)
    if (seen_[i]) return name_in_table(new_.paths[i], *seen_[i], wanted);
  return {};
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
  if (documents_.open_size() == 0) ++empty_;
  rows_.add(part, documents_.count());
  documents_.finish();
  labels_.push_back(label);
  if (part == TRG_TRAIN) training_labels_ = known_.size();
}

TakeText LabelledTexts::taker(std::int32_t part) {
  return [this, part](std::string text, std::string_view label, const std::string& where) {
    broken_.add(repair_utf8(text), where);
    for_each_token(text, rules_, [&](std::string_view token) { documents_.add(table_.add(token)); });
    labelled_ = labelled_ && !label.empty();
    finish_document(part, label.empty() ? -1 : label_number(label, where));
  };
}

void LabelledTexts::open_folder(const std::string& folder) {
  const PartTree tree = part_tree(folder);
  if (const PartTree likely = tree.names[TRG_TRAIN].empty() ? likely_parts(folder) : PartTree{}; !likely.names[TRG_TRAIN].empty()) {
    std::string moves;
    for (const auto& [part, name] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
      for (const std::string& called : likely.names[static_cast<std::size_t>(part)]) moves += fmt::format(" && mv {} {}", shell_word(called), name);
    throw sdk::DataError(folder, "expected the folders train, validation and test, or a folder of texts for each class; found folders of folders whose names only hold these words", -1, fmt::format("where they are the parts: cd {}{}", shell_word(folder), moves));
  }
  if (tree.names[TRG_TRAIN].empty()) {
    read_class_folders(folder, taker(TRG_TRAIN));
    return;
  }
  if (const std::string doubt = tree.doubt(); !doubt.empty()) throw sdk::OptionError("folder", fmt::format("{}: {}", folder, doubt), "give the other one a name that is not that of a part");
  for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
    for (const std::string& name : tree.names[static_cast<std::size_t>(part)]) read_class_folders((fs::path(folder) / name).string(), taker(part));
  log_parts(folder, tree);
}

// Whether the first text has a label by itself, and most texts share theirs with others: as where a line of names was read as a text. Some rare labels say nothing against that.
bool LabelledTexts::first_label_is_odd() const {
  std::vector<std::size_t> texts(known_.size());
  for (const std::int32_t label : labels_) ++texts[static_cast<std::size_t>(label)];
  std::size_t alone = 0;
  for (const std::size_t count : texts) alone += count == 1;
  return texts.size() > 2 && texts[0] == 1 && alone * 2 <= labels_.size();
}

void LabelledTexts::open_tables(const sdk::Options& options) {
  const TableColumns columns = TableColumns::of(options);
  for (const auto& [option, given] : {std::pair<const char*, const std::string&>{"text_column", columns.text}, {"label_column", columns.label}})
    if (given.empty())
      throw sdk::OptionError(option, fmt::format("{}: a table needs the name or number of this column", options.text("train")), likely_columns(options.text("train"), columns));
  const TableSeen seen = read_table_of_texts(options.text("train"), columns, {}, taker(TRG_TRAIN));
  marks_ = seen.marks;
  if (!seen.named && columns.header == "auto" && first_label_is_odd())
    throw sdk::OptionError("header", fmt::format("{}: cannot tell whether the first line names the columns: no other line has its label \"{}\"", options.text("train"), known_[0].name), "header = \"true\", or header = \"false\"");
  if (options.has("validation")) read_table_of_texts(options.text("validation"), columns, marks_, taker(TRG_VALIDATION));
  if (options.has("test")) read_table_of_texts(options.text("test"), columns, marks_, taker(TRG_TEST));
}

// Labels are class numbers already, so every number up to the largest is a class.
void LabelledTexts::open_keras(const std::string& path) {
  numbered_ = true;
  const NpzFile file(path);
  for (const auto& [part, x_name, y_name] : {std::tuple{TRG_TRAIN, "x_train", "y_train"}, {TRG_TEST, "x_test", "y_test"}}) {
    const std::string who = fmt::format("{}:{}", path, x_name);
    std::vector<std::vector<std::int32_t>> lists;
    {
      const PickledArray pickled = file.read_pickled(x_name);
      lists = read_pickled_lists(pickled.pickle, pickled.packed_bytes, who);
    }
    const HeldArray y = file.read(y_name);
    if (y.type() != ElementType::i64 && y.type() != ElementType::i32 && y.type() != ElementType::u8)
      throw sdk::DataError(fmt::format("{}:{}", path, y_name), "expected whole numbers as labels, found real ones");
    if (y.shape().size() != 1 || y.shape()[0] != static_cast<std::int64_t>(lists.size()))
      throw sdk::DataError(fmt::format("{}:{}", path, y_name), fmt::format("expected {} labels, one for each list of {}, found shape {}", lists.size(), x_name, to_string(y.shape())));
    for (std::size_t i = 0; i < lists.size(); ++i) {
      const std::int64_t label = y.type() == ElementType::i64 ? y.as<std::int64_t>()[i] : y.type() == ElementType::i32 ? y.as<std::int32_t>()[i] : y.as<std::uint8_t>()[i];
      if (label < 0 || label > 1'000'000) throw sdk::DataError(fmt::format("{}:{}", path, y_name), fmt::format("expected a class number from 0, found {}", label), static_cast<std::int64_t>(i));
      while (static_cast<std::int64_t>(known_.size()) <= label) label_number(std::to_string(known_.size()), who);
      documents_.append(lists[i]);
      finish_document(part, static_cast<std::int32_t>(label));
    }
  }
}

}  // namespace teranga::datasets
