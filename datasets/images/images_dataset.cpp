// SPDX-License-Identifier: Apache-2.0
// The data set `images`: pictures in files, a folder for each class. They are decoded once, into bytes of one size, and become f32 batch by batch.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/datasets/log.hpp>
#include <teranga/datasets/packed_bytes.hpp>
#include <teranga/datasets/part_rows.hpp>
#include <teranga/datasets/picture_changes.hpp>
#include <teranga/sdk/dataset.hpp>

#include "label_table.hpp"
#include "part_folders.hpp"
#include "picture_folder.hpp"
#include "picture_form.hpp"
#include "sound_pictures.hpp"

namespace teranga::datasets {
namespace {

constexpr std::string_view signature = "teranga.images 1\n";
constexpr std::string_view changed_signature = "teranga.images 2\n";  // what random changes learnt comes last

// What the training settles; the options decide some of it, the pictures the rest.
struct PictureKnowledge {
  PictureForm form;
  double scale = 1;
  bool one_hot = false;
  std::vector<std::string> classes = {};  // empty: there are none
  std::optional<LearntChanges> changes = {};

  std::string pack() const {
    PackedBytes bytes(changes ? changed_signature : signature);
    for (const std::int64_t extent : {form.height, form.width, form.channels}) bytes.put(extent);
    bytes.put(scale);
    bytes.put(static_cast<std::uint8_t>(one_hot));
    bytes.texts(classes);
    if (changes) changes->put(bytes);
    return bytes.take();
  }
  static PictureKnowledge of(std::string_view learnt) {
    const bool changed = learnt.starts_with(changed_signature);
    UnpackedBytes bytes(learnt, changed ? changed_signature : signature, "pictures");
    PictureKnowledge out;
    for (std::int64_t* extent : {&out.form.height, &out.form.width, &out.form.channels}) *extent = bytes.get<std::int64_t>();
    out.scale = bytes.get<double>();
    out.one_hot = bytes.get<std::uint8_t>() != 0;
    out.classes = bytes.texts();
    if (changed) out.changes = LearntChanges::get(bytes);
    bytes.end();
    const auto& [height, width, channels] = out.form;
    if (height < 1 || height > 65535 || width < 1 || width > 65535 || (channels != 1 && channels != 3 && channels != 4)) UnpackedBytes::damaged();
    return out;
  }
};

class ImagesDataset {
 public:
  static constexpr const char* endings = ".png .jpg .jpeg .pgm .ppm .bmp";

  static sdk::Info info() {
    sdk::Info info{.name = "teranga.images",
                   .summary = "pictures in files (PNG, JPEG, PGM, PPM, BMP), a folder for each class, or without classes",
                   .source = "keras.utils.image_dataset_from_directory",
                   .options = part_folder_options()};
    for (const auto& more : {AskedForm::options(), PartRows::options_of_sorted("pictures")}) info.options.insert(info.options.end(), more.begin(), more.end());
    info.options.push_back(sdk::real("scale", 1.0 / 255.0).says("bytes are multiplied by it"));
    info.options.push_back(sdk::texts("class_names").optional().says("names of the class folders to take, class 0 first; left out: all of them in the order of their names"));
    info.options.push_back(sdk::boolean("one_hot", false).says("classes as rows of zeros and a one (f32) instead of class numbers"));
    for (sdk::OptionSpec& more : LabelTable::options()) info.options.push_back(std::move(more));
    for (sdk::OptionSpec& more : PictureChanges::options()) info.options.push_back(std::move(more));
    return info;
  }

  explicit ImagesDataset(const sdk::Options& options) : asked_(AskedForm::of(options)), changes_(PictureChanges::of(options)), workers_(options.integer("workers")) {
    const std::optional<LabelTable> labels = LabelTable::of(options);
    const PartFolders folders = part_folders(options);
    const std::vector<std::string> chosen = options.has("class_names") ? options.texts("class_names") : std::vector<std::string>{};
    check_names(chosen);
    std::size_t training = 0;
    for (const std::int32_t part : {TRG_TRAIN, TRG_VALIDATION, TRG_TEST}) {
      if (const auto& folder = folders[static_cast<std::size_t>(part)]) add(part, *folder, labels ? labels->pictures_of(*folder, chosen, found_classes_) : list_pictures(*folder, {chosen, part == TRG_TRAIN}));
      if (part == TRG_TRAIN) training = pictures_.size();
    }
    rows_.divide(options);
    if (found_classes_.empty()) log(TRG_LOG_INFO, "the pictures have no classes, so there is no target; a class is a folder of its own: FOLDER/CLASS/*.png");
    known_ = {find_form(pictures_, training, asked_), options.real("scale"), options.boolean("one_hot"), found_classes_};
    if (known_.one_hot && known_.classes.empty()) throw sdk::OptionError("one_hot", "needs pictures that have classes, and these lie in no folder of a class", "move the pictures of each class into a folder of its own, FOLDER/CLASS/*.png; for pictures without classes one_hot = false");
    changes_.check_targets(!known_.classes.empty(), known_.one_hot);
    take_knowledge();
  }

  // New samples: picture files, or one folder of pictures.
  ImagesDataset(const sdk::Options& options, std::string_view learnt, const sdk::NewInput& input) : known_(PictureKnowledge::of(learnt)), asked_(AskedForm::of(options)), changes_(PictureChanges::of(options)), workers_(options.integer("workers")) {
    if (!input.texts.empty()) throw sdk::DataError("", "expected files of pictures, found typed text", -1, "--input FILE, or --input FOLDER");
    found_classes_ = known_.classes;
    PictureFolder given;
    if (std::error_code failed; input.paths.size() == 1 && std::filesystem::is_directory(input.paths[0], failed)) given = list_pictures(input.paths[0], {});
    else for (const std::string& path : input.paths) given_ = GivenBy::name, given.pictures.push_back({path, -1});
    const auto is_class = [this](const std::string& name) { return std::find(known_.classes.begin(), known_.classes.end(), name) != known_.classes.end(); };
    if (std::none_of(given.classes.begin(), given.classes.end(), is_class)) {
      if (!known_.classes.empty() && !given.classes.empty()) log(TRG_LOG_INFO, fmt::format("{}: no folder in it bears the name of a class of the training; its pictures are taken without classes", input.paths[0]));
      given.classes.clear();
    }
    labelled_ = !given.classes.empty();
    root_ = root_of(input.paths);
    add(TRG_TEST, input.paths.empty() ? "" : input.paths[0], std::move(given));
    take_knowledge();
    if (pictures_.size() > 1) log(TRG_LOG_INFO, fmt::format("{} pictures in the order of {}, from {} to {}", pictures_.size(), input.paths.size() == 1 ? "their names" : "the command line", pictures_.front().path, pictures_.back().path));
  }

  void describe(sdk::Description& description) const {
    rows_.describe(description);
    description.field({.name = "x", .role = TRG_FEATURE, .type = TRG_F32, .shape = changes_.shape_made({known_.form.height, known_.form.width, known_.form.channels})});
    if (known_.classes.empty()) return;
    const auto classes = static_cast<std::int64_t>(known_.classes.size());
    sdk::Field y{.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = classes, .class_names = known_.classes, .absent = !labelled_};
    if (known_.one_hot) y.type = TRG_F32, y.shape = {classes};
    description.field(y);
  }

  std::string fit(std::span<const std::int64_t> samples) {
    log(TRG_LOG_INFO, fmt::format("{} of {} x {} pixels (height x width), {}", rows_.counted("pictures"), known_.form.height, known_.form.width, mode_of(known_.form.channels)));
    if (!known_.classes.empty()) log(TRG_LOG_INFO, fmt::format("{} classes: {}", known_.classes.size(), counted_classes()));
    if (changes_.learns()) {
      changes_.learn(samples, [this](std::int64_t, std::int64_t sample, float* to) { lay_picture(TRG_TRAIN, sample, to); });
      known_.changes = changes_.learnt;
    }
    return known_.pack();
  }

  void restore(std::string_view learnt) {
    known_ = PictureKnowledge::of(learnt);
    if (!known_.classes.empty() && found_classes_.empty())
      throw sdk::DataError(pictures_[0].path, fmt::format("expected a folder for each of the {} classes that were learnt, found pictures without classes", known_.classes.size()));
    take_knowledge();
  }

  std::vector<sdk::Learnt> knowledge(std::string_view learnt) const {
    const PictureKnowledge known = PictureKnowledge::of(learnt);
    std::vector<sdk::Learnt> out = {{"picture size", fmt::format("{} x {} pixels (height x width)", known.form.height, known.form.width)},
                                    {"color_mode", std::string(mode_of(known.form.channels))},
                                    {"scale", fmt::format("{}", known.scale)},
                                    {"one_hot", known.one_hot ? "true" : "false"}};
    out.push_back({"classes", known.classes.empty() ? "none" : fmt::format("{}", fmt::join(known.classes, ", "))});
    if (known.changes)
      for (const sdk::Learnt& line : known.changes->lines()) out.push_back(line);
    return out;
  }

  std::int64_t bytes_read() const noexcept { return bytes_read_; }

  // Its path within the folder that was given, or within the folder that holds all files that were given.
  std::string sample_name(std::int64_t sample) const { return std::filesystem::path(pictures_[rows_.record(TRG_TEST, sample)].path).lexically_relative(root_).string(); }

  void fill(const sdk::Batch& batch) const {
    const auto part_of = [&](std::int64_t row) { return row >= 0 ? batch.part() : TRG_TRAIN; };  // others are mixed with training samples
    if (batch.wanted(0)) changes_.fill(batch, [&](std::int64_t row, std::int64_t sample) { return bytes_of(part_of(row), sample); }, scaled_, batch.field<float>(0), workers_);
    if (known_.classes.empty() || !batch.wanted(1)) return;
    if (known_.one_hot) {
      const auto classes = std::ssize(known_.classes);
      changes_.fill_targets(batch, classes, [&](std::int64_t row, std::int64_t sample, float* to) {
        std::fill_n(to, classes, 0.0F);
        to[label_of(part_of(row), sample)] = 1;
      }, batch.field<float>(1));
      return;
    }
    for (std::int64_t r = 0; r < batch.rows(); ++r) batch.field<std::int32_t>(1)[r] = label_of(batch.part(), batch.sample(r));
  }

 private:
  static void check_names(const std::vector<std::string>& chosen) {
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (chosen[i].empty() || chosen[i].find('/') != std::string::npos || chosen[i].starts_with('.'))
        throw sdk::OptionError("class_names", fmt::format("expected names of folders, found \"{}\"", chosen[i]));
      if (std::find(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(i), chosen[i]) != chosen.begin() + static_cast<std::ptrdiff_t>(i))
        throw sdk::OptionError("class_names", fmt::format("\"{}\" stands twice", chosen[i]));
    }
  }

  // [height, width, channels]; where they are read for it, until the thread reads another picture.
  const std::uint8_t* bytes_of(std::int32_t part, std::int64_t sample) const {
    const std::int64_t values = known_.form.bytes();
    const std::size_t record = rows_.record(part, sample);
    if (held_) return static_cast<const std::uint8_t*>(pixels_.data()) + static_cast<std::int64_t>(record) * values;
    thread_local std::vector<std::uint8_t> read;
    read.resize(static_cast<std::size_t>(values));
    read_one_in_form(pictures_[record].path, known_.form, asked_, read.data());
    std::error_code failed;
    if (const std::uintmax_t bytes = std::filesystem::file_size(pictures_[record].path, failed); !failed) bytes_read_ += static_cast<std::int64_t>(bytes);
    return read.data();
  }

  void lay_picture(std::int32_t part, std::int64_t sample, float* to) const {
    const std::uint8_t* from = bytes_of(part, sample);
    std::transform(from, from + known_.form.bytes(), to, [this](std::uint8_t byte) { return scaled_[byte]; });
  }

  std::int32_t label_of(std::int32_t part, std::int64_t sample) const { return class_of_[static_cast<std::size_t>(pictures_[rows_.record(part, sample)].label)]; }

  static std::filesystem::path root_of(const std::vector<std::string>& paths) {
    std::error_code failed;
    if (paths.size() == 1 && std::filesystem::is_directory(paths[0], failed)) return paths[0];
    std::filesystem::path root = paths.empty() ? std::filesystem::path() : std::filesystem::path(paths[0]).parent_path();
    for (const std::filesystem::path path : paths)
      while (*path.lexically_relative(root).begin() == "..") root = root.parent_path();
    return root;
  }

  // The training part comes first and settles the classes.
  void add(std::int32_t part, const std::string& folder, PictureFolder found) {
    if (part == TRG_TRAIN) found_classes_ = found.classes;
    if (asked_.skips) {
      keep_sound(found.pictures, workers_);
      for (std::size_t label = 0; part == TRG_TRAIN && label < found.classes.size(); ++label)
        if (std::none_of(found.pictures.begin(), found.pictures.end(), [&](const ListedPicture& one) { return one.label == static_cast<std::int32_t>(label); }))
          throw sdk::DataError(fmt::format("{}/{}", folder, found.classes[label]), "expected a picture of this class that can be read, found none", -1, "move the folder away, or put pictures into it");
    }
    const bool wants_classes = !found_classes_.empty() && labelled_;
    if (wants_classes == found.classes.empty())
      throw sdk::DataError(folder, wants_classes ? "expected a folder for each class as in the training part, found pictures without classes" : "expected pictures without classes as in the training part, found class folders", -1,
                           wants_classes ? fmt::format("move the pictures into folders that are called as the classes: {}", shortened(found_classes_)) : "move the pictures out of their folders, or those of the training part into folders of their classes");
    std::vector<std::int32_t> numbers;
    for (const std::string& name : found.classes) {
      const auto at = std::find(found_classes_.begin(), found_classes_.end(), name);
      if (at == found_classes_.end())
        throw sdk::DataError(fmt::format("{}/{}", folder, name), fmt::format("expected one of the {} classes of the training part, {}, found \"{}\"", found_classes_.size(), shortened(found_classes_), name), -1,
                             "move the folder away, or give it the name of its class");
      numbers.push_back(static_cast<std::int32_t>(at - found_classes_.begin()));
    }
    for (ListedPicture& picture : found.pictures) {
      if (picture.label >= 0 && !numbers.empty()) picture.label = numbers[static_cast<std::size_t>(picture.label)];
      else picture.label = -1;
      rows_.add(part, std::ssize(pictures_));
      pictures_.push_back(std::move(picture));
    }
    std::vector<std::string> others;
    for (const auto& [name, count] : found.others) others.push_back(fmt::format("{} {}", count, name));
    if (!others.empty()) log(TRG_LOG_INFO, fmt::format("{}: {} pictures are taken; left out: {}", folder, found.pictures.size(), fmt::join(others, ", ")));
  }

  static std::string shortened(const std::vector<std::string>& names) {
    constexpr std::size_t most = 12;
    const std::span<const std::string> shown(names.data(), std::min(names.size(), most));
    return fmt::format("{}{}", fmt::join(shown, ", "), names.size() > most ? ", ..." : "");
  }

  // Brings pixels, scale and class numbers to what is known.
  void take_knowledge() {
    if (read_form_ != known_.form) {
      held_ = holds_pixels(pictures_.size(), known_.form, asked_);
      if (held_) pixels_ = read_in_form(pictures_, known_.form, asked_, given_, workers_);
      else log(TRG_LOG_INFO, "the pixels of all pictures are not held (options cache and memory): each picture is read anew whenever it is wanted");
      read_form_ = known_.form;
    }
    const double most = 255 * known_.scale;
    changes_.settle({known_.form.height, known_.form.width, known_.form.channels}, most != 0 ? std::optional(Span{std::min(0.0, most), std::max(0.0, most)}) : std::nullopt);
    if (known_.changes) changes_.learnt = *known_.changes;
    for (std::size_t byte = 0; byte < scaled_.size(); ++byte) scaled_[byte] = static_cast<float>(static_cast<double>(byte) * known_.scale);
    class_of_.clear();
    if (!labelled_ || known_.classes.empty()) return;
    for (const std::string& name : found_classes_) {
      const auto at = std::find(known_.classes.begin(), known_.classes.end(), name);
      if (at == known_.classes.end())
        throw sdk::DataError(pictures_[0].path, fmt::format("expected the {} classes that were learnt, {}, found \"{}\"", known_.classes.size(), shortened(known_.classes), name));
      class_of_.push_back(static_cast<std::int32_t>(at - known_.classes.begin()));
    }
  }

  std::string counted_classes() const {
    std::vector<std::int64_t> counts(known_.classes.size());
    for (std::int64_t i = 0; i < rows_.count(TRG_TRAIN); ++i) ++counts[static_cast<std::size_t>(class_of_[static_cast<std::size_t>(pictures_[rows_.record(TRG_TRAIN, i)].label)])];
    std::vector<std::string> out;
    for (std::size_t i = 0; i < std::min<std::size_t>(counts.size(), 20); ++i) out.push_back(fmt::format("{} ({})", known_.classes[i], counts[i]));
    return fmt::format("{}{}", fmt::join(out, ", "), counts.size() > out.size() ? ", ..." : "");
  }

  PictureKnowledge known_;
  AskedForm asked_;
  PictureChanges changes_;
  mutable RowWorkers workers_;
  GivenBy given_ = GivenBy::folder;
  bool labelled_ = true;  // false: new samples without targets
  std::filesystem::path root_;  // of new samples: where their names begin
  std::vector<ListedPicture> pictures_;
  std::vector<std::string> found_classes_;  // that the labels of pictures_ count in
  std::vector<std::int32_t> class_of_;      // of each label
  PartRows rows_;                           // records are pictures
  PictureForm read_form_;
  bool held_ = true;
  sdk::NodeBlock pixels_;
  mutable std::atomic<std::int64_t> bytes_read_ = 0;  // of pictures that are read anew
  std::array<float, 256> scaled_{};
};

}  // namespace
}  // namespace teranga::datasets

TERANGA_PLUGIN(teranga::sdk::dataset<teranga::datasets::ImagesDataset>())
