// SPDX-License-Identifier: Apache-2.0
// The data set `masked_language`: plain texts for the pre-training of BERT. A sample is a few sentences in a row of one document. They become two stretches, the second of which is the
// true continuation or one from elsewhere; some pieces are hidden. Which, is drawn anew in each epoch, by the sample and the epoch alone; in an evaluation always alike.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/format.h>

#include <teranga/core/counted.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/datasets/part_rows.hpp>
#include <teranga/sdk/dataset.hpp>

#include "at_source.hpp"
#include "bert_words.hpp"
#include "log.hpp"
#include "masking.hpp"
#include "sentences.hpp"
#include "sequences.hpp"
#include "text_files.hpp"
#include "tokenizer.hpp"
#include "vocabulary.hpp"
#include "word_pieces.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.masked_language 1\n";
constexpr std::int32_t none = -1;             // the target of a place that is not used
constexpr std::uint64_t evaluation_key = 1;   // of the draws outside of a training
constexpr std::int64_t usual_pieces = 30'522;  // of BERT
constexpr int sample_draws = 4;               // is the second stretch another one, where is the cut, which other sample, where does its part begin
constexpr int more_draws = 12;                // which other sample, where the ones before are of the same document

class MaskedDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.masked_language",
                   .summary = "plain texts with hidden pieces of words, and whether two stretches follow each other, as in the pre-training of BERT",
                   .source = "https://arxiv.org/abs/1810.04805",
                   .options = {sdk::paths("train").or_one().items(1, 100000).says("text files, UTF-8, plain or gzip"),
                               sdk::paths("validation").optional().or_one().items(1, 100000).says("text files to validate on"),
                               sdk::paths("test").optional().or_one().items(1, 100000).says("text files to test on"),
                               sdk::text("sentences", "marks").choices({"marks", "lines"}).says("marks: a sentence ends behind . ! ? or at an empty line, and each file is a document; lines: each line is a sentence, and an empty line ends a document"),
                               sdk::integer("length").in(5, 1e6).says("steps of a sample: [CLS], the first stretch, [SEP], the second one, [SEP]; i32, 0 is padding"),
                               sdk::integer("words").optional().in(1, 1e6).says("sentences are joined to samples of at most so many words and punctuation marks; left out: 3/4 of length, for a word has more than one piece"),
                               sdk::path("vocabulary").optional().says("the file of the pieces, one a line, as vocab.txt of a BERT model; left out: they are learnt from the training part"),
                               sdk::integer("num_words").optional().in(6, 1e8).says("pieces that are learnt, with the marks; ids are below it; left out: 30522, as BERT"),
                               sdk::real("mask_share", 0.15).in(0, 1).above(0).says("share of the steps that are hidden: 80 % of them become [MASK], 10 % another piece, 10 % stay"),
                               sdk::integer("most_masked").optional().in(1, 1e6).says("hidden steps of a sample at most, the shape of \"places\" and \"masked\"; left out: mask_share x length, rounded up"),
                               sdk::boolean("whole_words", false).says("whether all pieces of a word are hidden together"),
                               sdk::boolean("next_sentence", true).says("whether there is a second stretch, which in half of the samples of two sentences or more, and in all of one sentence, comes from another training sample (of 10 documents or more: of another one), and the target \"next\": 0 it follows, 1 it does not")}};
    for (std::vector<sdk::OptionSpec> more : {PartRows::options("samples"), token_options("bert")})
      for (sdk::OptionSpec& option : more) info.options.push_back(std::move(option));
    return info;
  }

  explicit MaskedDataset(const sdk::Options& options) : MaskedDataset(options, options.texts("train").at(0)) {
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
      for (const std::string& path : options.texts(option)) read(part, path);
    rows_.divide(options);
    learn(rows_.training_samples());
    log(TRG_LOG_INFO, fmt::format("{} in {}, {}", counted(sentences_.count(), "sentence"), counted(documents_, "document"), rows_.counted("samples")));
    if (cut_ > 0) log(TRG_LOG_INFO, fmt::format("{} longer than {} ({} words), and {} cut", cut_ == 1 ? "1 sentence is" : fmt::format("{} sentences are", cut_), pairs_ ? "half of a sample" : "a sample", most_words_of_a_sentence(), cut_ == 1 ? "was" : "were"));
    broken_.warn();
  }

  // New texts: files that are to be judged are cut into samples as those of the training are. Of others each line is a sample, as is each typed text: [MASK] in it stands for what the
  // network is to tell, and a [SEP] parts two stretches.
  MaskedDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : MaskedDataset(options, input.paths.empty() ? "--text" : input.paths.front()) {
    restore(learnt);
    if (input.judged && input.texts.empty()) {
      for (const std::string& path : input.paths) read(TRG_TEST, path);
    } else {
      typed_ = input.texts;
      for (const std::string& path : input.paths)
        for (std::string& line : read_lines(path)) typed_.push_back(std::move(line));
      if (typed_.empty()) throw sdk::DataError(source_, "expected texts, one a line, found none");
      for (std::size_t i = 0; i < typed_.size(); ++i) {
        broken_.add(repair_utf8(typed_[i]), source_);
        rows_.add(TRG_TEST, static_cast<std::int64_t>(i));
      }
    }
    match();
    broken_.warn();
  }

  void describe(sdk::Description& description) const {
    rows_.describe(description);
    const bool absent = !typed_.empty();
    std::vector<std::string> names = pieces_.pieces();
    names.resize(static_cast<std::size_t>(width_));
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_I32, .shape = {rules_.length}, .classes = pieces_.size(), .class_names = names});
    description.field({.name = "segments", .role = TRG_FEATURE, .type = TRG_I32, .shape = {rules_.length}, .classes = 2});
    description.field({.name = "places", .role = TRG_FEATURE, .type = TRG_I32, .shape = {rules_.most_masked}, .classes = rules_.length});
    description.field({.name = "masked", .role = TRG_TARGET, .type = TRG_I32, .shape = {rules_.most_masked}, .classes = width_, .class_names = names, .absent = absent});
    if (pairs_) description.field({.name = "next", .role = TRG_TARGET, .type = TRG_I32, .classes = 2, .class_names = {"follows", "other"}, .absent = absent});
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn(samples);
    log(TRG_LOG_INFO, fmt::format("{} pieces of words are kept", pieces_.size()));
    PackedBytes bytes(signature);
    bytes.put<std::int64_t>(width_);
    bytes.texts(pieces_.pieces());
    pack_partners(bytes);
    return bytes.take();
  }

  void restore(std::string_view learnt) {
    at_source(source_, [&] {
      UnpackedBytes bytes(learnt, signature, "masked texts");
      width_ = bytes.get<std::int64_t>();
      pieces_ = WordPieces(bytes.texts(), "");
      unpack_partners(bytes);
      bytes.end();
      if (pieces_.mask() < 0 || width_ < pieces_.size() || width_ > std::int64_t{1} << 30) UnpackedBytes::damaged();
    });
    match();
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    UnpackedBytes bytes(learnt, signature, "masked texts");
    bytes.get<std::int64_t>();
    return {{"vocabulary", Vocabulary(bytes.texts()).told()}};
  }

  void fill(const sdk::Batch& batch) const {
    std::vector<double> draws(static_cast<std::size_t>(sample_draws + rules_.draws() + more_draws));
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::size_t record = rows_.record(batch.part(), batch.sample(r));
      std::int32_t other = 0;
      BertSample sample;
      if (typed_.empty()) {
        if (batch.augments()) batch.uniform<double>(r, 0, std::ssize(draws), draws.data());
        else sdk::host().uniform({evaluation_key, static_cast<std::uint64_t>(batch.sample(r))}, 0, std::ssize(draws), TRG_F64, draws.data());
        sample = stretches(batch.part(), batch.sample(r), draws, other);
        mask_pieces(sample, rules_, pieces_, ordinary_, std::span(draws).subspan(sample_draws, static_cast<std::size_t>(rules_.draws())));
      } else {
        sample = typed(typed_[record]);
      }
      write(batch, r, sample, other);
    }
  }

 private:
  struct Chunk {
    std::size_t begin, end;  // sentences
    std::int64_t document;
  };

  MaskedDataset(const sdk::Options& options, std::string source)
      : tokens_(TokenRules::of(options)), ends_(options.text("sentences") == "lines" ? SentenceEnds::lines : SentenceEnds::marks), pairs_(options.boolean("next_sentence")), source_(std::move(source)) {
    rules_ = {.length = options.integer("length"), .most_masked = 0, .share = options.real("mask_share"), .whole_words = options.boolean("whole_words")};
    rules_.most_masked = options.has("most_masked") ? options.integer("most_masked") : static_cast<std::int64_t>(std::ceil(rules_.share * static_cast<double>(rules_.length)));
    if (rules_.most_masked > rules_.length) throw sdk::OptionError("most_masked", fmt::format("expected at most the {} steps of a sample, found {}", rules_.length, rules_.most_masked), fmt::format("most_masked = {}", rules_.length));
    words_ = options.has("words") ? options.integer("words") : std::max<std::int64_t>(2, rules_.length * 3 / 4);
    if (options.has("vocabulary")) vocabulary_file_ = options.text("vocabulary");
    if (options.has("num_words")) asked_pieces_ = options.integer("num_words");
  }

  std::int64_t most_words_of_a_sentence() const { return pairs_ ? (words_ + 1) / 2 : words_; }

  // Sentences are joined while they fit; so a sample never depends on the vocabulary, which is learnt of samples.
  void read(std::int32_t part, const std::string& path) {
    std::string text = read_text_file(path);
    broken_.add(repair_utf8(text), path);
    const std::int64_t before = sentences_.count();
    std::size_t first = static_cast<std::size_t>(before);
    std::int64_t words = 0;
    const auto end_chunk = [&] {
      if (const auto now = static_cast<std::size_t>(sentences_.count()); now > first) {
        rows_.add(part, std::ssize(chunks_));
        chunks_.push_back({first, now, documents_});
        first = now;
      }
      words = 0;
    };
    const auto end_sentence = [&](std::int64_t size) {
      if (words + size > words_) end_chunk();
      sentences_.finish();
      words += size;
    };
    each_sentence(text, ends_, {[&](std::string_view sentence) {
                                  std::int64_t size = 0;
                                  bool is_cut = false;
                                  for_each_token(sentence, tokens_, [&](std::string_view word) {
                                    if (size == most_words_of_a_sentence()) {
                                      cut_ += !is_cut;
                                      is_cut = true;
                                      end_sentence(size);
                                      size = 0;
                                    }
                                    sentences_.add(table_.add(word)), ++size;
                                  });
                                  if (size > 0) end_sentence(size);
                                },
                                [&] {
                                  end_chunk();
                                  documents_ += !chunks_.empty() && chunks_.back().document == documents_;  // several empty lines end one
                                }});
    if (sentences_.count() == before) throw sdk::DataError(path, "expected sentences, found none");
  }

  void learn(std::span<const std::int64_t> samples) {
    partners_.assign(samples.begin(), samples.end());
    std::ranges::sort(partners_);
    std::vector<std::int64_t> counts(table_.size(), 0);
    for (const std::int64_t sample : samples) {
      const Chunk& chunk = chunks_[rows_.record(TRG_TRAIN, sample)];
      for (std::size_t s = chunk.begin; s < chunk.end; ++s)
        for (const std::int32_t word : sentences_[s]) ++counts[static_cast<std::size_t>(word)];
    }
    at_source(source_, [&] {
      if (!vocabulary_file_.empty()) pieces_ = WordPieces::read(vocabulary_file_);
      else pieces_ = learn_pieces(table_, counts, asked_pieces_ > 0 ? asked_pieces_ : usual_pieces);
    });
    if (pieces_.mask() < 0) throw sdk::DataError(vocabulary_file_, fmt::format("expected [MASK] among the {} pieces, found none: nothing could be hidden", pieces_.size()), -1, "a line [MASK] at the end of the file");
    if (!vocabulary_file_.empty() && asked_pieces_ > 0 && asked_pieces_ < pieces_.size())
      throw sdk::OptionError("num_words", fmt::format("expected at least {}, the pieces of {}, found {}", pieces_.size(), vocabulary_file_, asked_pieces_), fmt::format("num_words = {}", pieces_.size()));
    width_ = std::max(asked_pieces_, pieces_.size());
    match();
  }

  // The training samples, as runs. Held-out samples of the same files are none of them: their texts are never a second stretch of a training sample.
  void pack_partners(PackedBytes& bytes) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> runs;
    for (const std::int64_t sample : partners_)
      if (!runs.empty() && runs.back().second == sample) ++runs.back().second;
      else runs.emplace_back(sample, sample + 1);
    bytes.put<std::uint64_t>(runs.size());
    for (const auto& [begin, end] : runs) bytes.put<std::int64_t>(begin), bytes.put<std::int64_t>(end);
  }
  void unpack_partners(UnpackedBytes& bytes) {
    partners_.clear();
    const std::int64_t count = rows_.count(TRG_TRAIN);  // 0 of new texts
    std::int64_t last = 0;
    for (std::uint64_t runs = bytes.get<std::uint64_t>(); runs > 0; --runs) {
      const auto begin = bytes.get<std::int64_t>(), end = bytes.get<std::int64_t>();
      if (begin < last || end <= begin) UnpackedBytes::damaged();
      last = end;
      for (std::int64_t sample = begin; sample < std::min(end, count); ++sample) partners_.push_back(sample);
    }
  }

  void match() {
    for (const int part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST}) {
      std::set<std::int64_t> documents;
      for (std::int64_t i = 0; typed_.empty() && i < partner_count(part); ++i) documents.insert(chunks_[rows_.record(part, partner(part, i))].document);
      documents_of_[static_cast<std::size_t>(part)] = std::ssize(documents);
    }
    pieces_of_ = pieces_.cut(table_);
    ordinary_.clear();
    for (std::int32_t id = 0; id < pieces_.size(); ++id)
      if (const std::string& piece = pieces_.pieces()[static_cast<std::size_t>(id)]; std::find(bert_marks.begin(), bert_marks.end(), piece) == bert_marks.end() && !piece.starts_with("[unused")) ordinary_.push_back(id);
  }

  void append(std::span<const std::int32_t> ids, std::vector<Piece>& to) const {
    for (std::size_t i = 0; i < ids.size(); ++i) to.push_back({ids[i], i == 0});
  }
  std::vector<Piece> pieces_of(std::size_t begin, std::size_t end) const {
    std::vector<Piece> out;
    for (std::size_t s = begin; s < end; ++s)
      for (const std::int32_t word : sentences_[s]) append(pieces_of_[static_cast<std::size_t>(word)], out);
    return out;
  }

  // Samples of the part that a second stretch may come from.
  std::int64_t partner_count(std::int32_t part) const { return part == TRG_TRAIN ? std::ssize(partners_) : rows_.count(part); }
  std::int64_t partner(std::int32_t part, std::int64_t i) const { return part == TRG_TRAIN ? partners_[static_cast<std::size_t>(i)] : i; }

  // One that is not this sample and does not follow it: of another document, where there are several; among few documents their subjects alone would tell. Nothing: there is none.
  std::optional<std::int64_t> other_sample(std::int32_t part, std::int64_t sample, std::span<const double> draws) const {
    constexpr std::int64_t several = 10;
    const std::int64_t count = partner_count(part), document = chunks_[rows_.record(part, sample)].document;
    const bool of_others = documents_of_[static_cast<std::size_t>(part)] >= several;
    const auto fits = [&](std::int64_t other) {
      return other != sample && (chunks_[rows_.record(part, other)].document != document || !(of_others || other == sample + 1));
    };
    std::int64_t at = 0;
    for (const double draw : draws) {
      at = std::min(static_cast<std::int64_t>(draw * static_cast<double>(count)), count - 1);
      if (count > 0 && fits(partner(part, at))) return partner(part, at);
    }
    for (std::int64_t tried = 0; tried < count; ++tried, at = (at + 1) % count)
      if (fits(partner(part, at))) return partner(part, at);
    return std::nullopt;
  }

  BertSample stretches(std::int32_t part, std::int64_t sample, std::span<const double> draws, std::int32_t& other) const {
    const Chunk& chunk = chunks_[rows_.record(part, sample)];
    const auto below = [](double draw, std::size_t count) { return std::min(static_cast<std::size_t>(draw * static_cast<double>(count)), count - 1); };
    if (!pairs_) return joined(pieces_of(chunk.begin, chunk.end), {}, false, rules_.length, pieces_);
    const std::size_t count = chunk.end - chunk.begin, cut = chunk.begin + (count > 1 ? 1 + below(draws[1], count - 1) : 1);
    std::array<double, 1 + more_draws> which{draws[2]};
    std::ranges::copy(draws.last(more_draws), which.begin() + 1);
    const std::optional<std::int64_t> elsewhere = count == 1 || draws[0] < 0.5 ? other_sample(part, sample, which) : std::nullopt;
    std::vector<Piece> first = pieces_of(chunk.begin, cut), second = pieces_of(cut, chunk.end);
    if (elsewhere) {
      const Chunk& from = chunks_[rows_.record(part, *elsewhere)];
      second = pieces_of(from.begin + below(draws[3], from.end - from.begin), from.end);
      other = 1;
    }
    return joined(std::move(first), std::move(second), true, rules_.length, pieces_);
  }

  BertSample typed(const std::string& text) const {
    std::vector<Piece> stretches[2];
    std::size_t at = 0;
    std::vector<std::int32_t> ids;
    for_each_token(text, tokens_, [&](std::string_view word) {
      if (word == "[CLS]" || word == "[PAD]") return;
      if (word == "[SEP]") return static_cast<void>(at = 1);
      ids.clear();
      pieces_.split(word, ids);
      append(ids, stretches[at]);
    });
    BertSample sample = joined(std::move(stretches[0]), std::move(stretches[1]), at > 0, rules_.length, pieces_);
    for (std::size_t t = 0; t < sample.steps.size() && std::ssize(sample.places) < rules_.most_masked; ++t)
      if (sample.steps[t].id == pieces_.mask()) sample.places.push_back(static_cast<std::int32_t>(t));
    return sample;
  }

  void write(const sdk::Batch& batch, std::int64_t row, const BertSample& sample, std::int32_t other) const {
    const auto put = [&](int field, std::int64_t width, std::int32_t rest, std::size_t count, auto&& value) {
      if (!batch.wanted(field)) return;
      std::int32_t* to = batch.field<std::int32_t>(field) + row * width;
      for (std::size_t i = 0; i < count; ++i) *to++ = value(i);
      std::fill_n(to, width - static_cast<std::int64_t>(count), rest);
    };
    put(0, rules_.length, pieces_.padding(), sample.steps.size(), [&](std::size_t t) { return sample.steps[t].id; });
    put(1, rules_.length, 0, sample.segments.size(), [&](std::size_t t) { return sample.segments[t]; });
    put(2, rules_.most_masked, 0, sample.places.size(), [&](std::size_t i) { return sample.places[i]; });
    put(3, rules_.most_masked, none, sample.originals.size(), [&](std::size_t i) { return sample.originals[i]; });
    if (pairs_) put(4, 1, 0, 1, [&](std::size_t) { return other; });
  }

  TokenRules tokens_;
  SentenceEnds ends_;
  bool pairs_;
  MaskingRules rules_{};
  std::int64_t words_ = 0, asked_pieces_ = 0;  // 0: left out
  std::string source_, vocabulary_file_;
  TokenTable table_;
  Sequences sentences_;
  std::vector<Chunk> chunks_;
  PartRows rows_;                   // chunks; of new texts, which one
  std::vector<std::string> typed_;  // new texts; empty: samples are of files
  std::int64_t documents_ = 0, cut_ = 0, width_ = 0;
  std::vector<std::int64_t> partners_;  // training samples, in order
  std::array<std::int64_t, 3> documents_of_{};  // of each part, of its partners
  WordPieces pieces_;
  Sequences pieces_of_;  // of each word of the table
  std::vector<std::int32_t> ordinary_;
  BrokenTexts broken_;
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::MaskedDataset>())
