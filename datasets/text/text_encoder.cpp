// SPDX-License-Identifier: Apache-2.0
#include "text_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <teranga/core/hash.hpp>
#include <teranga/sdk/dataset.hpp>

#include "word_index.hpp"

namespace teranga::datasets {

std::vector<sdk::OptionSpec> TextEncoder::options() {
  std::vector<sdk::OptionSpec> options = {
      sdk::text("encoding", "ids").choices({"ids", "one_hot", "binary", "count", "tf_idf"})
          .says("ids: i32 [maxlen]; one_hot: f32 [maxlen, num_words], rows of zeros where padded; a bag of words, f32 [num_words]: binary, count, or count log(1 + N / (1 + texts with the word))"),
      sdk::integer("num_words").optional().in(4, 1e8).says("ids are below it, those that are reserved included; the most frequent words are kept; left out: all words of the training part"),
      sdk::text("ids", "keras_imdb").choices({"keras_imdb", "text_vectorization"})
          .says("of words, not of split = \"word_piece\", where every text is [CLS], its pieces, [SEP]: keras_imdb: 0 padding, 1 start, 2 unknown, words from 3; text_vectorization: 0 padding, 1 unknown, words from 2 (in bags: 0 unknown, words from 1)"),
      sdk::integer("index_from", 3).in(0, 1e6).says("keras_imdb: the id of the most frequent word; of imdb.npz, whose words count from 1, it is added to each"),
      sdk::integer("start_char", 1).in(-1, 1e6).says("keras_imdb: the id that every text begins with; -1: none"),
      sdk::integer("oov_char", 2).in(-1, 1e6).says("keras_imdb: the id of words that are not kept; -1: they are left out"),
      sdk::path("vocabulary").optional().says("split = \"word_piece\": the file of the pieces, one a line, as vocab.txt of a BERT model; left out: num_words pieces are learnt from the training part"),
      sdk::path("word_index").optional().says("Keras's imdb_word_index.json, to show the words of imdb.npz")};
  for (sdk::OptionSpec& option : padding_options("pre", "as the longest training text")) options.push_back(std::move(option));
  options.push_back(Buckets::option("texts", "as truncating says"));
  return options;
}

TextEncoder::TextEncoder(const sdk::Options& options, const LabelledTexts& texts, bool numbered)
    : texts_(texts), numbered_(numbered), encoding_(options.text("encoding")), padding_(Padding::of(options)), buckets_(options, {"maxlen"}), keras_imdb_(options.text("ids") == "keras_imdb"),
      pieces_asked_(texts.rules().pieces), index_from_(options.integer("index_from")), start_char_(options.integer("start_char")), oov_char_(options.integer("oov_char")) {
  if (options.has("num_words")) asked_words_ = options.integer("num_words");
  if (options.has("maxlen")) asked_length_ = options.integer("maxlen");
  if (asked_length_ > 0 && bag()) throw sdk::OptionError("maxlen", fmt::format("a bag of words (encoding \"{}\") has no length", encoding_), "leave out maxlen");
  if (options.has("vocabulary")) pieces_file_ = options.text("vocabulary");
  if (!pieces_asked_ && !pieces_file_.empty()) throw sdk::OptionError("vocabulary", "is a file of pieces of words, and words are not cut into pieces", "split = \"word_piece\"");
  if (pieces_asked_ && !keras_imdb_) throw sdk::OptionError("ids", "the ids of split = \"word_piece\" are those of its vocabulary", "leave out ids");
  if (buckets_.any() && bag()) throw sdk::OptionError("buckets", fmt::format("a bag of words (encoding \"{}\") has no length", encoding_), "leave out buckets");
}

TextEncoder::TextEncoder(const sdk::Options& options, const LabelledTexts& texts, UnpackedBytes& learnt) : TextEncoder(options, texts, false) {
  unpack(learnt);
  if (numbered_ && vocabulary_.size() == 0)
    throw sdk::DataError("", "the network was trained on numbers of words, and nobody told it the words", -1, "train it again with --set data.word_index=imdb_word_index.json");
}

TextEncoder::TextEncoder(const sdk::Options& options, const LabelledTexts& texts) : TextEncoder(options, texts, texts.numbered()) {
  if (options.has("word_index")) {
    if (!texts.numbered()) throw sdk::OptionError("word_index", "is for Keras's npz files; other texts bring their words", "leave out word_index");
    index_words_ = read_word_index(options.text("word_index"));
  }
  if (texts.numbered() && !keras_imdb_) throw sdk::OptionError("ids", "an npz file of Keras is numbered as keras_imdb", "ids = \"keras_imdb\"");
  if (texts.numbered() && pieces_asked_) throw sdk::OptionError("split", "an npz file of Keras has numbers of words, which have no pieces", "leave out split");
  if (pieces_asked_) return;
  const Scheme fixed = scheme();
  if (!texts.numbered() && (fixed.start >= fixed.first_word || fixed.unknown >= fixed.first_word))
    throw sdk::OptionError("index_from", fmt::format("expected words after start_char {} and oov_char {}, found words from {}", fixed.start, fixed.unknown, fixed.first_word), fmt::format("index_from = {}", std::max(fixed.start, fixed.unknown) + 1));
  if (asked_words_ > 0 && std::max({fixed.start, fixed.unknown, fixed.first_word}) >= asked_words_)
    throw sdk::OptionError("num_words", fmt::format("{} leaves no room for words, which begin at {}", asked_words_, fixed.first_word), fmt::format("num_words = {}", 10'000 + std::max({fixed.start, fixed.unknown, fixed.first_word})));
}

TextEncoder::Scheme TextEncoder::scheme() const {
  if (keras_imdb_) return {index_from_, start_char_, oov_char_};
  return bag() ? Scheme{1, -1, 0} : Scheme{2, -1, 1};
}

// Ids before padding.
std::vector<std::int32_t> TextEncoder::numbers(std::span<const std::int32_t> tokens) const {
  if (pieces_asked_) {
    std::vector<std::int32_t> ids;
    if (!bag()) ids.push_back(pieces_.start());
    for (const std::int32_t token : tokens) {
      const std::span<const std::int32_t> pieces = pieces_of_[static_cast<std::size_t>(token)];
      ids.insert(ids.end(), pieces.begin(), pieces.end());
    }
    if (!bag()) ids.push_back(pieces_.end());
    return ids;
  }
  const Scheme fixed = scheme();
  std::vector<std::int32_t> ids;
  ids.reserve(tokens.size() + 1);
  const auto add = [&](std::int64_t id) {
    if (id >= 0 && id < width_) ids.push_back(static_cast<std::int32_t>(id));
    else if (fixed.unknown >= 0) ids.push_back(static_cast<std::int32_t>(fixed.unknown));
  };
  if (fixed.start >= 0) ids.push_back(static_cast<std::int32_t>(fixed.start));
  for (const std::int32_t token : tokens) {
    if (texts_.numbered()) add(token + fixed.first_word);
    else add(places_[static_cast<std::size_t>(token)] < 0 ? -1 : places_[static_cast<std::size_t>(token)] + fixed.first_word + (numbered_ ? 1 : 0));  // ranks count from 1
  }
  return ids;
}

std::vector<std::int32_t> TextEncoder::numbers_within(std::span<const std::int32_t> tokens, std::int64_t length) const {
  std::vector<std::int32_t> ids = numbers(tokens);
  const auto most = static_cast<std::size_t>(length);
  if (!pieces_asked_ || ids.size() <= most) return ids;
  const auto surplus = static_cast<std::ptrdiff_t>(ids.size() - most);
  if (padding_.cut_front) ids.erase(ids.begin() + 1, ids.begin() + 1 + surplus);
  else ids.erase(ids.end() - 1 - surplus, ids.end() - 1);
  return ids;
}

bool TextEncoder::knows(std::span<const std::int32_t> tokens) const {
  if (pieces_asked_)
    return std::any_of(tokens.begin(), tokens.end(), [&](std::int32_t token) { return pieces_of_[static_cast<std::size_t>(token)].front() != pieces_.unknown(); });
  return std::any_of(tokens.begin(), tokens.end(), [&](std::int32_t token) { return texts_.numbered() || places_[static_cast<std::size_t>(token)] >= 0; });
}

// Of numbered texts every id below the width may be a word.
std::int64_t TextEncoder::named() const { return pieces_asked_ ? pieces_.size() : numbered_ ? width_ : std::min(width_, scheme().first_word + vocabulary_.size()); }

std::vector<std::string> TextEncoder::names() const {
  if (vocabulary_.size() == 0) return {};
  const Scheme fixed = scheme();
  std::vector<std::string> out = pieces_.pieces();
  out.resize(static_cast<std::size_t>(width_));
  if (pieces_asked_) return out;
  const std::int64_t first = fixed.first_word + (numbered_ ? 1 : 0);  // ranks count from 1
  for (std::int64_t place = 0; place < vocabulary_.size() && first + place < width_; ++place) out[static_cast<std::size_t>(first + place)] = vocabulary_.words()[static_cast<std::size_t>(place)];
  if (fixed.start >= 0) out[static_cast<std::size_t>(fixed.start)] = "[START]";
  if (fixed.unknown >= 0) out[static_cast<std::size_t>(fixed.unknown)] = "[UNK]";
  return out;
}

// Over all parts, as keras.datasets.imdb.load_data does where num_words is left out.
std::int64_t TextEncoder::largest_id() const {
  std::int64_t largest = scheme().start;
  for (const std::int32_t part : {TRG_TRAIN, TRG_TEST})
    for (std::int64_t i = 0; i < texts_.count(part); ++i)
      for (const std::int32_t rank : texts_.tokens(part, i)) largest = std::max(largest, rank + index_from_);
  return largest;
}

void TextEncoder::learn(std::span<const std::int64_t> samples) {
  const Scheme fixed = scheme();
  if (texts_.numbered()) {
    width_ = asked_words_ > 0 ? asked_words_ : largest_id();
    for (const auto& [option, id] : {std::pair{"start_char", fixed.start}, {"oov_char", fixed.unknown}})
      if (id >= width_) throw sdk::OptionError(option, fmt::format("expected an id below {}, the largest of the texts, found {}", width_, id), fmt::format("num_words = {}", id + 1));
    std::vector<std::string> kept;
    for (std::size_t rank = 1; rank < index_words_.size() && static_cast<std::int64_t>(rank) + index_from_ < width_; ++rank) kept.push_back(index_words_[rank]);
    vocabulary_ = Vocabulary(std::move(kept));
  } else {
    std::vector<std::int64_t> counts(texts_.table().size(), 0);
    for (const std::int64_t sample : samples)
      for (const std::int32_t token : texts_.tokens(TRG_TRAIN, sample)) ++counts[static_cast<std::size_t>(token)];
    if (pieces_asked_) learn_pieces(counts);
    else vocabulary_ = Vocabulary::learn(texts_.table(), counts, asked_words_ > 0 ? asked_words_ - fixed.first_word : 0);
    if (vocabulary_.size() == 0) throw sdk::DataError("", "expected words in the training texts, found none: all are empty");
    width_ = asked_words_ > 0 ? asked_words_ : (pieces_asked_ ? 0 : fixed.first_word) + vocabulary_.size();
    match();
    std::int64_t all = 0, kept = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto token = static_cast<std::int32_t>(i);
      all += counts[i], kept += knows({&token, 1}) ? counts[i] : 0;
    }
    covered_ = static_cast<double>(kept) / static_cast<double>(all);
  }
  length_ = buckets_.length_or(asked_length_);
  if (length_ == 0) {
    length_ = 1;
    for (const std::int64_t sample : samples) length_ = std::max(length_, static_cast<std::int64_t>(numbers(texts_.tokens(TRG_TRAIN, sample)).size()));
  }
  if (encoding_ == "tf_idf") learn_weights(samples);
}

// The words of the training texts, or a file.
void TextEncoder::learn_pieces(const std::vector<std::int64_t>& counts) {
  constexpr std::int64_t usual_pieces = 30'522;
  if (pieces_file_.empty()) {
    pieces_ = datasets::learn_pieces(texts_.table(), counts, asked_words_ > 0 ? asked_words_ : usual_pieces);
  } else {
    pieces_ = WordPieces::read(pieces_file_);
    if (asked_words_ > 0 && asked_words_ < pieces_.size())
      throw sdk::OptionError("num_words", fmt::format("expected at least {}, the pieces of {}, found {}", pieces_.size(), pieces_file_, asked_words_), fmt::format("num_words = {}", pieces_.size()));
  }
  vocabulary_ = Vocabulary(pieces_.pieces());
}

// log(1 + N / (1 + n)) of N texts, n of which have the word. Ids that are no words carry the mean of those that are, as in Keras's layer; ids
// beyond the vocabulary never occur and weigh 0. Of numbered texts every id is a word.
void TextEncoder::learn_weights(std::span<const std::int64_t> samples) {
  std::vector<std::int64_t> texts_with(static_cast<std::size_t>(width_), 0);
  for (const std::int64_t sample : samples) {
    std::vector<std::int32_t> ids = numbers(texts_.tokens(TRG_TRAIN, sample));
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const std::int32_t id : ids) ++texts_with[static_cast<std::size_t>(id)];
  }
  weights_.assign(texts_with.size(), 0.0f);
  const auto first = texts_.numbered() || pieces_asked_ ? 0 : static_cast<std::size_t>(scheme().first_word);
  const std::size_t end = texts_.numbered() ? weights_.size() : first + static_cast<std::size_t>(vocabulary_.size());
  double sum = 0;
  for (std::size_t id = first; id < end; ++id) {
    weights_[id] = static_cast<float>(std::log(1.0 + static_cast<double>(samples.size()) / static_cast<double>(1 + texts_with[id])));
    sum += weights_[id];
  }
  if (first > 0) std::fill_n(weights_.begin(), first, static_cast<float>(sum / static_cast<double>(end - first)));
}

void TextEncoder::match() {
  if (pieces_asked_) {
    pieces_of_ = pieces_.cut(texts_.table());
    return;
  }
  if (!texts_.numbered()) places_ = vocabulary_.places(texts_.table());
}

void TextEncoder::pack(PackedBytes& bytes) const {
  bytes.put<std::uint8_t>(numbered_);
  bytes.put<std::int64_t>(width_);
  bytes.put<std::int64_t>(length_);
  bytes.texts(vocabulary_.words());
  bytes.put<std::uint64_t>(weights_.size());
  for (const float weight : weights_) bytes.put(weight);
}

void TextEncoder::unpack(UnpackedBytes& bytes) {
  const bool numbered = bytes.get<std::uint8_t>() != 0;
  if (texts_.numbered() && !numbered) throw sdk::DataError("", "expected texts of words, as the checkpoint learnt from, found numbers of words");
  numbered_ = numbered;
  width_ = bytes.get<std::int64_t>();
  length_ = bytes.get<std::int64_t>();
  vocabulary_ = Vocabulary(bytes.texts());
  weights_.clear();
  for (auto left = bytes.get<std::uint64_t>(); left > 0; --left) weights_.push_back(bytes.get<float>());
  if (pieces_asked_) pieces_ = WordPieces(vocabulary_.words(), "");
  if (pieces_asked_ && pieces_.empty()) UnpackedBytes::damaged();
  const Scheme fixed = pieces_asked_ ? Scheme{0, pieces_.start(), pieces_.unknown()} : scheme();
  if (width_ <= std::max({fixed.start, fixed.unknown, std::int64_t{0}}) || width_ > std::int64_t{1} << 30 || length_ < 1 || length_ > std::int64_t{1} << 30 ||
      (!numbered_ && fixed.first_word + vocabulary_.size() > width_))
    UnpackedBytes::damaged();
  if (weights_.size() != (encoding_ == "tf_idf" ? static_cast<std::size_t>(width_) : 0))
    throw sdk::DataError("", fmt::format("the checkpoint was learnt with another encoding than \"{}\"", encoding_));
  match();
}

std::vector<std::int64_t> TextEncoder::shape() const {
  if (bag()) return {width_};
  const std::int64_t steps = buckets_.extent_or(length_);
  return ids() ? std::vector<std::int64_t>{steps} : std::vector<std::int64_t>{steps, width_};
}

void TextEncoder::encode(std::span<const std::int32_t> tokens, std::int64_t length, std::int32_t* to) const {
  const std::vector<std::int32_t> found = numbers_within(tokens, length);
  padding_.write(std::span<const std::int32_t>(found), length, std::int32_t{0}, to);
}

void TextEncoder::encode(std::span<const std::int32_t> tokens, std::int64_t length, float* to) const {
  const std::vector<std::int32_t> found = bag() ? numbers(tokens) : numbers_within(tokens, length);
  if (encoding_ == "one_hot") {
    std::vector<std::int32_t> steps(static_cast<std::size_t>(length));
    padding_.write(std::span<const std::int32_t>(found), length, std::int32_t{-1}, steps.data());
    std::fill_n(to, length * width_, 0.0f);
    for (std::size_t t = 0; t < steps.size(); ++t)
      if (steps[t] >= 0) to[static_cast<std::int64_t>(t) * width_ + steps[t]] = 1.0f;
    return;
  }
  std::fill_n(to, width_, 0.0f);
  for (const std::int32_t id : found) to[id] = encoding_ == "binary" ? 1.0f : to[id] + 1.0f;
  if (encoding_ == "tf_idf")
    for (std::size_t i = 0; i < weights_.size(); ++i) to[i] *= weights_[i];
}

void TextEncoder::tell(std::vector<sdk::Learnt>& out) const {
  out.push_back({"vocabulary", vocabulary_.told()});
  out.push_back({"ids", fmt::format("below {}", width_)});
  if (!bag()) out.push_back({"steps of a text", fmt::format("{}", length_)});
  if (!weights_.empty()) out.push_back({"weights of words", content_hash(weights_.data(), weights_.size() * sizeof(float)).substr(0, 8)});
}

std::string TextEncoder::spelled(std::span<const std::int32_t> tokens, std::size_t most) const {
  const Scheme fixed = pieces_asked_ ? Scheme{0, -1, -1} : scheme();
  std::string out;
  const std::vector<std::int32_t> ids = numbers(tokens);
  const std::vector<std::string> known = names();
  for (std::size_t i = 0; i < std::min(most, ids.size()); ++i) {
    const auto id = static_cast<std::size_t>(ids[i]);
    out += i ? " " : "";
    out += id < known.size() && !known[id].empty() ? known[id] : ids[i] == fixed.start ? "[START]" : ids[i] == fixed.unknown ? "[UNK]" : fmt::format("[{}]", ids[i]);
  }
  return out;
}

}  // namespace teranga::datasets
