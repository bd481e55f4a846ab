// SPDX-License-Identifier: Apache-2.0
// The documents of the data set `text`, from whatever source, as token numbers with a label: opened, split into parts, counted. What the tokens
// become is the encoder's business.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <teranga/datasets/part_rows.hpp>
#include <teranga/sdk/options.hpp>

#include "log.hpp"
#include "sequences.hpp"
#include "text_files.hpp"
#include "tokenizer.hpp"
#include "vocabulary.hpp"

namespace teranga::datasets {

class LabelledTexts {
 public:
  static std::vector<sdk::OptionSpec> options();
  explicit LabelledTexts(const sdk::Options& options);  // throws DataError, OptionError
  // New texts as the test part; no file of the options is read. `learnt`: the marks of the training table.
  LabelledTexts(const sdk::Options& options, TableMarks learnt, const sdk::NewInput& input);

  // The tokens are word ranks of the file itself (Keras's npz) rather than numbers of table().
  bool numbered() const noexcept { return numbered_; }
  const TokenTable& table() const noexcept { return table_; }
  const TokenRules& rules() const noexcept { return rules_; }
  const PartRows& rows() const noexcept { return rows_; }
  std::int64_t count(std::int32_t part) const { return rows_.count(part); }
  std::span<const std::int32_t> tokens(std::int32_t part, std::int64_t sample) const { return documents_[rows_.record(part, sample)]; }
  // -1: a new text without one.
  std::int32_t label(std::int32_t part, std::int64_t sample) const { return labels_[rows_.record(part, sample)]; }

  // Labels by their number, and where each was seen first.
  struct Label {
    std::string name, where;
  };
  const std::vector<Label>& labels() const noexcept { return known_; }
  // Names of the labels of the training files, sorted: the classes.
  std::vector<std::string> training_labels() const;

  // A column of the table of new texts, or the texts themselves, one a sample. Throws DataError, OptionError.
  std::vector<std::string> column(const std::string& name) const;
  std::string column_name(const std::string& wanted) const;  // what the first of the tables calls it

  // The name of the file of a new text that came in a folder, as the folder has it; empty for others.
  const std::string& file(std::int64_t sample) const { return files_[static_cast<std::size_t>(sample)]; }

  TableMarks marks() const noexcept { return marks_; }      // of the training table; empty where there is none
  bool labelled() const noexcept { return labelled_; }      // whether every text has a label

  std::int64_t empty() const noexcept { return empty_; }    // documents without a token
  const BrokenTexts& broken() const noexcept { return broken_; }

 private:
  std::int32_t label_number(std::string_view name, const std::string& where);
  TakeText taker(std::int32_t part);
  void finish_document(std::int32_t part, std::int32_t label);
  void open_folder(const std::string& folder);
  void open_keras(const std::string& path);
  void open_tables(const sdk::Options& options);
  bool first_label_is_odd() const;

  TokenRules rules_;
  bool numbered_ = false, labelled_ = true;
  TableMarks marks_;
  sdk::NewInput new_;  // new texts, and how each path was read
  std::vector<std::optional<TableSeen>> seen_;
  std::vector<std::string> files_;  // of each new text
  TokenTable table_;
  Sequences documents_;
  std::vector<std::int32_t> labels_;  // of each document
  PartRows rows_;
  std::vector<Label> known_;
  std::unordered_map<std::string, std::int32_t> label_index_;
  std::size_t training_labels_ = 0;  // the first of known_ come from training files
  std::int64_t empty_ = 0;
  BrokenTexts broken_;
};

}  // namespace teranga::datasets
