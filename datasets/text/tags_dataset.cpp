// SPDX-License-Identifier: Apache-2.0
// The data set `tags`: a tag for each token of a sentence. Padding steps have id 0 and class 0, which no tag has; the mask of an embedding
// keeps them out of the loss.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/part_rows.hpp>
#include <teranga/sdk/dataset.hpp>

#include "at_source.hpp"
#include "buckets.hpp"
#include "kept_column.hpp"
#include "log.hpp"
#include "padding.hpp"
#include "sequences.hpp"
#include "tagged_files.hpp"
#include "text_files.hpp"
#include "tokenizer.hpp"
#include "word_ids.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.tags 1\n";

class TagsDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.tags",
                   .summary = "sentences with a tag for each token, such as parts of speech or names",
                   .options = {sdk::path("train").says("the tagged sentences to train on, UTF-8, plain or gzip"),
                               sdk::path("validation").optional().says("tagged sentences to validate on"),
                               sdk::path("test").optional().says("tagged sentences to test on"),
                               sdk::text("form", "lines").choices({"lines", "inline"}).says("lines: a token and its tag a line, a blank line behind each sentence; inline: token/tag, a sentence a line"),
                               sdk::integer("token_column", 1).in(-100, 100).says("lines: the field of the token, from 1, or from -1 counted from the end; between tabs, else between blanks"),
                               sdk::integer("tag_column", -1).in(-100, 100).says("lines: the field of the tag"),
                               sdk::boolean("lower_case", false).says("small letters in every script; tokens are left as they are otherwise"),
                               sdk::integer("num_words").optional().in(3, 1e8).says("ids are below it; the most frequent tokens are kept; left out: all of the training part; 0 is padding, 1 unknown")}};
    for (std::vector<sdk::OptionSpec> more : {padding_options("post", "as the longest training sentence"), {Buckets::option("sentences", "as truncating says")}, PartRows::options("sentences")})
      for (sdk::OptionSpec& option : more) info.options.push_back(std::move(option));
    return info;
  }

  explicit TagsDataset(const sdk::Options& options) : TagsDataset(options, options.text("train")) {
    const TaggedForm form = form_of(options);
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}}) {
      if (options.has(option)) read(part, options.text(option), form);
      if (part == TRG_TRAIN) {
        for (const auto& [name, where] : seen_) classes_.push_back(name);
        std::sort(classes_.begin(), classes_.end());
        classes_.insert(classes_.begin(), "");
      }
    }
    rows_.divide(options);
    learn(rows_.training_samples());
    match_tags();
    log(TRG_LOG_INFO, fmt::format("{}, {} tags", rows_.counted("sentences"), classes_.size() - 1));
    broken_.warn();
  }

  // New sentences: typed, or a sentence a line in a .txt file, and then without tags; or a file in the form of the training's.
  TagsDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : TagsDataset(options, input.paths.empty() ? "--text" : input.paths.front()) {
    typed_ = input.texts, form_ = form_of(options);
    for (const std::string& text : input.texts) add_untagged(text);
    for (const std::string& path : input.paths) {
      const bool text = has_text_name(path), tagged = !text || has_tags(path, form_of(options), learnt);
      if (text && tagged) log(TRG_LOG_INFO, fmt::format("{}: it has tags of the training, so it is read in the form of the training file", path));
      new_files_.emplace_back(path, tagged);
      if (tagged) read(TRG_TEST, path, form_of(options));
      else
        for (const std::string& line : read_lines(path)) add_untagged(line);
    }
    take(learnt);
    for (const auto& [name, where] : seen_) absent_ = absent_ || std::find(classes_.begin(), classes_.end(), name) == classes_.end();
    if (!absent_) match_tags();
    broken_.warn();
    warn_of_unknown(rows_.count(TRG_TEST), "sentences", "tokens", [&](std::int64_t sample) { return std::ranges::any_of(sentences_[rows_.record(TRG_TEST, sample)], [&](std::int32_t token) { return ids_.knows(token); }); });
  }

  void describe(sdk::Description& description) const {
    rows_.describe(description);
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_I32, .shape = {buckets_.extent_or(length_)}, .classes = ids_.named(), .class_names = ids_.names()});
    buckets_.describe(description);
    description.field({.name = "y", .role = TRG_TARGET, .type = TRG_I32, .shape = {buckets_.extent_or(length_)}, .classes = static_cast<std::int64_t>(classes_.size()), .class_names = classes_, .absent = absent_});
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn(samples);
    log(TRG_LOG_INFO, fmt::format("{} different tokens are kept", ids_.vocabulary().size()));
    PackedBytes bytes(signature);
    bytes.put<std::int64_t>(length_);
    bytes.texts(classes_);
    ids_.pack(bytes);
    return bytes.take();
  }

  void restore(std::string_view learnt) {
    take(learnt);
    match_tags();
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    UnpackedBytes bytes(learnt, signature, "tagged sentences");
    std::vector<sdk::Learnt> out = {{"steps of a sentence", fmt::format("{}", bytes.get<std::int64_t>())}, {"tags", fmt::format("{}", fmt::join(bytes.texts(), ", "))}};
    WordIds ids({"", "[UNK]"});
    ids.unpack(bytes, tokens_);
    out.push_back({"vocabulary", ids.vocabulary().told()});
    return out;
  }

  // The new sentences themselves, with blanks between the tokens of those that have tags.
  std::vector<std::string> column(const std::string& name) const {
    require_only_column(source_, name);
    std::vector<std::string> out = typed_;
    for (const auto& [path, tagged] : new_files_) {
      if (!tagged) {
        for (std::string& line : read_lines(path)) out.push_back(std::move(line));
        continue;
      }
      read_tagged_file(path, form_, [&](const std::vector<TaggedToken>& sentence, const std::string&) {
        std::string text;
        for (const TaggedToken& one : sentence) text.append(text.empty() ? "" : " ").append(one.token);
        out.push_back(std::move(text));
      });
    }
    for (std::string& text : out) repair_utf8(text);
    return out;
  }

  void measure(std::int32_t part, std::span<const std::int64_t> samples, std::int64_t* lengths) const {
    std::transform(samples.begin(), samples.end(), lengths, [&](std::int64_t sample) { return static_cast<std::int64_t>(sentences_[rows_.record(part, sample)].size()); });
  }

  void fill(const sdk::Batch& batch) const {
    std::vector<std::int32_t> row;
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::size_t record = rows_.record(batch.part(), batch.sample(r));
      const auto write = [&](int field, std::span<const std::int32_t> numbers, auto&& convert) {
        if (!batch.wanted(field)) return;
        row.resize(numbers.size());
        std::transform(numbers.begin(), numbers.end(), row.begin(), convert);
        const std::int64_t length = batch.extent(field, 1);
        padding_.write(std::span<const std::int32_t>(row), length, std::int32_t{0}, batch.field<std::int32_t>(field) + r * length);
      };
      write(0, sentences_[record], [&](std::int32_t token) { return ids_.id(token); });
      write(1, tags_[record], [&](std::int32_t tag) { return class_of_[static_cast<std::size_t>(tag)]; });
    }
  }

 private:
  TagsDataset(const sdk::Options& options, std::string source)
      : padding_(Padding::of(options)), buckets_(options, {"maxlen"}), lower_case_(options.boolean("lower_case")), num_words_(options.has("num_words") ? options.integer("num_words") : 0),
        maxlen_(options.has("maxlen") ? options.integer("maxlen") : 0), source_(std::move(source)) {}

  static TaggedForm form_of(const sdk::Options& options) {
    const TaggedForm form{options.text("form") == "inline", options.integer("token_column"), options.integer("tag_column")};
    for (const auto& [name, column] : {std::pair{"token_column", form.token}, {"tag_column", form.tag}})
      if (column == 0) throw sdk::OptionError(name, "expected a number from 1, or from -1 counted from the end, found 0", column == form.token ? "token_column = 1" : "tag_column = -1");
    return form;
  }

  // Whether most tokens of the file have a tag that was learnt, where it is read in that form.
  bool has_tags(const std::string& path, const TaggedForm& form, std::string_view learnt) const {
    std::vector<std::string> classes;
    at_source(source_, [&] {
      UnpackedBytes bytes(learnt, signature, "tagged sentences");
      bytes.get<std::int64_t>();
      classes = bytes.texts();
    });
    const std::unordered_map<std::string_view, std::int32_t> numbers = numbered(classes);
    std::int64_t known = 0, tokens = 0;
    try {
      read_tagged_file(path, form, [&](const std::vector<TaggedToken>& sentence, const std::string&) {
        for (const TaggedToken& one : sentence) ++tokens, known += numbers.contains(one.tag);
      });
    } catch (const sdk::DataError&) {  // it has lines of another form
      return false;
    }
    return known * 2 > tokens;
  }

  // Tokens between blanks, as they stand in a line.
  void add_untagged(std::string line) {
    broken_.add(repair_utf8(line), source_);
    for_each_token(line, {.standardize = TokenRules::Standardize::none}, [&](std::string_view token) {
      sentences_.add(tokens_.add(lower_case_ ? lower_case(std::string(token)) : token));
      tags_.add(-1);
    });
    absent_ = true;
    rows_.add(TRG_TEST, sentences_.count());
    sentences_.finish();
    tags_.finish();
  }

  void take(std::string_view learnt) {
    at_source(source_, [&] {
      UnpackedBytes bytes(learnt, signature, "tagged sentences");
      length_ = bytes.get<std::int64_t>();
      if (length_ < 1 || length_ > std::int64_t{1} << 30) UnpackedBytes::damaged();
      classes_ = bytes.texts();
      ids_.unpack(bytes, tokens_);
      bytes.end();
    });
  }

  void read(std::int32_t part, const std::string& path, const TaggedForm& form) {
    read_tagged_file(path, form, [&](const std::vector<TaggedToken>& sentence, const std::string& where) {
      std::int64_t broken = 0;
      for (TaggedToken one : sentence) {
        broken += repair_utf8(one.token) + repair_utf8(one.tag);
        sentences_.add(tokens_.add(lower_case_ ? lower_case(one.token) : one.token));
        const auto [at, added] = tag_index_.emplace(one.tag, static_cast<std::int32_t>(seen_.size()));
        if (added) seen_.push_back({one.tag, where});
        tags_.add(at->second);
      }
      broken_.add(broken, where);
      rows_.add(part, sentences_.count());
      sentences_.finish();
      tags_.finish();
    });
  }

  void learn(std::span<const std::int64_t> samples) {
    std::vector<std::int64_t> counts(tokens_.size(), 0);
    length_ = buckets_.length_or(maxlen_);
    for (const std::int64_t sample : samples) {
      const auto sentence = sentences_[rows_.record(TRG_TRAIN, sample)];
      for (const std::int32_t token : sentence) ++counts[static_cast<std::size_t>(token)];
      if (maxlen_ == 0 && !buckets_.any()) length_ = std::max(length_, static_cast<std::int64_t>(sentence.size()));
    }
    at_source(source_, [&] { ids_.learn(tokens_, counts, num_words_); });
  }

  void match_tags() {
    class_of_.clear();
    const std::unordered_map<std::string_view, std::int32_t> numbers = numbered(classes_);
    for (const auto& [name, where] : seen_) {
      const auto at = numbers.find(name);
      if (at == numbers.end())
        throw sdk::DataError(where, fmt::format("expected one of the {} tags of the training file in this sentence, found \"{}\"", classes_.size() - 1, name));
      class_of_.push_back(at->second);
    }
  }

  Padding padding_;
  Buckets buckets_;
  bool lower_case_;
  std::int64_t num_words_, maxlen_;  // 0: left out
  std::string source_;
  TokenTable tokens_;
  Sequences sentences_, tags_;  // tags as numbers of seen_
  struct Seen {
    std::string name, where;
  };
  std::vector<Seen> seen_;
  std::unordered_map<std::string, std::int32_t> tag_index_;
  PartRows rows_;
  BrokenTexts broken_;
  bool absent_ = false;  // the tags

  std::vector<std::string> typed_;                      // new sentences
  std::vector<std::pair<std::string, bool>> new_files_;  // and files of them, and whether each has tags
  TaggedForm form_;                                     // of these

  std::int64_t length_ = 0;
  std::vector<std::string> classes_;  // "" for padding, then the tags of the training file, sorted
  std::vector<std::int32_t> class_of_;
  WordIds ids_{{"", "[UNK]"}};
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::TagsDataset>())
