// SPDX-License-Identifier: Apache-2.0
// The data set `csv`: tables of numbers, words and dates. What the columns are is settled by all rows of the training table; what is learnt of them
// (means, scales, categories, classes) comes from its training rows only. The rows that a split takes away, the other tables of the recipe, and
// new tables long after the training, are read by that.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include <teranga/core/shell_word.hpp>
#include <teranga/core/small_letters.hpp>
#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/log.hpp>
#include <teranga/datasets/part_rows.hpp>
#include <teranga/sdk/dataset.hpp>

#include "column_kind.hpp"
#include "column_names.hpp"
#include "encoding.hpp"
#include "knowledge.hpp"
#include "new_table_warnings.hpp"
#include "word_match.hpp"

namespace teranga::datasets {
namespace {

class CsvDataset {
 public:
  static constexpr const char* endings = ".csv .tsv .tab .txt .data .test .dat .arff .csv.gz .tsv.gz .tab.gz .txt.gz .data.gz .test.gz .dat.gz .arff.gz";

  static sdk::Info info() {
    sdk::Info info{.name = "teranga.csv",
                   .summary = "text tables: numbers, words (one-hot), dates, class labels, missing values",
                   .options = {sdk::path("train").says("the table to train on (CSV, TSV, blanks between cells, ARFF); plain or gzip"),
                               sdk::path("test").optional().says("the table to test on, of the same columns in any order"),
                               sdk::path("validation").optional().says("the table to validate on, of the same columns in any order")}};
    for (std::vector<sdk::OptionSpec> more : {PartRows::options("rows"), CsvRequest::options()})
      for (sdk::OptionSpec& option : more) info.options.push_back(std::move(option));
    return info;
  }

  explicit CsvDataset(const sdk::Options& options) : request_(CsvRequest::of(options)) {
    read_training(options.text("train"));
    if (options.has("validation")) read_other(TRG_VALIDATION, {options.text("validation")}, true);
    if (options.has("test")) read_other(TRG_TEST, {options.text("test")}, true);
    rows_.divide(options);
    if (request_.normalize_target && request_.normalize == Normalize::none)
      throw sdk::OptionError("normalize_target", "the target is normalized as normalize says, which is \"none\"", "normalize = \"standard\"");
    if (!options.has("test")) table_of_[TRG_TEST] = table_of_[TRG_TRAIN];
    find_targets();
    if (request_.normalize_target && (targets_.empty() || layout_.columns[targets_[0]].kind == ColumnKind::words))
      throw sdk::OptionError("normalize_target", targets_.empty() ? "there is no target" : fmt::format("the target \"{}\" holds classes, and numbers alone are normalized", layout_.columns[targets_[0]].name), "leave out normalize_target");
    learn_from(training_rows(rows_.training_samples()));
  }

  // A new table: it is the test part.
  CsvDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : request_(CsvRequest::of(options)), encoding_(Encoding::from_bytes(learnt)) {
    if (input.paths.size() > 1) throw sdk::DataError(input.paths[1], fmt::format("expected one table, found {}", input.paths.size()), -1, "--input " + shell_word(input.paths[0]) + ", and a command of its own for each other table");
    if (std::error_code failed; !input.paths.empty() && std::filesystem::is_directory(input.paths[0], failed)) throw sdk::DataError(input.paths[0], "expected a table, found a folder", -1, "--input FILE.csv");
    layout_ = encoding_.layout;
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) layout_.columns[c].values = encoding_.columns[c].categories;
    request_.judged = input.judged;
    new_table_ = input.paths.empty() ? TableSource{"--text", input.texts} : TableSource{input.paths[0]};
    read_other(TRG_TEST, new_table_, false);
    for (const std::string& option : options_without_effect(request_, encoding_)) log(TRG_LOG_WARNING, option);
    find_targets();
    pass_over_unknown_labels();
    match_all_words();
    warn_of_unknown_words();
    if (const std::string distant = numbers_far_outside(tables_[0], encoding_); !distant.empty()) log(TRG_LOG_WARNING, fmt::format("{}: {}", tables_[0].path, distant));
  }

  void describe(sdk::Description& description) const {
    rows_.describe(description);
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_F32, .shape = {width_}, .columns = feature_names()});
    if (targets_.empty()) return;
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_F32, .shape = {static_cast<std::int64_t>(targets_.size())}};
    if (classes()) {
      y.class_names = classes()->categories;
      y.classes = classes()->width();
      y.shape = request_.one_hot ? std::vector<std::int64_t>{y.classes} : std::vector<std::int64_t>{};
      y.type = request_.one_hot ? TRG_F32 : TRG_I32;
    }
    y.absent = !tables_[0].targets;
    if (!classes() && std::any_of(targets_.begin(), targets_.end(), [&](std::size_t target) { return !scale_of_target(target).is_none(); }))
      for (const std::size_t target : targets_) y.units.push_back({scale_of_target(target).offset, 1 / scale_of_target(target).factor});
    if (layout_.named)
      for (const std::size_t target : targets_) y.columns.push_back(layout_.columns[target].name);
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn_from(training_rows(samples));
    return encoding_.to_bytes();
  }

  void restore(std::string_view bytes) {
    with_file([&] {
      Encoding learnt = Encoding::from_bytes(bytes);
      check_same_columns(learnt, layout_);
      encoding_ = std::move(learnt);
      here_ = false;
    });
    match_all_words();
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const { return knowledge_of(Encoding::from_bytes(learnt), layout_); }

  // Of the new table.
  std::vector<std::string> column(const std::string& name) const { return cells_of_column(new_table_, tables_[0].reading, name, tables_[0].named, tables_[0].lines); }

  std::string column_name(const std::string& wanted) const { return name_of_column(new_table_, tables_[0].reading, wanted, tables_[0].named); }

  void fill(const sdk::Batch& batch) const {
    const std::size_t table = table_of_[static_cast<std::size_t>(batch.part())];
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::size_t row = rows_.record(batch.part(), batch.sample(r));
      if (batch.wanted(0)) fill_features(table, row, batch.field<float>(0) + r * width_);
      if (!targets_.empty() && batch.wanted(1)) fill_targets(batch, table, row, r);
    }
  }

 private:
  std::vector<std::int64_t> training_rows(std::span<const std::int64_t> samples) const {
    std::vector<std::int64_t> rows;
    for (const std::int64_t sample : samples) rows.push_back(static_cast<std::int64_t>(rows_.record(TRG_TRAIN, sample)));
    return rows;
  }

  void add_table(std::int32_t part, Table table, const std::vector<std::string>& notes) {
    for (const std::string& note : notes) log(TRG_LOG_INFO, fmt::format("{}: {}", table.path, note));
    table_of_[static_cast<std::size_t>(part)] = tables_.size();
    for (std::int64_t row = 0; row < table.rows(); ++row) rows_.add(part, row);
    tables_.push_back(std::move(table));
  }

  void read_training(const std::string& path) {
    RecordsRequest records{request_.separator, {}};
    for (const std::vector<std::string>* names : {&request_.targets, &request_.ignored, &request_.categorical})
      for (const std::string& name : *names)
        if (!is_column_number(name)) records.known_names.push_back(name);
    TextTable texts = read_text_table({path}, records, [&](const std::vector<std::string>& first) {
      std::vector<bool> needed(first.size(), true);
      const ColumnNames columns(first);
      for (const std::string& name : request_.ignored) {
        const auto number = place_by_number(name, first.size());
        if (const std::vector<std::size_t>& named = columns.places(name); named.size() == 1) needed[named[0]] = false;
        else if (named.empty() && number) needed[*number] = false;
      }
      return needed;
    });
    TableForm form;
    std::vector<ColumnFault> faults;
    layout_ = settle_layout(texts, request_, form, faults);
    const std::vector<std::string> notes = texts.notes;
    const auto left_out = std::count(texts.left_out.begin(), texts.left_out.end(), true);
    std::vector<bool> sentences;
    for (const TextColumn& column : texts.columns) sentences.push_back(holds_sentences(column));
    const std::string sums = sums_in_last_row(texts);
    const std::size_t unsettled = faults.size();
    Table table = typed_table(texts, request_, layout_, form, true, faults);
    const auto is_unsettled = [&](std::size_t column) { return std::any_of(faults.begin(), faults.begin() + static_cast<std::ptrdiff_t>(unsettled), [&](const ColumnFault& fault) { return fault.at == column; }); };
    bool numbers = false;
    std::vector<WordsSeen> words;
    std::vector<std::string> counting;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
      ColumnLayout& column = layout_.columns[i];
      const Column& values = table.columns[i];
      if (column.use == ColumnUse::ignored || is_unsettled(i)) continue;
      if (column.kind == ColumnKind::words) words.push_back({column, i, values.vocabulary.size(), table.rows() - values.missing, sentences[i]});
      if (column.use == ColumnUse::feature && column.kind == ColumnKind::numbers && counts_rows(values.numbers, left_out)) counting.push_back(column.name);
      if (const std::string spellings = column.kind == ColumnKind::words ? spellings_of_one_word(values.vocabulary) : ""; !spellings.empty())
        log(TRG_LOG_WARNING, fmt::format("{}: the column \"{}\" has {} that differ only in letter case or in blanks around them: {}; each spelling is one of its own, so write them alike where they mean the same", path, column.name,
                                         column.use == ColumnUse::target ? "classes" : "categories", spellings));
      if (values.missing > 0) column.why += fmt::format("{}{} of {} are missing", column.why.empty() ? "" : "; ", values.missing, table.rows());
      if (left_out > 0 && column.use == ColumnUse::target) column.why += fmt::format("{}{} rows have none and are left out", column.why.empty() ? "" : "; ", left_out);
      numbers = numbers || (column.use == ColumnUse::feature && column.kind != ColumnKind::words);
    }
    check_categories(request_, words, faults);
    refuse(texts, request_, form.header, faults);
    const bool nameless = layout_.named && layout_.columns[0].use == ColumnUse::feature && texts.declared.empty() && texts.first[0].empty();
    warn_of_numbered_rows(path, counting, nameless);
    if (!sums.empty()) log(TRG_LOG_WARNING, fmt::format("{}: {}", path, sums));
    for (const std::string& note : table.notes) log(TRG_LOG_WARNING, fmt::format("{}: {}", path, note));
    if (request_.normalize != Normalize::none && !numbers) log(TRG_LOG_WARNING, fmt::format("{}: normalize changes nothing, for no feature column holds numbers", path));
    add_table(TRG_TRAIN, std::move(table), notes);
  }

  // "Total" in the last row, where no other row has it; what removes that row.
  std::string sums_in_last_row(const TextTable& texts) const {
    for (std::size_t i = 0; i < texts.columns.size() && texts.records() > 1 && !texts.leaves_out(texts.records() - 1); ++i) {
      const std::string_view last = texts.columns[i].last();
      const std::string word = in_small_letters(std::string(last));
      if (texts.columns[i].count() != texts.records() || (word != "total" && word != "totals" && word != "grand total" && word != "sum" && word != "average" && word != "mean")) continue;
      std::int64_t times = 0;
      each_cell(texts, i, layout_.named, [&](std::string_view text, std::int64_t) { times += text == last; });
      if (times == 1 && !without_last_row(texts).empty()) return fmt::format("\"{}\" in the column \"{}\" stands in the last row alone; where that is a row of sums: {}", last, layout_.columns[i].name, without_last_row(texts));
    }
    return {};
  }

  // All columns that may be numbers of the rows in one warning, for what it tells takes the place of what the recipe ignores already.
  void warn_of_numbered_rows(const std::string& path, std::vector<std::string> counting, bool nameless) const {
    const bool alone = counting.empty();
    const std::size_t certain = counting.size();
    std::string said = alone ? "" : fmt::format("the column{} {} count{} the rows", certain > 1 ? "s" : "", listed(counting), certain > 1 ? "" : "s");
    if (nameless && (alone || counting[0] != layout_.columns[0].name)) {
      counting.insert(counting.begin(), layout_.columns[0].name);
      said += fmt::format("{}the first column has no name, as numbers of the rows have none", alone ? "" : ", and ");
    }
    if (!counting.empty())
      log(certain > 0 ? TRG_LOG_WARNING : TRG_LOG_INFO, fmt::format("{}: {}; where {} no feature{}: {}", path, said, counting.size() > 1 ? "they are" : "it is", counting.size() > 1 ? "s" : "", more_in("ignore", request_.ignored, counting)));
  }

  // 1, 2, 3 ... or from any other number: as a row's own number does. Rows that were left out are missing in it.
  static bool counts_rows(const std::vector<double>& values, std::int64_t left_out) {
    if (values.size() < 20) return false;
    for (std::size_t i = 1; i < values.size(); ++i)
      if (const double step = values[i] - values[i - 1]; !(step >= 1) || step != std::floor(step)) return false;
    return values.back() - values.front() <= static_cast<double>(std::ssize(values) - 1 + left_out);
  }

  // The separator that the recipe gives for this table, or that of the training table where it makes columns of the training; else the lines tell.
  RecordsRequest records_of(const TableSource& source, bool whole) const {
    RecordsRequest records{.separator = request_.separator, .known_names = {}, .quotes = layout_.quotes};
    if (layout_.named)
      for (const ColumnLayout& column : layout_.columns) records.known_names.push_back(column.name);
    if (request_.separator != 0 && (whole || request_.separator != layout_.separator)) return records;
    records.separator = layout_.separator;
    records.unless_said = true;
    const auto first = first_record(source, records);
    if (!first || !fits_layout(*first, request_, layout_, whole)) records.separator = 0;
    return records;
  }

  void read_other(std::int32_t part, const TableSource& source, bool whole) {
    const RecordsRequest records = records_of(source, whole);
    TextTable texts = read_text_table(source, records, [&](const std::vector<std::string>& first) {
      std::vector<bool> used(first.size(), false);
      const std::vector<std::string> names = with_numbers(first);
      const ColumnNames columns(names);
      bool any = false;
      for (const ColumnLayout& column : layout_.columns)
        for (const std::size_t place : columns.places(column.name)) any = any || !first[place].empty(), used[place] = used[place] || column.use != ColumnUse::ignored;
      return layout_.named && any ? used : std::vector<bool>(first.size(), true);
    });
    const TableForm form = match_layout(texts, request_, layout_, whole, ranges_of_training());
    const std::vector<std::string> notes = texts.notes;
    std::vector<ColumnFault> faults;
    Table table = typed_table(texts, request_, layout_, form, whole, faults);
    if (!whole && request_.unknown_is_error) add_unknown_words(table, encoding_, faults);
    refuse(texts, request_, form.header, faults);
    for (const std::string& warning : form.warnings) log(TRG_LOG_WARNING, fmt::format("{}: {}", table.path, warning));
    for (const std::string& note : table.notes) log(TRG_LOG_WARNING, fmt::format("{}: {}", table.path, note));
    add_table(part, std::move(table), notes);
  }

  // Of a new table by what was learnt, of a table of the recipe by the training table.
  std::vector<ColumnRange> ranges_of_training() const {
    std::vector<ColumnRange> ranges(layout_.columns.size());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      if (layout_.columns[i].kind != ColumnKind::numbers) continue;
      if (!encoding_.columns.empty() && !encoding_.columns[i].numbers.empty()) ranges[i] = {encoding_.columns[i].numbers[0].least, encoding_.columns[i].numbers[0].most};
      else if (!tables_.empty())
        for (const double number : tables_[0].columns[i].numbers)
          if (!std::isnan(number)) ranges[i] = ranges[i].known() ? ColumnRange{std::min(ranges[i].least, number), std::max(ranges[i].most, number)} : ColumnRange{number, number};
    }
    return ranges;
  }

  // For targets of which one holds words: what is no target then must not become a feature, from which the others could be read off.
  // Long lists are said in words.
  std::string hint_on_targets(std::size_t words) const {
    std::vector<std::string> numbers, others, not_numbers;
    for (const std::size_t target : targets_) {
      const std::string& name = layout_.columns[target].name;
      (layout_.columns[target].kind == ColumnKind::numbers ? numbers : not_numbers).push_back(name);
      if (target != words) others.push_back(name);
    }
    constexpr std::size_t most_hint = 500, most_names = 200;  // bytes; an error holds 511 of a hint
    const std::string name = in_toml(layout_.columns[words].name), alone = fmt::format("target = {} with {}", name, more_in("ignore", request_.ignored, others));
    if (numbers.empty()) return alone.size() <= most_hint ? alone : fmt::format("target = {}, and add the other names of target to ignore", name);
    std::string fewer = fmt::format("{} with {}", more_in("target", numbers, {}), more_in("ignore", request_.ignored, not_numbers)), either = fmt::format("{}, or {}", fewer, alone);
    if (either.size() <= most_hint) return either;
    if (fewer.size() <= most_hint) return fewer;
    return fmt::format("leave {} out of target, and add {} to ignore", names_in_toml(not_numbers, most_names), not_numbers.size() == 1 ? "it" : "them");
  }

  void find_targets() {
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
      if (layout_.columns[i].use == ColumnUse::target) targets_.push_back(i);
    for (const std::size_t target : targets_)
      if (targets_.size() > 1 && layout_.columns[target].kind == ColumnKind::words) {
        throw sdk::OptionError("target", fmt::format("the column \"{}\" holds words: of several targets all must be numbers", layout_.columns[target].name), hint_on_targets(target));
      }
    if (!request_.one_hot || (targets_.size() == 1 && layout_.columns[targets_[0]].kind == ColumnKind::words)) return;
    if (targets_.size() != 1) throw sdk::OptionError("one_hot", fmt::format("expected one target, which holds classes, found {}", targets_.size()), "leave out one_hot");
    throw sdk::OptionError("one_hot", fmt::format("expected a target that holds classes, and the column \"{}\" holds numbers", layout_.columns[targets_[0]].name), "target_is = \"classes\"");
  }

  std::vector<std::string> feature_names() const {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < layout_.columns.size(); ++c)
      if (layout_.columns[c].use == ColumnUse::feature)
        for (std::string& name : names_of_parts(layout_.columns[c], encoding_.columns[c])) names.push_back(std::move(name));
    return names;
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
    with_file([&] { encoding_ = learn(tables_[0], layout_, rows, {request_.normalize, request_.normalize_target ? request_.normalize : Normalize::none}); });
    here_ = true;
    learnt_rows_ = std::ssize(rows);
    match_all_words();
  }

  // A new table may have labels that the training did not: they are no targets for it.
  void pass_over_unknown_labels() {
    Table& table = tables_[0];
    if (!classes() || !table.targets) return;
    const WordMatch match = match_words(table, encoding_);
    const std::vector<std::int32_t>& known = match.categories[targets_[0]];
    Column& labels = table.columns[targets_[0]];
    const auto unknown = std::find_if(labels.words.begin(), labels.words.end(), [&](std::int32_t word) { return known[static_cast<std::size_t>(word)] < 0; });
    if (unknown == labels.words.end()) return;
    log(TRG_LOG_WARNING, fmt::format("{}: no target of this table is used, because \"{}\" in line {} is none of the labels of the training part ({})", table.path, labels.vocabulary[static_cast<std::size_t>(*unknown)],
                                     table.lines[static_cast<std::size_t>(unknown - labels.words.begin())], listed(encoding_.columns[targets_[0]].categories)));
    table.targets = false;
    labels = {};
  }

  void match_all_words() {
    width_ = 0;
    for (std::size_t c = 0; c < layout_.columns.size(); ++c)
      if (layout_.columns[c].use == ColumnUse::feature) width_ += encoding_.columns[c].width();
    matches_.clear();
    for (const Table& table : tables_) {
      matches_.push_back(match_words(table, encoding_));
      for (const std::string& note : matches_.back().notes)
        if (!told_) log(TRG_LOG_WARNING, fmt::format("{}: {}", table.path, note));
    }
    told_ = true;
    // Rows that are certain to be used are looked at now; rows of the training table when they are asked for, since a split may drop them.
    for (const std::int32_t p : {TRG_VALIDATION, TRG_TEST}) {
      const std::size_t table = table_of_[static_cast<std::size_t>(p)];
      if (rows_.count(p) == 0) continue;
      for (std::size_t c = 0; c < layout_.columns.size(); ++c)
        if (!tables_[table].columns[c].words.empty())
          for (std::int64_t sample = 0; sample < rows_.count(p); ++sample) category(table, c, rows_.record(p, sample));
    }
  }

  // -1: missing; -2: unknown, where that is no error.
  std::int32_t category(std::size_t which, std::size_t column, std::size_t row) const {
    const Table& table = tables_[which];
    const std::int32_t word = table.columns[column].words[row];
    if (word < 0) return -1;
    const std::int32_t found = matches_[which].categories[column][static_cast<std::size_t>(word)];
    if (found >= 0) return found;
    const bool target = layout_.columns[column].use == ColumnUse::target;
    if (!target && !request_.unknown_is_error) return -2;
    throw sdk::DataError(fmt::format("{}:{}", table.path, table.lines[row]), unknown_word(encoding_, column, table.columns[column].vocabulary[static_cast<std::size_t>(word)]), -1,
                         !target ? "unknown = \"zeros\"" : which == 0 && here_ ? shuffle_hint(column) : "");
  }

  // An order of the rows in which those that are learnt from have every label.
  std::string shuffle_hint(std::size_t column) const {
    const std::vector<std::int32_t>& words = tables_[0].columns[column].words;
    constexpr std::int64_t most_moves = 20'000'000, most_seeds = 1000;
    for (std::int64_t seed = 1; seed <= std::min(most_seeds, most_moves / std::ssize(words)); ++seed) {
      const std::vector<std::int64_t> rows = PartRows::shuffled(std::ssize(words), seed);
      std::vector<bool> seen(tables_[0].columns[column].vocabulary.size(), false);
      for (std::int64_t i = 0; i < learnt_rows_; ++i) seen[static_cast<std::size_t>(words[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])])] = true;
      if (std::all_of(seen.begin(), seen.end(), [](bool one) { return one; })) return fmt::format("shuffle_seed = {} mixes the rows before they are split", seed);
    }
    return {};
  }

  // Of a new table, where they are no error.
  void warn_of_unknown_words() const {
    std::int64_t strange = 0;
    std::string first;
    for (std::int64_t row = 0; row < tables_[0].rows(); ++row) {
      bool any = false;
      for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
        const Column& column = tables_[0].columns[c];
        if (any || layout_.columns[c].use != ColumnUse::feature || column.words.empty() || category(0, c, static_cast<std::size_t>(row)) != -2) continue;
        any = true;
        if (strange++ == 0) first = fmt::format("in line {}, \"{}\" in the column \"{}\"", tables_[0].lines[static_cast<std::size_t>(row)], column.vocabulary[static_cast<std::size_t>(column.words[static_cast<std::size_t>(row)])], layout_.columns[c].name);
      }
    }
    if (strange > 0) log(TRG_LOG_WARNING, fmt::format("{}: {} of {} rows have words that no training row has, encoded as zeros; the first one is {}", tables_[0].path, strange, tables_[0].rows(), first));
  }

  const ColumnEncoding* classes() const {
    return targets_.size() == 1 && layout_.columns[targets_[0]].kind == ColumnKind::words ? &encoding_.columns[targets_[0]] : nullptr;
  }

  const NumberEncoding& scale_of_target(std::size_t target) const { return encoding_.columns[target].numbers[0]; }

  void fill_features(std::size_t which, std::size_t row, float* to) const {
    const Table& table = tables_[which];
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) {
      const ColumnLayout& column = layout_.columns[c];
      if (column.use != ColumnUse::feature) continue;
      const ColumnEncoding& encoding = encoding_.columns[c];
      if (column.kind == ColumnKind::words) {
        const std::int32_t chosen = category(which, c, row);
        for (std::size_t i = 0; i < encoding.counts.size(); ++i) to[i] = chosen == -1 ? static_cast<float>(static_cast<double>(encoding.counts[i]) / static_cast<double>(encoding.present)) : 0.0f;
        if (chosen >= 0) to[chosen] = 1.0f;
        to += encoding.counts.size();
        continue;
      }
      const double value = table.columns[c].numbers[row];
      const bool missing = std::isnan(value);
      std::array<double, 5> parts{value};
      if (column.kind == ColumnKind::dates && !missing) parts = date_parts(value);
      for (std::size_t i = 0; i < encoding.numbers.size(); ++i) {
        const NumberEncoding& number = encoding.numbers[i];
        *to++ = static_cast<float>(((missing ? number.mean : parts[i]) - number.offset) * number.factor);
      }
    }
  }

  void fill_targets(const sdk::Batch& batch, std::size_t which, std::size_t row, std::int64_t r) const {
    const Table& table = tables_[which];
    if (!classes()) {
      float* to = batch.field<float>(1) + r * static_cast<std::int64_t>(targets_.size());
      for (const std::size_t target : targets_) *to++ = static_cast<float>((table.columns[target].numbers[row] - scale_of_target(target).offset) * scale_of_target(target).factor);
      return;
    }
    const std::int32_t label = category(which, targets_[0], row);
    if (!request_.one_hot) {
      batch.field<std::int32_t>(1)[r] = label;
      return;
    }
    float* to = batch.field<float>(1) + r * classes()->width();
    std::fill_n(to, classes()->width(), 0.0f);
    to[label] = 1.0f;
  }

  CsvRequest request_;
  CsvLayout layout_;
  std::vector<Table> tables_;  // the training one first
  TableSource new_table_;      // or a new one alone
  PartRows rows_;
  std::array<std::size_t, 3> table_of_{};  // of each part
  std::vector<std::size_t> targets_;
  Encoding encoding_;
  std::vector<WordMatch> matches_;
  std::int64_t width_ = 0;
  bool told_ = false;
  bool here_ = false;  // what is used was learnt from the table at hand
  std::int64_t learnt_rows_ = 0;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::CsvDataset>())
