// SPDX-License-Identifier: Apache-2.0
// The data set `pairs`: sentences and what they become, as in translation. The decoder is fed the target behind a start token and is to tell
// the target before an end token, so that step t of y is the word after step t of "decoder_input".
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <teranga/datasets/part_rows.hpp>
#include <teranga/datasets/path_hints.hpp>
#include <teranga/sdk/dataset.hpp>

#include "at_source.hpp"
#include "buckets.hpp"
#include "id_text.hpp"
#include "kept_column.hpp"
#include "log.hpp"
#include "padding.hpp"
#include "sequences.hpp"
#include "text_files.hpp"
#include "tokenizer.hpp"
#include "word_ids.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.pairs 2\n", without_marks = "teranga.pairs 1\n";
constexpr std::int32_t pad = 0, start = 1, end = 2;

// One of the two languages.
struct Side {
  TokenTable table;
  Sequences sentences;
  WordIds ids{{"", "[START]", "[END]", "[UNK]"}};
  std::int64_t asked_words = 0, asked_length = 0;  // 0: left out
  std::int64_t length = 0;

  // extra: steps beside the words.
  void learn(const PartRows& rows, std::span<const std::int64_t> samples, std::int64_t extra) {
    std::vector<std::int64_t> counts(table.size(), 0);
    length = asked_length;
    for (const std::int64_t sample : samples) {
      const auto sentence = sentences[rows.record(TRG_TRAIN, sample)];
      for (const std::int32_t token : sentence) ++counts[static_cast<std::size_t>(token)];
      if (asked_length == 0) length = std::max(length, static_cast<std::int64_t>(sentence.size()) + extra);
    }
    ids.learn(table, counts, asked_words);
  }
  void pack(PackedBytes& bytes) const {
    bytes.put<std::int64_t>(length);
    ids.pack(bytes);
  }
  void unpack(UnpackedBytes& bytes) {
    length = bytes.get<std::int64_t>();
    if (length < 1 || length > std::int64_t{1} << 30) UnpackedBytes::damaged();
    ids.unpack(bytes, table);
  }
};

// What a checkpoint keeps behind the marks of the training table, which edition 1 does not have.
UnpackedBytes learnt_bytes(std::string_view learnt, TableMarks& marks) {
  const bool without = learnt.starts_with(without_marks);
  UnpackedBytes bytes(learnt, without ? without_marks : signature, "pairs of sentences");
  if (!without) marks = unpack_marks(bytes);
  return bytes;
}

class PairsDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.pairs",
                   .summary = "aligned sentences, as for translation: source, decoder input behind a start token, target before an end token",
                   .options = {sdk::path("train").says("a table with a column for each side; with train_target, the source sentences, one a line"),
                               sdk::path("train_target").optional().says("the target sentences, line by line those of train"),
                               sdk::path("validation").optional().says("the table, or the source sentences, to validate on"), sdk::path("validation_target").optional().says("the target sentences to validate on, line by line those of validation"),
                               sdk::path("test").optional().says("the table, or the source sentences, to test on"), sdk::path("test_target").optional().says("the target sentences to test on, line by line those of test"),
                               sdk::text("source_column", "1").or_number().says("of a table: the column to translate from, by name or number"),
                               sdk::text("target_column", "2").or_number().says("of a table: the column to translate to, by name or number"),
                               sdk::text("header", "auto").choices({"auto", "true", "false"}).says("whether the first line of a table names its columns; auto: it does where it holds a wanted name that is no number"),
                               sdk::text("separator", "tab").says("of a table: \"tab\" (quotes are letters like others), \"auto\" or one character (cells may stand in quotes)"),
                               sdk::boolean("drop_equal", false).says("leaves out pairs whose sides have the same tokens"),
                               sdk::integer("source_words").optional().in(5, 1e8).says("source ids are below it; the most frequent words are kept; left out: all of the training part"),
                               sdk::integer("target_words").optional().in(5, 1e8).says("target ids are below it; the most frequent words are kept; left out: all of the training part; 0 is padding, 1 start, 2 end, 3 unknown, words from 4"),
                               sdk::integer("source_length").optional().in(1, 1e6).says("steps of a source, cut at its end; left out: the longest of the training part"),
                               sdk::integer("target_length").optional().in(2, 1e6).says("steps of a target, its start or end token included; left out: the longest of the training part"),
                               sdk::text("source_padding", "post").choices({"pre", "post"}).says("where a shorter source is filled up with 0; targets are filled up at their end")}};
    for (std::vector<sdk::OptionSpec> more : {{Buckets::option("pairs, both sides", "at their end")}, PartRows::options("pairs"), token_options("unicode"), split_options("whitespace")})
      for (sdk::OptionSpec& option : more) info.options.push_back(std::move(option));
    return info;
  }

  explicit PairsDataset(const sdk::Options& options) : PairsDataset(options, options.text("train")) {
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, std::string("train")}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}}) open(part, option, options);
    rows_.divide(options);
    learn(rows_.training_samples());
    log(TRG_LOG_INFO, rows_.counted("pairs"));
    if (equal_ > 0) log(TRG_LOG_INFO, fmt::format("{} pairs of equal sides were left out", equal_));
    if (empty_ > 0) log(TRG_LOG_WARNING, fmt::format("{} pairs with a side without words were left out", empty_));
    broken_.warn();
  }

  // New pairs: a table with both sides, or two files; or sources alone, a line each in one file or typed: their targets are empty, and a translation of them begins.
  PairsDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : PairsDataset(options, input.paths.empty() ? "--text" : input.paths.front()) {
    keeps_all_ = true;
    at_source(path_, [&] { learnt_bytes(learnt, marks_); });
    new_ = input;
    const bool of_table = !options.has("train_target") && input.paths.size() == 1, tabs = of_table && has_text_name(path_) && is_tab_table(path_);
    const bool table = of_table && (!has_text_name(path_) || tabs || has_names(options));
    if (tabs) log(TRG_LOG_INFO, fmt::format("{}: its cells stand between tabs, so it is read as a table of pairs; a source a line has no tabs", path_));
    absent_ = !input.texts.empty() || (input.paths.size() == 1 && !table);
    for (const std::string& text : input.texts) add(TRG_TEST, text, "");
    if (input.paths.size() == 2) read_two_files(TRG_TEST, input.paths[0], input.paths[1]);
    else if (table) read_table(TRG_TEST, path_, options);
    else if (!input.paths.empty())
      for (const std::string& line : read_lines(path_)) add(TRG_TEST, line, "");
    if (rows_.count(TRG_TEST) == 0) throw sdk::DataError(path_, "expected sentences, found none");
    restore(learnt);
    broken_.warn();
    warn_of_unknown(rows_.count(TRG_TEST), "sources", "words",
                    [&](std::int64_t sample) { return std::ranges::any_of(source_.sentences[rows_.record(TRG_TEST, sample)], [&](std::int32_t token) { return source_.ids.knows(token); }); });
  }

  void describe(sdk::Description& description) const {
    rows_.describe(description);
    description.field({.name = "source", .role = TRG_FEATURE, .type = TRG_I32, .shape = {buckets_.extent_or(source_.length)}, .classes = source_.ids.named(), .class_names = source_.ids.names()});
    buckets_.describe(description);
    description.field({.name = "decoder_input", .role = TRG_FEATURE, .type = TRG_I32, .shape = {buckets_.extent_or(target_.length)}, .classes = target_.ids.named(), .class_names = target_.ids.names()});
    description.field({.name = "y", .role = TRG_TARGET, .type = TRG_I32, .shape = {buckets_.extent_or(target_.length)}, .classes = target_.ids.width(), .class_names = target_.ids.names(), .absent = absent_});
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn(samples);
    log(TRG_LOG_INFO, fmt::format("{} source and {} target words are kept", source_.ids.vocabulary().size(), target_.ids.vocabulary().size()));
    if (!samples.empty()) log(TRG_LOG_INFO, fmt::format("the first training pair is \"{}\" and \"{}\"", spelled(source_, samples[0]), spelled(target_, samples[0])));
    PackedBytes bytes(signature);
    pack_marks(bytes, marks_);
    source_.pack(bytes);
    target_.pack(bytes);
    return bytes.take();
  }

  void restore(std::string_view learnt) {
    at_source(path_, [&] {
      UnpackedBytes bytes = learnt_bytes(learnt, marks_);
      source_.unpack(bytes);
      target_.unpack(bytes);
      bytes.end();
    });
    for (Side* side : {&source_, &target_}) side->length = buckets_.length_or(side->length);
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    TableMarks marks;
    UnpackedBytes bytes = learnt_bytes(learnt, marks);
    std::vector<sdk::Learnt> out;
    for (const char* name : {"source", "target"}) {
      Side side;
      side.unpack(bytes);
      out.push_back({fmt::format("{} vocabulary", name), side.ids.vocabulary().told()});
      out.push_back({fmt::format("steps of a {}", name), fmt::format("{}", side.length)});
    }
    return out;
  }

  // Of the new pairs: a column of their table, or the sources themselves.
  std::vector<std::string> column(const std::string& name) const {
    if (seen_) return column_of_table(path_, *seen_, name);
    require_only_column(path_, name);
    std::vector<std::string> out = new_.paths.empty() ? new_.texts : read_lines(path_);
    for (std::string& text : out) repair_utf8(text);
    return out;
  }

  std::string column_name(const std::string& wanted) const { return seen_ ? name_in_table(path_, *seen_, wanted) : ""; }

  // The target has a start or an end beside its words.
  void measure(std::int32_t part, std::span<const std::int64_t> samples, std::int64_t* lengths) const {
    std::transform(samples.begin(), samples.end(), lengths, [&](std::int64_t sample) {
      const std::size_t record = rows_.record(part, sample);
      return static_cast<std::int64_t>(std::max(source_.sentences[record].size(), target_.sentences[record].size() + 1));
    });
  }

  void fill(const sdk::Batch& batch) const {
    const std::int64_t source_length = batch.extent(0, 1), target_length = batch.extent(1, 1);
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::size_t record = rows_.record(batch.part(), batch.sample(r));
      if (batch.wanted(0)) fill_source(source_.sentences[record], source_length, batch.field<std::int32_t>(0) + r * source_length);
      const auto sentence = target_.sentences[record];
      const auto kept = static_cast<std::int64_t>(std::min(sentence.size(), static_cast<std::size_t>(target_length - 1)));
      const auto words = [&](std::int32_t* to) { return std::transform(sentence.begin(), sentence.begin() + kept, to, [&](std::int32_t token) { return target_.ids.id(token); }); };
      const std::int64_t left = target_length - 1 - kept;
      if (batch.wanted(1)) {
        std::int32_t* to = batch.field<std::int32_t>(1) + r * target_length;
        *to++ = start;
        std::fill_n(words(to), left, pad);
      }
      if (batch.wanted(2)) {
        std::int32_t* to = words(batch.field<std::int32_t>(2) + r * target_length);
        *to++ = end;
        std::fill_n(to, left, pad);
      }
    }
  }

  // "y" tells the step after each of "decoder_input", which begins with the start token.
  std::vector<sdk::TokenField> token_fields() const {
    return {{.field = 0, .role = TRG_TEXT_SOURCE, .ids = source_.ids.named(), .steps = source_.length, .padding = pad, .unknown = source_.ids.unknown(), .between = between(rules_)},
            {.field = 1, .role = TRG_TEXT_SO_FAR, .ids = target_.ids.named(), .steps = target_.length, .padding = pad, .unknown = target_.ids.unknown(), .start = start, .end = end, .between = between(rules_)}};
  }
  std::vector<std::int32_t> encode(std::int32_t field, std::string_view text) const { return ids_of(text, rules_, side(field).ids); }
  std::string decode(std::int32_t field, std::span<const std::int32_t> ids) const { return text_of(ids, rules_, side(field).ids); }
  std::int64_t lay(std::int32_t field, std::span<const std::int32_t> ids, void* to) const {
    const std::int64_t length = side(field).length;
    const bool front = field == 0 && pad_source_front_;
    Padding{.pad_front = front, .cut_front = field == 1}.write<std::int32_t>(ids, length, pad, static_cast<std::int32_t*>(to));
    return (front ? length : std::min(static_cast<std::int64_t>(ids.size()), length)) - 1;
  }

 private:
  PairsDataset(const sdk::Options& options, std::string path)
      : rules_(TokenRules::of(options)), buckets_(options, {"source_length", "target_length"}, 2), drop_equal_(options.boolean("drop_equal")), pad_source_front_(options.text("source_padding") == "pre"), path_(std::move(path)) {
    for (const auto& [side, name] : {std::pair<Side*, std::string>{&source_, "source"}, {&target_, "target"}}) {
      if (options.has(name + "_words")) side->asked_words = options.integer(name + "_words");
      if (options.has(name + "_length")) side->asked_length = options.integer(name + "_length");
      side->asked_length = buckets_.length_or(side->asked_length);
    }
  }

  const Side& side(std::int32_t field) const { return field == 0 ? source_ : target_; }

  void open(std::int32_t part, const std::string& option, const sdk::Options& options) {
    const std::string other = option + "_target";
    if (!options.has(option)) {
      if (options.has(other)) throw sdk::OptionError(other, "there is no source to these targets", fmt::format("leave out {}, or {} = \"FILE\" with their source sentences", other, option));
      return;
    }
    const std::string path = options.text(option);
    const std::int64_t before = source_.sentences.count();
    if (options.has(other)) read_two_files(part, path, options.text(other));
    else read_table(part, path, options);
    if (source_.sentences.count() == before) throw sdk::DataError(path, "expected pairs of sentences, found none that is kept");
  }

  void read_two_files(std::int32_t part, const std::string& from, const std::string& to) {
    const std::vector<std::string> sources = read_lines(from), targets = read_lines(to);
    if (sources.size() != targets.size())
      throw sdk::DataError(to, fmt::format("expected {} lines, one for each of {}, found {}", sources.size(), from, targets.size()), -1, fmt::format("compare with: wc -l {} {}", shell_word(from), shell_word(to)));
    for (std::size_t i = 0; i < sources.size(); ++i) add(part, sources[i], targets[i]);
  }

  static std::vector<WantedColumn> wanted_columns(const sdk::Options& options) { return {{"source_column", options.text("source_column")}, {"target_column", options.text("target_column")}}; }

  // Whether the first line of the new file names columns of the training table, whose cells stand between other marks than tabs.
  bool has_names(const sdk::Options& options) const {
    return options.text("separator") != "tab" && has_names_of(path_, wanted_columns(options), {options.text("header"), separator_of(options.text("separator")), marks_});
  }

  void read_table(std::int32_t part, const std::string& path, const sdk::Options& options) {
    const std::vector<WantedColumn> wanted = wanted_columns(options);
    const auto take = [&](const std::vector<std::string_view>& cells, const std::string&) { add(part, std::string(cells[0]), std::string(cells[1])); };
    if (options.text("separator") == "tab") {
      seen_ = read_tab_columns(path, wanted, options.text("header"), take);
      return;
    }
    seen_ = read_columns(path, wanted, {options.text("header"), separator_of(options.text("separator")), marks_}, take);
    if (part == TRG_TRAIN) marks_ = seen_->marks;
  }

  std::vector<std::string> tokens(const std::string& text) const {
    std::vector<std::string> tokens;
    for_each_token(text, rules_, [&](std::string_view token) { tokens.emplace_back(token); });
    return tokens;
  }

  void add(std::int32_t part, std::string source, std::string target) {
    broken_.add(repair_utf8(source) + repair_utf8(target), path_);
    const std::vector<std::string> from = tokens(source), to = tokens(target);
    if (!keeps_all_ && (from.empty() || to.empty() || (drop_equal_ && from == to))) {
      ++(from.empty() || to.empty() ? empty_ : equal_);
      return;
    }
    for (const std::string& token : from) source_.sentences.add(source_.table.add(token));
    for (const std::string& token : to) target_.sentences.add(target_.table.add(token));
    rows_.add(part, source_.sentences.count());
    source_.sentences.finish();
    target_.sentences.finish();
  }

  // Its first words.
  std::string spelled(const Side& side, std::int64_t sample) const {
    constexpr std::size_t most = 12;
    const auto sentence = side.sentences[rows_.record(TRG_TRAIN, sample)];
    std::string out;
    for (const std::int32_t token : sentence.first(std::min(most, sentence.size()))) out += (out.empty() ? "" : " ") + side.table.token(token);
    return out + (sentence.size() > most ? " ..." : "");
  }

  void learn(std::span<const std::int64_t> samples) {
    at_source(path_, [&] {
      source_.learn(rows_, samples, 0);
      target_.learn(rows_, samples, 1);
    });
  }

  void fill_source(std::span<const std::int32_t> sentence, std::int64_t length, std::int32_t* to) const {
    const auto kept = static_cast<std::int64_t>(std::min(sentence.size(), static_cast<std::size_t>(length)));
    if (pad_source_front_) to = std::fill_n(to, length - kept, pad);
    to = std::transform(sentence.begin(), sentence.begin() + kept, to, [&](std::int32_t token) { return source_.ids.id(token); });
    if (!pad_source_front_) std::fill_n(to, length - kept, pad);
  }

  TokenRules rules_;
  Buckets buckets_;
  bool drop_equal_, pad_source_front_;
  std::string path_;
  Side source_, target_;
  TableMarks marks_;  // of the training table
  sdk::NewInput new_;
  std::optional<TableSeen> seen_;  // how the last table was read
  PartRows rows_;
  std::int64_t equal_ = 0, empty_ = 0;
  BrokenTexts broken_;
  bool keeps_all_ = false, absent_ = false;  // new pairs; the targets
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::PairsDataset>())
