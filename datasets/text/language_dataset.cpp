// SPDX-License-Identifier: Apache-2.0
// The data set `language`: plain texts for models that tell the next character or word. A sample is `length` steps of text; its target is the
// step after each, or after the last. The validation and the test part are the end of the text, so no part has seen another's; a sample never
// reaches over the end of its file or part.
#include <algorithm>

#include <fmt/format.h>

#include <teranga/sdk/dataset.hpp>

#include "at_source.hpp"
#include "id_text.hpp"
#include "log.hpp"
#include "padding.hpp"
#include "stretches.hpp"
#include "text_files.hpp"
#include "tokenizer.hpp"
#include "word_ids.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.language 1\n";

class LanguageDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.language",
                   .summary = "plain texts, cut into steps, to tell the next character or word",
                   .options = {sdk::paths("train").or_one().items(1, 100000).says("text files, UTF-8, plain or gzip; each is a text of its own"),
                               sdk::paths("validation").optional().or_one().items(1, 100000).says("text files to validate on"),
                               sdk::paths("test").optional().or_one().items(1, 100000).says("text files to test on"),
                               sdk::text("level", "character").choices({"character", "word"}).says("what a step is; words lie between blanks, line ends included"),
                               sdk::integer("length").in(1, 1e6).says("steps of a sample"),
                               sdk::integer("stride").optional().in(1, 1e9).says("steps from the begin of a sample to that of the next; left out: as length, so that each step is a target once"),
                               sdk::text("predict", "every").choices({"every", "last"}).says("every: y i32 [length], the step after each; last: y i32, the step after the last"),
                               sdk::text("encoding", "ids").choices({"ids", "one_hot"}).says("x as i32 [length], or as f32 [length, ids]"),
                               sdk::integer("num_words").optional().in(3, 1e8).says("ids are below it; the most frequent steps are kept; left out: all of the training part; 0 is padding, 1 unknown")}};
    for (std::vector<sdk::OptionSpec> more : {Stretches::options("files", "the training text", "samples"), token_options("none")})
      for (sdk::OptionSpec& option : more) info.options.push_back(std::move(option));
    return info;
  }

  explicit LanguageDataset(const sdk::Options& options) : LanguageDataset(options, options.texts("train").at(0)) {
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
      for (const std::string& path : options.texts(option)) read(part, path);
    stretches_.divide(options, "files");
    samples_ = samples_of_stretches();
    learn(samples_.training_samples());
    log(TRG_LOG_INFO, fmt::format("{} {}s, {}", tokens_.size(), level(), samples_.counted("samples")));
    broken_.warn();
  }

  // New texts: files are cut into samples as those of the training are; of a text that was typed the last steps are one sample, whose next step is to be told.
  LanguageDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : LanguageDataset(options, input.paths.empty() ? "--text" : input.paths.front()) {
    for (const std::string& path : input.paths) read(TRG_TEST, path);
    typed_ = input.texts;
    restore(learnt);
    for (std::size_t i = 0; i < typed_.size(); ++i) samples_.add(TRG_TEST, static_cast<std::int64_t>(i));
    if (typed_.empty()) samples_ = samples_of_stretches(TRG_TEST);
    broken_.warn();
    warn_of_unknown(samples_.count(TRG_TEST), "samples", rules_.characters ? "characters" : "words", [&](std::int64_t sample) {
      const std::size_t record = samples_.record(TRG_TEST, sample);
      if (!typed_.empty()) return std::ranges::any_of(encode(0, typed_[record]), [&](std::int32_t id) { return id != ids_.unknown(); });
      return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(record), tokens_.begin() + static_cast<std::ptrdiff_t>(record) + length_, [&](std::int32_t token) { return ids_.knows(token); });
    });
  }

  void describe(sdk::Description& description) const {
    samples_.describe(description);
    sdk::Field x{.name = "x", .role = TRG_FEATURE, .type = TRG_I32, .shape = {length_}, .classes = ids_.named(), .class_names = ids_.names()};
    if (one_hot_) x.type = TRG_F32, x.shape.push_back(ids_.width()), x.classes = 0, x.columns = std::move(x.class_names), x.class_names.clear();
    description.field(x);
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = ids_.width(), .class_names = ids_.names(), .absent = !typed_.empty()};
    if (!last_only_) y.shape = {length_};
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn(samples);
    if (std::ssize(samples) < samples_.count(TRG_TRAIN) && stride_ < length_)
      log(TRG_LOG_WARNING, "the training part ends between samples that overlap; where validation_split made it so, both parts share some text: validation_share keeps them apart");
    log(TRG_LOG_INFO, fmt::format("{} different {}s are kept", ids_.vocabulary().size(), level()));
    PackedBytes bytes(signature);
    ids_.pack(bytes);
    return bytes.take();
  }

  void restore(std::string_view learnt) {
    at_source(source_, [&] {
      UnpackedBytes bytes(learnt, signature, "texts of a language");
      ids_.unpack(bytes, table_);
      bytes.end();
    });
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    UnpackedBytes bytes(learnt, signature, "texts of a language");
    WordIds ids({"", "[UNK]"});
    ids.unpack(bytes, table_);
    return {{"vocabulary", ids.vocabulary().told()}};
  }

  void fill(const sdk::Batch& batch) const {
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      if (!typed_.empty()) {
        const std::vector<std::int32_t> ids = encode(0, typed_[samples_.record(batch.part(), batch.sample(r))]);
        if (batch.wanted(0) && one_hot_) lay(0, ids, batch.field<float>(0) + r * length_ * ids_.width());
        else if (batch.wanted(0)) lay(0, ids, batch.field<std::int32_t>(0) + r * length_);
        continue;
      }
      const std::int32_t* tokens = tokens_.data() + samples_.record(batch.part(), batch.sample(r));
      if (batch.wanted(0) && one_hot_) {
        float* to = batch.field<float>(0) + r * length_ * ids_.width();
        for (std::int64_t t = 0; t < length_; ++t) put_one_hot(ids_.id(tokens[t]), to + t * ids_.width());
      } else if (batch.wanted(0)) {
        std::transform(tokens, tokens + length_, batch.field<std::int32_t>(0) + r * length_, [&](std::int32_t token) { return ids_.id(token); });
      }
      if (!batch.wanted(1)) continue;
      if (last_only_) batch.field<std::int32_t>(1)[r] = ids_.id(tokens[length_]);
      else std::transform(tokens + 1, tokens + 1 + length_, batch.field<std::int32_t>(1) + r * length_, [&](std::int32_t token) { return ids_.id(token); });
    }
  }

  // A text of which nothing is given begins behind a line end, or behind something unknown where line ends are no steps.
  std::vector<sdk::TokenField> token_fields() const {
    return {{.field = 0, .role = TRG_TEXT_SO_FAR, .ids = ids_.named(), .steps = length_, .padding = 0, .unknown = ids_.unknown(), .first = ids_.id("\n"), .between = between(rules_)}};
  }
  std::vector<std::int32_t> encode(std::int32_t, std::string_view text) const { return ids_of(text, rules_, ids_); }
  std::string decode(std::int32_t, std::span<const std::int32_t> ids) const { return text_of(ids, rules_, ids_); }
  // No sample of the files is shorter than its steps. A text that is, is filled up in front where the step after the last is to be told, so that it
  // ends where they end; behind it otherwise, so that it begins where they begin.
  std::int64_t lay(std::int32_t, std::span<const std::int32_t> ids, void* to) const {
    std::vector<std::int32_t> steps(static_cast<std::size_t>(length_));
    const auto kept = std::min(static_cast<std::int64_t>(ids.size()), length_);
    Padding{.pad_front = last_only_, .cut_front = true}.write<std::int32_t>(ids, length_, 0, steps.data());
    for (std::int64_t t = 0; t < length_; ++t) {
      const std::int32_t id = steps[static_cast<std::size_t>(t)];
      if (one_hot_) put_one_hot(id, static_cast<float*>(to) + t * ids_.width());
      else static_cast<std::int32_t*>(to)[t] = id;
    }
    return (last_only_ ? length_ : kept) - 1;
  }

 private:
  LanguageDataset(const sdk::Options& options, std::string source)
      : rules_(TokenRules::of(options)), length_(options.integer("length")), stride_(options.has("stride") ? options.integer("stride") : length_),
        last_only_(options.text("predict") == "last"), one_hot_(options.text("encoding") == "one_hot"), num_words_(options.has("num_words") ? options.integer("num_words") : 0),
        source_(std::move(source)) {
    rules_.characters = options.text("level") == "character";
  }

  PartRows samples_of_stretches(std::int32_t needed = TRG_TRAIN) const {
    return stretches_.samples(length_ + 1, stride_, [&](const Stretches::TooShort& found) {
      throw sdk::DataError(source_, fmt::format("expected a text of {} {}s or more in the {} part (length and the next one), found {}", length_ + 1, level(), found.part, found.longest), -1,
                           found.possible > 1 ? fmt::format("length = {}", found.possible - 1) : "");
    }, needed);
  }

  void put_one_hot(std::int32_t id, float* to) const {
    std::fill_n(to, ids_.width(), 0.0f);
    to[id] = 1.0f;
  }

  const char* level() const { return rules_.characters ? "character" : "word"; }

  void read(std::int32_t part, const std::string& path) {
    std::string text = read_text_file(path);
    broken_.add(repair_utf8(text), path);
    const auto begin = static_cast<std::int64_t>(tokens_.size());
    for_each_token(text, rules_, [&](std::string_view token) { tokens_.push_back(table_.add(token)); });
    if (static_cast<std::int64_t>(tokens_.size()) == begin) throw sdk::DataError(path, fmt::format("expected {}s, found none", level()));
    stretches_.add(part, begin, static_cast<std::int64_t>(tokens_.size()));
  }

  // Each token of the training samples counts once, however many samples share it.
  void learn(std::span<const std::int64_t> samples) {
    std::vector<bool> seen(tokens_.size(), false);
    std::vector<std::int64_t> counts(table_.size(), 0);
    for (const std::int64_t sample : samples) {
      const std::size_t begin = samples_.record(TRG_TRAIN, sample);
      for (std::size_t at = begin; at <= begin + static_cast<std::size_t>(length_); ++at) {
        if (seen[at]) continue;
        seen[at] = true;
        ++counts[static_cast<std::size_t>(tokens_[at])];
      }
    }
    at_source(source_, [&] { ids_.learn(table_, counts, num_words_); });
  }

  TokenRules rules_;
  std::int64_t length_, stride_;
  bool last_only_, one_hot_;
  std::int64_t num_words_;
  std::string source_;
  TokenTable table_;
  std::vector<std::int32_t> tokens_;  // of all files
  Stretches stretches_;
  PartRows samples_;                  // where each begins; of typed texts, which one
  std::vector<std::string> typed_;    // new texts; empty: samples are of files
  WordIds ids_{{"", "[UNK]"}};
  BrokenTexts broken_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::LanguageDataset>())
