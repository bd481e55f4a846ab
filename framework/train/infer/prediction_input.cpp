// SPDX-License-Identifier: Apache-2.0
#include "infer/prediction_input.hpp"

#include "session/option_hints.hpp"

#include <teranga/core/absolute_path.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/small_letters.hpp>
#include <teranga/core/spoken_name.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/host/instance.hpp>
#include <teranga/train/data_opening.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr const char* standard_input = "-";
constexpr std::string_view temporary_ending = ".txt";

Value list_of(const std::vector<std::string>& texts) {
  Value::List out;
  for (const std::string& text : texts) out.push_back({text, {}});
  return {std::move(out), {}};
}

// The format of arrays that a file's name tells; nothing where it tells none.
std::optional<FileFormat> array_format(const std::string& path) {
  for (const auto& [ending, format] : {std::pair{".npy", FileFormat::npy}, {".csv", FileFormat::csv}, {".h5", FileFormat::h5}, {".hdf5", FileFormat::h5}})
    if (in_small_letters(path).ends_with(ending)) return format;
  return std::nullopt;
}

// The scale of the recipe's data set, where it has one: it is one for bytes.
std::optional<double> scale_of(const Value::Component& trained) {
  const Value* scale = find_option(trained.options, "scale");
  return scale && scale->is<double>() ? std::optional(scale->as<double>()) : std::nullopt;
}

// What a path that leads nowhere may mean: a name beside it, or else what lists those.
std::string likely_file(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.empty() ? "." : folder, error)) names.push_back(entry.path().filename().string());
  if (error) return {};
  const auto nearest = nearest_name(fs::path(path).filename().string(), names);
  return nearest ? fmt::format("did you mean {}?", (folder / *nearest).string()) : fmt::format("look with: ls {}", folder.empty() ? "." : shell_word(folder.string()));
}

// The data sets that read files of such a name, in words; empty where those do that read any name.
std::string other_readers(const host::Registry& registry, const std::string& path) {
  std::vector<std::string> names;
  for (const host::Item* item : registry.items(host::Kind::dataset))
    if (!data::endings_of(*item).empty() && data::reads_file(*item, path)) names.push_back(fmt::format("\"{}\"", item->short_name));
  return fmt::format("{}", fmt::join(names, ", "));
}

// Whether a row of numbers can be a sample of the training.
bool takes_rows(const Restored& restored) {
  std::vector<model::Field> features = fields_of_training(restored);
  std::erase_if(features, [](const model::Field& field) { return field.role != model::Role::feature; });
  return features.size() == 1 && features[0].shape.size() < 2;
}

// Whether it takes arrays as its samples are, in files of NumPy.
bool reads_arrays(const host::Item& item) { return data::reads_file(item, "x.npy"); }

bool normalizes(const Value::Component& trained) {
  const Value* const how = find_option(trained.options, "normalize");
  return how && how->is<std::string>() && how->as<std::string>() != "none";
}

}  // namespace

void require_inputs(const std::string& command, const std::vector<std::string>& paths) {
  std::error_code error;
  if (std::find(paths.begin(), paths.end(), standard_input) != paths.end())
    throw Error(ExitCode::usage, fmt::format("{}: --input -: standard input is read by predict, and as its only input", command), "write it to a file, and give that one: --input FILE");
  for (const std::string& path : paths)
    if (!fs::exists(path, error)) throw Error(ExitCode::data, fmt::format("{}: --input {}: there is no such file or folder", command, path), likely_file(path));
}

void refuse_input(const Restored& restored, const InputAsked& asked, const std::string& arrays) {
  const host::Item& item = restored.registry.need(host::Kind::dataset, restored.recipe.require_data().component.type);
  const std::vector<std::string> endings = data::endings_of(item);
  const std::string others = other_readers(restored.registry, asked.path), own = endings.empty() ? "" : fmt::format(" ({})", fmt::join(endings, ", "));
  std::string hint;
  if (!endings.empty()) {
    const bool folders = find_option(item.schema, "folder"), judges = asked.command == "evaluate";
    const std::string run = fmt::format("teranga {} {} --input ", asked.command, shell_word(asked.checkpoint));
    hint = folders && judges ? fmt::format("{}FOLDER, in which each class is a folder", run) : fmt::format("{}FILE{}{}", run, endings[0], folders ? ", or --input FOLDER" : "");
  }
  throw Error(ExitCode::usage, fmt::format("{}: --input {}: expected files that the data set \"{}\" reads{}{}{}", asked.command, asked.path, item.short_name, own, arrays, others.empty() ? "" : ", found one that is for " + others), hint);
}

void require_own_files(const Restored& restored, const std::string& checkpoint, const std::vector<std::string>& paths) {
  const host::Item& item = restored.registry.need(host::Kind::dataset, restored.recipe.require_data().component.type);
  std::error_code error;
  for (const std::string& path : paths)
    if (!fs::is_directory(path, error) && !data::reads_file(item, path) && !other_readers(restored.registry, path).empty()) refuse_input(restored, {"evaluate", checkpoint, path}, "");
}

PredictionInput::PredictionInput(const Restored& restored, const PredictOptions& options, bool of_calls) : texts_(options.texts) {
  for (const std::string& path : options.inputs) paths_.push_back(path == standard_input ? path : absolute_path(path).string());
  name_ = texts_.empty() ? fmt::format("{}", fmt::join(options.inputs, ", ")) : "--text";
  if (paths_.size() == 1 && paths_[0] == standard_input) take_standard_input();
  const host::Item& item = restored.registry.need(host::Kind::dataset, restored.recipe.require_data().component.type);
  const bool takes = data::prepares_new_samples(item);
  if (!texts_.empty()) {
    if (of_calls || !takes) throw Error(ExitCode::usage, fmt::format("predict: --text is for networks that were trained on texts, and the data set of {} is \"{}\"", restored.path, item.short_name), "give a file with --input FILE");
    prepare(restored, item);
    return;
  }
  if (!temporary_.exists()) require_inputs("predict", options.inputs);
  std::error_code error;
  const auto reads = [&](const std::string& path) { return data::reads_file(item, path) || fs::is_directory(path, error); };
  if (!of_calls && takes && std::all_of(paths_.begin(), paths_.end(), reads)) {
    prepare(restored, item);
    return;
  }
  const std::optional<FileFormat> format = array_format(paths_[0]);
  if (takes && !of_calls && (!format || (*format == FileFormat::csv && !takes_rows(restored))))
    refuse_input(restored, {"predict", options.checkpoint, name_}, fmt::format(", or arrays in a file named .npy{}", takes_rows(restored) ? ", .h5 or .csv" : " or .h5"));
  if (!format) throw Error(ExitCode::usage, fmt::format("predict: --input {}: expected arrays in a file named .npy, .h5 or .csv", name_));
  if (paths_.size() > 1) throw Error(ExitCode::usage, fmt::format("predict: --input: expected one file of arrays, found {}", paths_.size()));
  if (!of_calls && reads_arrays(item) && normalizes(restored.recipe.require_data().component))
    throw Error(ExitCode::usage, fmt::format("predict: --input {}: the data set \"{}\" normalized the samples of the training, and does not read this file, so that its numbers would stay as they are", name_, item.short_name), "save the samples as a .npy file: numpy.save(\"new.npy\", x)");
  read_arrays(restored, *format);
}

TemporaryFile::~TemporaryFile() {
  std::error_code error;
  if (exists()) fs::remove(path_, error);
}

bool TemporaryFile::make(const std::string& folder) {
  std::string path = (fs::path(folder) / "teranga-input-XXXXXX").string().append(temporary_ending);
  const int file = ::mkstemps(path.data(), static_cast<int>(temporary_ending.size()));
  if (file < 0) return false;
  ::close(file);
  path_ = std::move(path);
  return true;
}

// Data sets read files: what is typed or piped becomes one, which is a file of lines or a table, as the data set takes it.
void PredictionInput::take_standard_input() {
  name_ = "standard input";
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  std::ofstream out;
  if (!error && temporary_.make(folder.string())) out.open(temporary_.path(), std::ios::binary);
  else out.setstate(std::ios::failbit);
  if (std::cin.peek() != std::char_traits<char>::eof()) out << std::cin.rdbuf();
  out.close();
  if (!out) throw Error(ExitCode::failure, fmt::format("predict: cannot keep standard input in {}", error ? "the folder that TMPDIR names" : folder.string()), "give a file with --input FILE");
  paths_ = {temporary_.path()};
  spoken_.emplace(temporary_.path(), name_);
}

// A command for the file that holds standard input works on one that people make of it.
std::string PredictionInput::spoken_hint(const std::string& hint) const {
  const std::string stem = temporary_.exists() ? temporary_.path().substr(0, temporary_.path().size() - temporary_ending.size()) : "";
  if (stem.empty() || hint.find(stem) == hint.npos) return hint;
  return "with standard input in a file input.txt: " + with_replaced(hint, stem, "input");
}

// What the data set says of an option of the recipe, as it is typed behind predict.
template <class F>
void PredictionInput::with_typed_hints(F&& body) const {
  try {
    body();
  } catch (const Error& error) {
    throw Error(error.code(), message_for_checkpoint(item_->schema, with_spoken_name(error.what())), hint_for_checkpoint(item_->schema, spoken_hint(error.hint())));
  }
}

void PredictionInput::prepare(const Restored& restored, const host::Item& item) {
  prepared_ = true;
  item_ = &item;
  with_typed_hints([&] { source_ = data::open_new_samples(item, data_options(restored.recipe, item), restored.snapshot.data_state, {paths_, texts_}); });
}

void PredictionInput::fill(std::span<const std::int64_t> samples, std::span<void* const> fields) const {
  if (!prepared_) {
    source_->fill(part(), samples, fields);  // arrays: no option of the recipe is behind their faults
    return;
  }
  with_typed_hints([&] { source_->fill(part(), samples, fields); });
}

PredictionInput::Column PredictionInput::column(const std::string& name) const {
  if (!prepared_) throw Error(ExitCode::usage, fmt::format("predict: --keep {}: {} holds arrays, and arrays have no named columns", name, name_), "leave out --keep");
  Column column;
  with_typed_hints([&] {
    column.cells = data::column_of_samples(*source_, name);
    column.name = data::name_of_column(*source_, name);
  });
  return column;
}

void PredictionInput::read_arrays(const Restored& restored, FileFormat format) {
  const host::Item& item = restored.registry.need(host::Kind::dataset, format == FileFormat::csv ? "teranga.csv" : format == FileFormat::npy ? "teranga.npy" : "teranga.hdf5");
  Options options;
  const Value::Component& trained = restored.recipe.require_data().component;
  if (format == FileFormat::npy) options.push_back({"train", list_of(paths_), {}});
  else options.push_back({"train", {paths_[0], {}}, {}});
  if (format == FileFormat::csv) options.push_back({"target", {Value::List{}, {}}, {}});
  if (format == FileFormat::h5) options.push_back({"train_arrays", list_of({"x"}), {}});
  if (const std::optional<double> scale = scale_of(trained); scale && format != FileFormat::csv && holds_bytes(paths_[0], format)) options.push_back({"scale", {*scale, {}}, {}});
  for (const OptionSpec& spec : item.schema)
    if (!find_option(options, spec.name) && !spec.default_value.empty()) options.push_back({spec.name, spec.default_value, {}});
  source_ = std::make_unique<data::Source>(host::Dataset(item, options));
}

}  // namespace teranga::train
