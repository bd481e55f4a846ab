// SPDX-License-Identifier: Apache-2.0
// The data set `audio_folder`: sounds in files, as rows of features, with a class or a transcript each. A shorter sound is filled up with steps of one value, which the layer `masking`
// finds.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/cell_values.hpp>
#include <teranga/datasets/log.hpp>
#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/datasets/part_rows.hpp>
#include <teranga/datasets/part_tree.hpp>
#include <teranga/sdk/dataset.hpp>

#include "../text/buckets.hpp"
#include "../text/padding.hpp"
#include "feature_store.hpp"
#include "letters.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.audio_folder 1\n";

// What the training settles.
struct SoundKnowledge {
  std::int64_t rate = 0, width = 0, length = 0;  // Hz; numbers of a step; steps of a sample without buckets
  std::int64_t text_length = 0;                  // letters of the longest transcript
  std::vector<std::string> classes = {};         // or
  Letters letters = {};
  std::vector<double> means = {}, deviations = {};  // of each number of a step; empty: not normalized by them

  std::string pack() const {
    PackedBytes bytes(signature);
    for (const std::int64_t number : {rate, width, length, text_length}) bytes.put(number);
    bytes.texts(classes);
    bytes.texts(letters.letters());
    for (const std::vector<double>* list : {&means, &deviations}) {
      bytes.put(static_cast<std::int64_t>(list->size()));
      for (const double value : *list) bytes.put(value);
    }
    return bytes.take();
  }
  static SoundKnowledge of(std::string_view learnt) {
    UnpackedBytes bytes(learnt, signature, "sounds");
    SoundKnowledge out;
    for (std::int64_t* number : {&out.rate, &out.width, &out.length, &out.text_length}) *number = bytes.get<std::int64_t>();
    constexpr std::int64_t most = std::int64_t{1} << 30;
    if (out.rate < 1 || out.rate > most || out.width < 1 || out.width > most || out.length < 1 || out.length > most || out.text_length < 0 || out.text_length > most) UnpackedBytes::damaged();
    out.classes = bytes.texts();
    out.letters = Letters(bytes.texts());
    for (std::vector<double>* list : {&out.means, &out.deviations}) {
      const auto count = bytes.get<std::int64_t>();
      if (count != 0 && count != out.width) UnpackedBytes::damaged();
      for (std::int64_t i = 0; i < count; ++i) list->push_back(bytes.get<double>());
    }
    bytes.end();
    return out;
  }
};

enum class Targets { none, classes, text };

class AudioDataset {
 public:
  static constexpr const char* endings = ".wav .flac .ogg .oga .csv .csv.gz .tsv .tsv.gz .tab .tab.gz .txt .txt.gz";

  static sdk::Info info() {
    sdk::Info info{.name = "teranga.audio_folder",
                   .summary = "sounds in files (WAV, FLAC, Ogg) as log-mel spectrograms, MFCC or waves; a folder for each class, or a table of classes or transcripts",
                   .source = "librosa.feature.melspectrogram, librosa.power_to_db, librosa.feature.mfcc, keras.utils.pad_sequences",
                   .options = {sdk::path("folder").optional().says("a tree <folder>/train/<class>/*.wav, /validation (or /val, /valid) and /test alike, in any letter case; or <folder>/<class>/*.wav. Sounds without classes lie where the class folders would"),
                               sdk::path("train").optional().says("in place of folder: the folder to train on, <train>/<class>/*.wav, or a table with a row for each sound"),
                               sdk::path("validation").optional().says("the folder or table to validate on"), sdk::path("test").optional().says("the folder or table to test on")}};
    std::vector<std::vector<sdk::OptionSpec>> more = {RecordingRequest::options(), AskedFeatures::options()};
    more.push_back({sdk::text("normalize", "none").choices({"none", "standard", "each"}).says("standard: each number of a step has mean 0 and deviation 1, learnt from the training part; each: the same within each sound by itself"),
                    sdk::integer("text_length").optional().in(1, 1e6).says("letters of a transcript, and no one may have more; left out: those of the longest")});
    more.push_back(token_options("unicode"));
    more.push_back(padding_options("post", "as the longest training sound"));
    more.push_back({sdk::real("padding_value", 0.0).says("all numbers of a step that fills up; the mask_value of the layer masking"), Buckets::option("sounds", "as truncating says")});
    more.push_back(FeatureStore::options());
    more.push_back(PartRows::options_of_sorted("sounds"));
    for (std::vector<sdk::OptionSpec>& list : more)
      for (sdk::OptionSpec& option : list) info.options.push_back(std::move(option));
    return info;
  }

  explicit AudioDataset(const sdk::Options& options) : AudioDataset(options, 0) {
    std::vector<Recording> all;
    std::vector<std::int32_t> part_of;
    std::size_t training = 0;
    for (const auto& [part, path] : part_paths(options)) {
      std::vector<Recording> found = list_recordings(path, request_);
      if (part == TRG_TRAIN) targets_ = of_first(found);
      check_targets(found, path);
      for (Recording& one : found) all.push_back(std::move(one)), part_of.push_back(part);
      if (part == TRG_TRAIN) training = all.size();
    }
    store_ = FeatureStore(std::move(all), options, 0, training);
    take_targets(options.text("on_error") == "skip");
    for (std::size_t i = 0; i < store_.count(); ++i)
      if (is_taken(i)) rows_.add(part_of[i], static_cast<std::int64_t>(i));
    if (rows_.count(TRG_TRAIN) == 0) throw sdk::DataError(store_.recording(0).path, "no sound of the training part can be taken");
    rows_.divide(options);
    known_.rate = store_.rate(), known_.width = store_.width();
    learn(rows_.training_samples());
    match_classes();
    if (targets_ == Targets::none) log(TRG_LOG_INFO, "the sounds have no classes, so there is no target; a class is a folder of its own: FOLDER/CLASS/*.wav");
  }

  // New samples: sounds, a folder of them or a table. Targets that the training does not know, or that are not there, are absent.
  AudioDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : AudioDataset(options, 0) {
    if (!input.texts.empty()) throw sdk::DataError("", "expected files of sounds, found typed text");
    known_ = SoundKnowledge::of(learnt);
    std::vector<Recording> found = list_new_recordings(input.paths, request_);
    root_ = common_root(input.paths);
    targets_ = !known_.classes.empty() ? Targets::classes : known_.text_length > 0 ? Targets::text : Targets::none;
    for (const Recording& one : found) {
      const bool known = one.target && (targets_ != Targets::classes || std::ranges::find(known_.classes, *one.target) != known_.classes.end());
      if (known) continue;
      if (targets_ != Targets::none && input.judged) throw sdk::DataError(one.where, one.target ? fmt::format("expected one of the {} classes of the training, {}, found \"{}\"", known_.classes.size(), shortened(known_.classes), *one.target) : "expected a target of each sound to be judged by, found none");
      absent_ = true;
    }
    store_ = FeatureStore(std::move(found), options, known_.rate, 0);
    if (absent_) taken_.assign(store_.count(), 1);
    else take_targets(options.text("on_error") == "skip");
    for (std::size_t i = 0; i < store_.count(); ++i)
      if (is_taken(i)) rows_.add(TRG_TEST, static_cast<std::int64_t>(i));
    if (rows_.count(TRG_TEST) == 0) throw sdk::DataError(input.paths.empty() ? "" : input.paths[0], "no sound can be taken");
    check_width();
    if (!absent_) match_classes();
  }

  void describe(sdk::Description& description) const {
    rows_.describe(description);
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_F32, .shape = {buckets_.extent_or(known_.length), known_.width}});
    buckets_.describe(description);
    if (targets_ == Targets::none) return;
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_I32, .absent = absent_};
    if (targets_ == Targets::text) y.shape = {known_.text_length}, y.class_names = known_.letters.names();
    else y.class_names = known_.classes;
    y.classes = std::ssize(y.class_names);
    if (!request_.target_name().empty()) y.columns = {request_.target_name()};
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    learn(samples);
    match_classes();
    log(TRG_LOG_INFO, fmt::format("{}; {}", rows_.counted("sounds"), store_.features().told()));
    log(TRG_LOG_INFO, fmt::format("a sound has {} steps of {} numbers{}", known_.length, known_.width, buckets_.any() ? " at most" : ""));
    if (targets_ == Targets::classes) log(TRG_LOG_INFO, fmt::format("{} classes: {}", known_.classes.size(), shortened(known_.classes)));
    if (targets_ == Targets::text) log(TRG_LOG_INFO, fmt::format("{} letters, {} of the longest transcript: \"{}\"", known_.letters.letters().size(), known_.text_length, fmt::join(known_.letters.letters(), "")));
    return known_.pack();
  }

  void restore(std::string_view learnt) {
    const SoundKnowledge known = SoundKnowledge::of(learnt);
    const std::int64_t longest = known_.text_length;
    known_ = known;
    check_width();
    if (known.rate != store_.rate()) throw sdk::DataError(store_.recording(0).path, fmt::format("expected sounds at {} Hz, as in the training, found {} Hz", known.rate, store_.rate()));
    if (targets_ == Targets::text && longest > known.text_length) throw sdk::DataError(store_.recording(0).path, fmt::format("expected transcripts of at most {} letters, as in the training, found one of {}", known.text_length, longest));
    match_classes();
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    const SoundKnowledge known = SoundKnowledge::of(learnt);
    std::vector<sdk::Learnt> out = {{"sample rate", fmt::format("{} Hz", known.rate)}, {"steps of a sound", fmt::format("{}", known.length)}, {"numbers of a step", fmt::format("{}", known.width)}};
    if (!known.classes.empty()) out.push_back({"classes", fmt::format("{}", fmt::join(known.classes, ", "))});
    if (known.text_length > 0) out.push_back({"letters", fmt::format("\"{}\"", fmt::join(known.letters.letters(), ""))}), out.push_back({"letters of a transcript", fmt::format("{}", known.text_length)});
    for (std::size_t i = 0; i < known.means.size(); ++i) out.push_back({fmt::format("number {} of a step", i), fmt::format("mean {}, deviation {}", known.means[i], known.deviations[i])});
    return out;
  }

  // The path within the folder that was given, or within the folder that holds all files that were given, or within `root`.
  std::string sample_name(std::int64_t sample) const {
    const std::filesystem::path path = store_.recording(rows_.record(TRG_TEST, sample)).path;
    for (const std::filesystem::path& root : {root_, std::filesystem::path(request_.root)})
      if (const auto inside = path.lexically_relative(root); !inside.empty() && *inside.begin() != "..") return inside.string();
    return path.string();
  }

  void measure(std::int32_t part, std::span<const std::int64_t> samples, std::int64_t* lengths) const {
    std::transform(samples.begin(), samples.end(), lengths, [&](std::int64_t sample) { return store_.steps(rows_.record(part, sample)); });
  }

  void fill(const sdk::Batch& batch) const {
    const std::int64_t length = batch.extent(0, 1);
    for (std::int64_t r = 0; r < batch.rows(); ++r) {
      const std::size_t record = rows_.record(batch.part(), batch.sample(r));
      if (batch.wanted(0)) lay(record, length, batch.field<float>(0) + r * length * known_.width);
      if (targets_ == Targets::none || absent_ || !batch.wanted(1)) continue;
      const std::string& target = *store_.recording(record).target;
      std::int32_t* const y = batch.field<std::int32_t>(1);
      if (targets_ == Targets::classes) {
        y[r] = class_of_.at(target);
        continue;
      }
      std::fill_n(y + r * known_.text_length, known_.text_length, 0);
      known_.letters.write(texts_[record], y + r * known_.text_length);
    }
  }

  std::int64_t bytes_read() const { return store_.bytes_read(); }

 private:
  AudioDataset(const sdk::Options& options, int)
      : request_(RecordingRequest::of(options)), rules_(TokenRules::of(options)), padding_(Padding::of(options)), buckets_(options, {"maxlen"}),
        padding_value_(static_cast<float>(options.real("padding_value"))), maxlen_(options.has("maxlen") ? options.integer("maxlen") : 0), text_length_(options.has("text_length") ? options.integer("text_length") : 0),
        normalize_(options.text("normalize")) {}

  using PartPaths = std::vector<std::pair<std::int32_t, std::string>>;
  static PartPaths part_paths(const sdk::Options& options) {
    if (options.has("folder") == options.has("train"))
      throw sdk::OptionError(options.has("folder") ? "folder" : "train", "expected either one folder of all parts or the sounds to train on", options.has("folder") ? "leave out folder, or train" : "folder = \"sounds\", or train = \"sounds/train\"");
    PartPaths paths;
    if (options.has("folder")) {
      for (const char* of_parts : {"validation", "test"})
        if (options.has(of_parts)) throw sdk::OptionError(of_parts, "folder brings its own parts", fmt::format("leave out {}", of_parts));
      const std::string folder = options.text("folder");
      const PartTree tree = part_tree(folder);
      if (tree.names[TRG_TRAIN].empty()) return {{TRG_TRAIN, folder}};
      if (const std::string doubt = tree.doubt(); !doubt.empty()) throw sdk::OptionError("folder", fmt::format("{}: {}; name the folders by train and test in place of folder", folder, doubt));
      for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST})
        for (const std::string& name : tree.names[static_cast<std::size_t>(part)]) paths.emplace_back(part, (std::filesystem::path(folder) / name).string());
      log_parts(folder, tree);
      return paths;
    }
    for (const auto& [part, option] : {std::pair{TRG_TRAIN, "train"}, {TRG_VALIDATION, "validation"}, {TRG_TEST, "test"}})
      if (options.has(option)) paths.emplace_back(part, options.text(option));
    return paths;
  }

  static std::string shortened(const std::vector<std::string>& names) {
    constexpr std::size_t most = 12;
    return fmt::format("{}{}", fmt::join(std::span(names).first(std::min(names.size(), most)), ", "), names.size() > most ? ", ..." : "");
  }

  static std::filesystem::path common_root(const std::vector<std::string>& paths) {
    std::error_code failed;
    if (paths.size() == 1 && std::filesystem::is_directory(paths[0], failed)) return paths[0];
    std::filesystem::path root = paths.empty() ? std::filesystem::path() : std::filesystem::path(paths[0]).parent_path();
    for (const std::filesystem::path path : paths)
      while (root.has_relative_path() && *path.lexically_relative(root).begin() == "..") root = root.parent_path();
    return root;
  }

  Targets of_first(const std::vector<Recording>& recordings) const {
    if (!request_.targets || !recordings.front().target) return Targets::none;
    return request_.transcripts ? Targets::text : Targets::classes;
  }

  // The training part comes first and settles the classes.
  void check_targets(const std::vector<Recording>& recordings, const std::string& path) {
    const bool has = recordings.front().target.has_value();
    if (has != (targets_ != Targets::none))
      throw sdk::DataError(path, has ? "expected sounds without classes, as in the training part, found class folders" : "expected a folder for each class, as in the training part, found sounds without classes");
    if (targets_ != Targets::classes) return;
    const bool settles = known_.classes.empty();
    for (const Recording& one : recordings) {
      if (one.target->empty()) throw sdk::DataError(one.where, "expected the name of a class, found an empty cell");
      if (std::ranges::find(known_.classes, *one.target) != known_.classes.end()) continue;
      if (!settles) throw sdk::DataError(one.where, fmt::format("expected one of the {} classes of the training part, {}, found \"{}\"", known_.classes.size(), shortened(known_.classes), *one.target), -1, "move it away, or give it the name of its class");
      known_.classes.push_back(*one.target);
    }
    if (settles) sort_labels(known_.classes);
  }

  bool is_taken(std::size_t record) const { return store_.usable(record) && taken_[record]; }

  // Cleans the transcripts, and says which may be used.
  void take_targets(bool skips) {
    taken_.assign(store_.count(), 1);
    if (targets_ != Targets::text) return;
    BrokenSounds broken(skips);
    texts_.resize(store_.count());
    std::int64_t longest = 1;
    const std::int64_t most = text_length_ > 0 ? text_length_ : known_.text_length;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const Recording& one = store_.recording(i);
      taken_[i] = broken.looking([&] {
        texts_[i] = clean_transcript(*one.target, rules_);
        const std::int64_t letters = letters_in(texts_[i]);
        if (letters == 0) throw sdk::DataError(one.where, "expected a transcript, found no letter");
        if (most > 0 && letters > most) throw sdk::DataError(one.where, fmt::format("expected a transcript of at most {} letters, found {}", most, letters), -1, known_.text_length > 0 ? "" : fmt::format("text_length = {}", letters));
        if (store_.usable(i)) longest = std::max(longest, letters);
      });
    }
    broken.settle(texts_.size());
    if (known_.text_length == 0) known_.text_length = text_length_ > 0 ? text_length_ : longest;
  }

  // The length, the letters and the scales.
  void learn(std::span<const std::int64_t> samples) {
    known_.length = buckets_.length_or(maxlen_);
    std::vector<std::string_view> transcripts;
    const auto width = static_cast<std::size_t>(known_.width);
    std::vector<double> sums(width), squares(width);
    double steps = 0;
    for (const std::int64_t sample : samples) {
      const std::size_t record = rows_.record(TRG_TRAIN, sample);
      if (maxlen_ == 0 && !buckets_.any()) known_.length = std::max(known_.length, store_.steps(record));
      if (targets_ == Targets::text) transcripts.push_back(texts_[record]);
      if (normalize_ == "standard") add(record, sums, squares), steps += static_cast<double>(store_.steps(record));
    }
    if (targets_ == Targets::text) known_.letters = Letters::of(transcripts);
    known_.means.clear(), known_.deviations.clear();
    if (normalize_ != "standard") return;
    for (std::size_t k = 0; k < width; ++k) {
      const double mean = sums[k] / std::max(steps, 1.0), deviation = std::sqrt(std::max(0.0, squares[k] / std::max(steps, 1.0) - mean * mean));
      known_.means.push_back(mean), known_.deviations.push_back(deviation);
    }
  }

  void add(std::size_t record, std::vector<double>& sums, std::vector<double>& squares) const {
    const float* at = store_.of(record);
    for (std::int64_t step = 0; step < store_.steps(record); ++step)
      for (std::size_t k = 0; k < sums.size(); ++k) {
        const auto value = static_cast<double>(*at++);
        sums[k] += value, squares[k] += value * value;
      }
  }

  void check_width() const {
    if (store_.width() != known_.width) throw sdk::DataError(store_.recording(0).path, fmt::format("expected {} numbers a step, as in the training, found {}", known_.width, store_.width()));
  }

  void match_classes() {
    class_of_.clear();
    for (std::size_t c = 0; c < known_.classes.size(); ++c) class_of_.emplace(known_.classes[c], static_cast<std::int32_t>(c));
    if (targets_ != Targets::classes || absent_) return;
    for (std::size_t i = 0; i < store_.count(); ++i)
      if (const Recording& one = store_.recording(i); !class_of_.contains(*one.target))
        throw sdk::DataError(one.where, fmt::format("expected one of the {} classes that were learnt, {}, found \"{}\"", known_.classes.size(), shortened(known_.classes), *one.target));
  }

  // One sample: cut or filled up to `length` steps, normalized.
  void lay(std::size_t record, std::int64_t length, float* to) const {
    const std::int64_t width = known_.width, steps = store_.steps(record), kept = std::min(steps, length), blank = (length - kept) * width;
    const float* const features = store_.of(record);
    std::vector<double> means = known_.means, deviations = known_.deviations;
    if (normalize_ == "each") {
      means.assign(static_cast<std::size_t>(width), 0), deviations.assign(static_cast<std::size_t>(width), 0);
      add(record, means, deviations);
      for (std::size_t k = 0; k < means.size(); ++k) {
        means[k] /= static_cast<double>(steps);
        deviations[k] = std::sqrt(std::max(0.0, deviations[k] / static_cast<double>(steps) - means[k] * means[k]));
      }
    }
    const float* from = features + (padding_.cut_front ? (steps - kept) * width : 0);
    if (padding_.pad_front) to = std::fill_n(to, blank, padding_value_);
    constexpr double least_deviation = 1e-6;
    for (std::int64_t step = 0; step < kept; ++step)
      for (std::int64_t k = 0; k < width; ++k, ++from, ++to) {
        const auto at = static_cast<std::size_t>(k);
        *to = means.empty() ? *from : static_cast<float>((static_cast<double>(*from) - means[at]) / std::max(deviations[at], least_deviation));
      }
    if (!padding_.pad_front) std::fill_n(to, blank, padding_value_);
  }

  RecordingRequest request_;
  TokenRules rules_;
  Padding padding_;
  Buckets buckets_;
  float padding_value_;
  std::int64_t maxlen_, text_length_;  // 0: left out
  std::string normalize_;
  Targets targets_ = Targets::none;
  bool absent_ = false;  // the targets of new sounds
  std::filesystem::path root_;
  SoundKnowledge known_;
  FeatureStore store_;
  std::vector<std::string> texts_;   // of each recording: its transcript, cleaned
  std::vector<std::uint8_t> taken_;  // of each: whether its target may be used
  std::map<std::string, std::int32_t> class_of_;
  PartRows rows_;  // records are recordings
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::AudioDataset>())
