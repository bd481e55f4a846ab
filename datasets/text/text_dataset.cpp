// SPDX-License-Identifier: Apache-2.0
// The data set `text`: labelled texts for classification. Broken UTF-8 becomes U+FFFD, a text without a word becomes padding alone; both are
// counted in the log.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/sdk/dataset.hpp>

#include "at_source.hpp"
#include "labelled_texts.hpp"
#include "log.hpp"
#include "text_encoder.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.text 3\n", without_marks = "teranga.text 2\n";

// What a checkpoint keeps: the marks of the training table, which edition 2 does not have, and behind them what is still packed.
struct TextKnowledge {
  UnpackedBytes bytes;
  TableMarks marks;

  static TextKnowledge of(std::string_view learnt) {
    const bool without = learnt.starts_with(without_marks);
    TextKnowledge knowledge{UnpackedBytes(learnt, without ? without_marks : signature, "texts"), {}};
    if (!without) knowledge.marks = unpack_marks(knowledge.bytes);
    return knowledge;
  }
};

class TextDataset {
 public:
  static sdk::Info info() {
    sdk::Info info{.name = "teranga.text",
                   .summary = "texts with a class each, as ids of words or bags of words: folders (IMDB), tables, Keras's imdb.npz",
                   .source = "keras.layers.TextVectorization, keras.datasets.imdb, keras.utils.pad_sequences",
                   .options = LabelledTexts::options()};
    for (sdk::OptionSpec& option : TextEncoder::options()) info.options.push_back(std::move(option));
    info.options.push_back(sdk::boolean("segments", false).says("a second feature \"segments\", i32 of the shape of the ids, as BERT has it: 0 at every step, for a text is one segment"));
    return info;
  }

  explicit TextDataset(const sdk::Options& options) : texts_(options), source_(options.text(options.has("folder") ? "folder" : "train")), encoder_(options, texts_), label_column_(name_of_labels(options)), segments_(segments_of(options)) {
    at_source(source_, [&] { encoder_.learn(texts_.rows().training_samples()); });
    classes_ = texts_.training_labels();
    match_labels();
    log(TRG_LOG_INFO, texts_.rows().counted("texts"));
    if (texts_.empty() > 0) log(TRG_LOG_WARNING, fmt::format("{} texts have no word; they become padding alone", texts_.empty()));
    texts_.broken().warn();
  }

  // New texts; those without a label, or with one that no training text has, have no target.
  TextDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : TextDataset(options, TextKnowledge::of(learnt), input) {}
  static constexpr const char* endings = ".txt .txt.gz .csv .csv.gz .tsv .tsv.gz .tab .tab.gz";

  void describe(sdk::Description& description) const {
    texts_.rows().describe(description);
    sdk::Field x{.name = "x", .role = TRG_FEATURE, .type = TRG_F32, .shape = encoder_.shape()};
    if (encoder_.ids()) x.type = TRG_I32, x.classes = encoder_.named(), x.class_names = encoder_.names();
    else x.columns = encoder_.names();
    description.field(x);
    if (segments_) description.field({.name = "segments", .role = TRG_FEATURE, .type = TRG_I32, .shape = encoder_.shape(), .classes = 2});
    encoder_.buckets().describe(description);
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = static_cast<std::int64_t>(classes_.size()), .class_names = classes_, .absent = absent_};
    if (!label_column_.empty()) y.columns = {label_column_};
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    at_source(source_, [&] { encoder_.learn(samples); });
    if (!texts_.numbered())
      log(TRG_LOG_INFO, fmt::format("{} {} are kept, {:.1f} % of all words in the training part{}", encoder_.vocabulary().size(), texts_.rules().pieces ? "pieces of words" : "words", 100 * encoder_.covered(), texts_.rules().pieces ? " can be cut into them" : ""));
    if (!samples.empty()) log(TRG_LOG_INFO, fmt::format("the first training text is \"{} ...\"", encoder_.spelled(texts_.tokens(TRG_TRAIN, samples[0]), 12)));
    PackedBytes bytes(signature);
    pack_marks(bytes, texts_.marks());
    bytes.texts(classes_);
    encoder_.pack(bytes);
    return bytes.take();
  }

  void restore(std::string_view learnt) {
    at_source(source_, [&] {
      UnpackedBytes bytes = TextKnowledge::of(learnt).bytes;
      classes_ = bytes.texts();
      encoder_.unpack(bytes);
      bytes.end();
    });
    match_labels();
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    UnpackedBytes bytes = TextKnowledge::of(learnt).bytes;
    std::vector<sdk::Learnt> out = {{"classes", fmt::format("{}", fmt::join(bytes.texts(), ", "))}};
    TextEncoder encoder = encoder_;
    encoder.unpack(bytes);
    encoder.tell(out);
    return out;
  }

  std::string sample_name(std::int64_t sample) const { return texts_.file(sample); }

  // Of the new texts.
  std::vector<std::string> column(const std::string& name) const { return texts_.column(name); }
  std::string column_name(const std::string& wanted) const { return texts_.column_name(wanted); }

  void measure(std::int32_t part, std::span<const std::int64_t> samples, std::int64_t* lengths) const {
    std::transform(samples.begin(), samples.end(), lengths, [&](std::int64_t sample) { return encoder_.steps(texts_.tokens(part, sample)); });
  }

  void fill(const sdk::Batch& batch) const {
    const std::int64_t length = batch.extent(0, 1), values = encoder_.shape().size() == 1 ? length : length * encoder_.width();
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::int64_t sample = batch.sample(r);
      if (batch.wanted(0) && encoder_.ids()) encoder_.encode(texts_.tokens(batch.part(), sample), length, batch.field<std::int32_t>(0) + r * values);
      else if (batch.wanted(0)) encoder_.encode(texts_.tokens(batch.part(), sample), length, batch.field<float>(0) + r * values);
      if (segments_ && batch.wanted(1)) std::fill_n(batch.field<std::int32_t>(1) + r * length, length, 0);
      if (const int y = segments_ ? 2 : 1; batch.wanted(y)) batch.field<std::int32_t>(y)[r] = class_of_[static_cast<std::size_t>(texts_.label(batch.part(), sample))];
    }
  }

 private:
  TextDataset(const sdk::Options& options, TextKnowledge learnt, const sdk::NewInput& input)
      : texts_(options, learnt.marks, input), source_(input.paths.empty() ? "--text" : input.paths.front()), classes_(learnt.bytes.texts()), encoder_(options, texts_, learnt.bytes), label_column_(name_of_labels(options)), segments_(segments_of(options)), absent_(!texts_.labelled()) {
    learnt.bytes.end();
    for (const LabelledTexts::Label& label : texts_.labels()) absent_ = absent_ || std::find(classes_.begin(), classes_.end(), label.name) == classes_.end();
    if (!absent_) match_labels();
    texts_.broken().warn();
    warn_of_unknown(texts_.count(TRG_TEST), "texts", "words", [&](std::int64_t sample) { return encoder_.knows(texts_.tokens(TRG_TEST, sample)); });
  }

  static std::string name_of_labels(const sdk::Options& options) {
    const std::string column = options.has("label_column") ? options.text("label_column") : "";
    return column.find_first_not_of("-0123456789") == column.npos ? "" : column;
  }

  static bool segments_of(const sdk::Options& options) {
    if (!options.boolean("segments") || options.text("encoding") == "ids") return options.boolean("segments");
    throw sdk::OptionError("segments", fmt::format("are those of ids, and encoding \"{}\" has none", options.text("encoding")), "leave out segments");
  }

  void match_labels() {
    class_of_.clear();
    const std::unordered_map<std::string_view, std::int32_t> numbers = numbered(classes_);
    for (const LabelledTexts::Label& label : texts_.labels()) {
      const auto at = numbers.find(label.name);
      if (at == numbers.end())
        throw sdk::DataError(label.where, fmt::format("expected one of the {} labels of the training part, found \"{}\"", classes_.size(), label.name));
      class_of_.push_back(at->second);
    }
  }

  LabelledTexts texts_;
  std::string source_;
  std::vector<std::string> classes_;
  TextEncoder encoder_;
  std::string label_column_;  // its name, where labels come from a table and it is asked for by name
  bool segments_;
  bool absent_ = false;       // the target
  std::vector<std::int32_t> class_of_;  // of each label of texts_
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::TextDataset>())
