// SPDX-License-Identifier: Apache-2.0
// What a recipe says about its tables: the options, and what they mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/number_form.hpp>
#include <teranga/datasets/spread.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

enum class Dates { error, ignore, split };

struct CsvRequest {
  static std::vector<sdk::OptionSpec> options();
  static CsvRequest of(const sdk::Options& options);  // throws OptionError

  std::string header = "auto";  // "true", "false"
  char separator = 0;           // 0: judged
  FormRequest numbers;
  bool target_is_last = true;   // `targets` was left out
  std::vector<std::string> targets, ignored, categorical;
  std::string target_is = "auto";
  Dates dates = Dates::error;
  std::string date_order = "auto";
  std::int64_t most_categories = 1000;
  bool missing_is_error = true, missing_target_is_error = true, unknown_is_error = true, one_hot = false;
  Normalize normalize = Normalize::none;
  bool normalize_target = false;
  bool judged = false;  // of a new table: its rows are judged by their targets

  // Words that stand for a missing value. Of a column of numbers or dates, the usual ones of programs count as well where the recipe names none.
  bool missing(std::string_view text) const;
  bool missing_among_numbers(std::string_view text) const { return missing(text) || (usual_missing_ && usually_missing(text)); }
  // The same of a column of words, some of which are `values` though they may be called as a missing one.
  bool missing_among_words(std::string_view text, const std::vector<std::string>& values) const;
  // Those that the recipe names, or the standard ones: for hints.
  const std::vector<std::string>& missing_words() const noexcept { return missing_words_; }

 private:
  static bool usually_missing(std::string_view text);

  std::vector<std::string> missing_words_;
  std::vector<double> missing_numbers_;  // those of the words that are numbers: -999 means -999.0 too
  bool usual_missing_ = false;
};

}  // namespace teranga::datasets
