// SPDX-License-Identifier: Apache-2.0
#include "csv_request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <teranga/core/small_letters.hpp>
#include <teranga/datasets/cell_values.hpp>

namespace teranga::datasets {

namespace {

char separator_of_option(const std::string& text) {
  if (text == "auto") return 0;
  if (text == "tab" || text == "\t") return '\t';
  if (text == "space") return ' ';
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && text[0] != '.' && !(text[0] >= '0' && text[0] <= '9')) return text[0];
  throw sdk::OptionError("separator", fmt::format("expected \"auto\", \"tab\", \"space\" or one character, found \"{}\"", text), "separator = \"auto\"");
}

FormRequest form_of(const sdk::Options& options) {
  FormRequest request;
  const std::string decimal = options.text("decimal"), thousands = options.text("thousands");
  if (decimal != "auto") request.decimal = decimal[0];
  if (thousands != "auto") request.thousands = thousands == "none" ? '\0' : thousands == "space" ? ' ' : thousands[0];
  if (request.decimal && request.thousands == request.decimal)
    throw sdk::OptionError("thousands", fmt::format("expected another mark than the decimal one, found \"{}\" for both", decimal), fmt::format("thousands = \"{}\"", decimal == "." ? "," : "."));
  return request;
}

}  // namespace

std::vector<sdk::OptionSpec> CsvRequest::options() {
  return {sdk::text("header", "auto").choices({"auto", "true", "false"}).says("whether the first line names the columns; auto: it does where it has words over columns of numbers; where that is unclear, an error asks"),
          sdk::text("separator", "auto").says("one character, \"tab\" or \"space\" (any run of blanks); auto: , ; tab | or blanks, by the number of cells that it gives many lines; where that is unclear, an error asks"),
          sdk::text("decimal", "auto").choices({"auto", ".", ","}).says("the decimal mark of numbers; auto: by all numbers of the table; where that is unclear, an error asks"),
          sdk::text("thousands", "auto").choices({"auto", "none", ",", ".", "space", "'"}).says("what parts thousands, 1,234.5 or 1.234,5; auto: comma or point, whichever is not the decimal mark, blanks and apostrophes"),
          sdk::texts("target").optional().or_one().or_number().says("columns to predict, by name or number (\"1\" is the first, \"-1\" the last); left out: the last column; []: none"),
          sdk::text("target_is", "auto").choices({"auto", "classes", "numbers"}).says("auto: words are classes, numbers are numbers; the classes are in alphabetical order, or as an ARFF file declares them"),
          sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers"),
          sdk::texts("ignore").optional().or_one().or_number().says("columns to leave out, by name or number"),
          sdk::texts("categorical").optional().or_one().or_number().says("feature columns to be taken as words though they look like numbers or dates, or have a word for each row"),
          sdk::integer("most_categories", 1000).in(1, 1e6).says("a column of more different words is refused"),
          sdk::text("dates", "error").choices({"error", "ignore", "split"}).says("feature columns of dates: an error that asks, left out, or year, month, day, weekday (0: Monday) and hour, where there is a time, as numbers"),
          sdk::text("date_order", "auto").choices({"auto", "dmy", "mdy"}).says("whether 03/04/2024 begins with the day or the month; auto: by all dates of the column; where that is unclear, an error asks"),
          sdk::text("unknown", "error").choices({"error", "zeros"}).says("a word of a feature column that no training row has, also in new samples: an error, or zeros in all columns of its words; a warning counts such rows of new samples"),
          sdk::text("missing", "error").choices({"error", "mean"}).says("a missing value of a feature: an error, or the mean of the training part; that of words, in the column of each word, is its share of the training rows"),
          sdk::text("missing_target", "error").choices({"error", "leave out"}).says("a row without a target in a table of the recipe: an error, or the row is left out, before any split; tables of new samples need no targets"),
          sdk::texts("missing_words").optional().or_one().says("cells that mean a missing value; a number such as -999 also means -999.0; without this option: empty cells, ?, NA and NaN, and in columns of numbers also null, N/A, None, - and the like"),
          sdk::text("normalize", "none").choices({"none", "standard", "minmax"}).says("feature columns of numbers and dates, learnt from the training part: mean 0 and deviation 1, or 0 to 1; words stay zeros and ones; the target: see normalize_target"),
          sdk::boolean("normalize_target", false).says("whether a target of numbers is normalized, too, as normalize says; losses and metrics are then those of normalized numbers; predict gives the units of the table")};
}

CsvRequest CsvRequest::of(const sdk::Options& options) {
  CsvRequest request;
  request.header = options.text("header");
  request.separator = separator_of_option(options.text("separator"));
  request.numbers = form_of(options);
  request.target_is_last = !options.has("target");
  request.targets = options.texts("target");
  request.ignored = options.texts("ignore");
  request.categorical = options.texts("categorical");
  request.target_is = options.text("target_is");
  request.dates = options.text("dates") == "split" ? Dates::split : options.text("dates") == "ignore" ? Dates::ignore : Dates::error;
  request.date_order = options.text("date_order");
  request.most_categories = options.integer("most_categories");
  request.missing_is_error = options.text("missing") == "error";
  request.missing_target_is_error = options.text("missing_target") == "error";
  request.unknown_is_error = options.text("unknown") == "error";
  request.one_hot = options.boolean("one_hot");
  request.normalize = normalize_of(options.text("normalize"));
  request.normalize_target = options.boolean("normalize_target");
  request.usual_missing_ = !options.has("missing_words");
  request.missing_words_ = options.has("missing_words") ? options.texts("missing_words") : std::vector<std::string>{"", "?", "NA", "NaN"};
  for (const std::string& word : request.missing_words_)
    if (double number = 0; parse_number(word, number)) request.missing_numbers_.push_back(number);
  return request;
}

bool CsvRequest::missing(std::string_view text) const {
  if (std::find(missing_words_.begin(), missing_words_.end(), text) != missing_words_.end()) return true;
  if (missing_numbers_.empty()) return false;
  double number = 0;
  return (parse_number(text, number) || parse_number(text, NumberForm{','}, number)) && std::find(missing_numbers_.begin(), missing_numbers_.end(), number) != missing_numbers_.end();
}

bool CsvRequest::missing_among_words(std::string_view text, const std::vector<std::string>& values) const {
  return missing(text) && std::find(values.begin(), values.end(), text) == values.end();
}

bool CsvRequest::usually_missing(std::string_view text) {
  if (text.size() > 8) return false;
  const std::string word = in_small_letters(std::string(text));
  for (const char* known : {"null", "nan", "-nan", "na", "n/a", "#n/a", "#na", "<na>", "none", "nil", "-", "--", ".", "missing"})
    if (word == known) return true;
  return false;
}

}  // namespace teranga::datasets
