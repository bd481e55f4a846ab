// SPDX-License-Identifier: Apache-2.0
// The documents of the data set `text`, from whatever source, as token numbers with a label: opened, split into parts, counted. What the tokens
// become is the encoder's business.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <teranga/sdk/options.hpp>

#include "text_files.hpp"
#include "tokenizer.hpp"
#include "vocabulary.hpp"

namespace teranga::datasets {

class LabelledTexts {
 public:
  static std::vector<sdk::OptionSpec> options();
  explicit LabelledTexts(const sdk::Options& options);  // throws DataError, OptionError

  // The tokens are word ranks of the file itself (Keras's npz) rather than numbers of table().
  bool numbered() const noexcept { return numbered_; }
  const TokenTable& table() const noexcept { return table_; }
  std::int64_t count(std::int32_t part) const { return static_cast<std::int64_t>(rows_[static_cast<std::size_t>(part)].size()); }
  std::span<const std::int32_t> tokens(std::int32_t part, std::int64_t sample) const;
  std::int32_t label(std::int32_t part, std::int64_t sample) const { return labels_[row(part, sample)]; }

  // Labels by their number, and where each was seen first.
  struct Label {
    std::string name, where;
  };
  const std::vector<Label>& labels() const noexcept { return known_; }
  // Names of the labels of the training files, sorted: the classes.
  std::vector<std::string> training_labels() const;

  std::int64_t empty() const noexcept { return empty_; }    // documents without a token
  std::int64_t broken() const noexcept { return broken_; }  // places that were no UTF-8

 private:
  std::size_t row(std::int32_t part, std::int64_t sample) const { return static_cast<std::size_t>(rows_[static_cast<std::size_t>(part)].at(static_cast<std::size_t>(sample))); }
  std::int32_t label_number(std::string_view name, const std::string& where);
  TakeText taker(std::int32_t part);
  void finish_document(std::int32_t part, std::int32_t label);
  void open_folder(const std::string& folder);
  void open_keras(const std::string& path);
  void open_tables(const sdk::Options& options);
  void split(double share);

  TokenRules rules_;
  bool numbered_ = false;
  TokenTable table_;
  std::vector<std::int32_t> tokens_;              // of all documents, one after the other
  std::vector<std::size_t> ends_ = {0};           // document d is [ends_[d], ends_[d + 1])
  std::vector<std::int32_t> labels_;              // of each document
  std::array<std::vector<std::int64_t>, 3> rows_;  // documents of each part
  std::vector<Label> known_;
  std::unordered_map<std::string, std::int32_t> label_index_;
  std::size_t training_labels_ = 0;  // the first of known_ come from training files
  std::int64_t empty_ = 0, broken_ = 0;
};

}  // namespace teranga::datasets
