// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/predict.hpp>

#include "classification.hpp"
#include "prediction_file.hpp"

#include <teranga/data/loader.hpp>
#include <teranga/host/instance.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/model/network.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/workbench.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::int64_t most_rows_at_once = 256;

Value list_of(const std::string& text) { return {Value::List{Value{text, {}}}, {}}; }

void put(Options& options, const std::string& name, Value value) {
  std::erase_if(options, [&](const Option& option) { return option.name == name; });
  options.push_back({name, std::move(value), {}});
}

// The reader of the input: the recipe's own data set where it reads tables, since it knows what columns mean; else the one of the format.
class Input {
 public:
  Input(const Restored& restored, const std::string& path, FileFormat format) {
    const Value::Component& trained = restored.recipe.require_data().component;
    const std::string file = std::filesystem::absolute(path).string();
    const bool table = format == FileFormat::csv && recipe::short_type(trained.type) == "csv";
    const host::Item& item = restored.registry.need(host::Kind::dataset, table ? trained.type : format == FileFormat::csv ? "teranga.csv" : format == FileFormat::npy ? "teranga.npy" : "teranga.hdf5");
    Options options;
    if (table) {
      options = trained.options;
      for (const char* other : {"test", "validation", "test_split", "shuffle_seed"}) std::erase_if(options, [&](const Option& option) { return option.name == other; });
      put(options, "train", {file, {}});
    } else if (format == FileFormat::csv) {
      put(options, "train", {file, {}});
      put(options, "target", {Value::List{}, {}});
    } else if (format == FileFormat::npy) {
      put(options, "train", list_of(file));
    } else {
      put(options, "train", {file, {}});
      put(options, "train_arrays", list_of("x"));
    }
    if (format != FileFormat::csv) put(options, "scale", {scale_for(trained, file, format), {}});
    for (const OptionSpec& spec : item.schema)
      if (!find_option(options, spec.name) && !spec.default_value.empty()) options.push_back({spec.name, spec.default_value, {}});
    source_ = std::make_unique<data::Source>(host::Dataset(item, options));
    if (table) source_->restore(restored.snapshot.data_state);
  }

  const data::Source& source() const noexcept { return *source_; }

 private:
  // Bytes are scaled as in the training.
  static double scale_for(const Value::Component& trained, const std::string& path, FileFormat format) {
    const Value* scale = find_option(trained.options, "scale");
    return scale && scale->is<double>() && holds_bytes(path, format) ? scale->as<double>() : 1;
  }

  std::unique_ptr<data::Source> source_;
};

class Predictor {
 public:
  Predictor(const PredictOptions& options, const Restored& restored) : options_(options), restored_(restored), team_(options.threads) {
    const std::unique_ptr<data::Source> trained = open_data(restored.recipe, restored.registry);
    trained->restore(restored.snapshot.data_state);
    network_ = network_of(restored, recipe_of_network(restored, options.network, "predict"), fields_of(*trained), team_);
    // What a call would give comes from the file instead; noise is drawn.
    std::set<std::size_t> of_data, of_calls;
    for (const std::size_t input : network_->inputs()) {
      const model::Origin origin = network_->fields()[input].origin;
      if (origin == model::Origin::data) of_data.insert(input);
      if (origin == model::Origin::given) of_calls.insert(input);
    }
    const std::set<std::size_t>& features = of_calls.empty() ? of_data : of_calls;
    if (features.empty()) throw Error(ExitCode::usage, "predict: the network takes noise and nothing else, and so nothing of a file", fmt::format("teranga generate {} --output pictures.npy, where it makes pictures", options.checkpoint));
    if (features.size() > 1) throw Error(ExitCode::usage, fmt::format("predict: the network takes {} features; from a file it can have one only", features.size()));
    feature_ = *features.begin();
  }

  Prediction run(FileFormat in, FileFormat out) {
    const Input input(restored_, options_.input, in);
    check(input.source());
    const std::int64_t samples = input.source().count(data::Part::training);
    Shape shape;
    network_->predict({}, shape);
    const auto classification = Classification::of(restored_.recipe, network_->fields(), shape);
    if (options_.classes && !classification) throw Error(ExitCode::usage, "predict: --classes is for classifiers, and this network is none", "leave out --classes");
    shape[0] = samples;
    Tensor outputs(ElementType::f32, shape);
    fill(input, outputs);
    if (options_.classes) return write_classes(outputs, *classification, out);
    write_tensor(options_.output, outputs, columns(outputs, classification));
    return {samples, shape};
  }

 private:
  void check(const data::Source& source) const {
    const data::Field& found = source.fields().front();
    const model::Field& wanted = network_->fields()[feature_];
    if (found.elements() == element_count(wanted.shape)) return;
    throw Error(ExitCode::data, fmt::format("{}: expected samples of shape {}, as the network was trained on, found {}", options_.input, to_string(wanted.shape), to_string(found.shape)),
                "axis 0 counts the samples");
  }

  void fill(const Input& input, Tensor& outputs) {
    const data::Field& from = input.source().fields().front();
    const model::Field& to = network_->fields()[feature_];
    const auto width = static_cast<std::size_t>(from.elements());
    // Where a layer keeps states of rows, they go on from batch to batch as in training: of the recipe's size, the last one may be short.
    const std::int64_t rows_at_once = network_->store().row_states().empty() ? most_rows_at_once : restored_.recipe.training.batch_size;
    const std::int64_t samples = outputs.shape()[0], out_width = samples ? outputs.count() / samples : 0;
    const auto at_once = static_cast<std::size_t>(rows_at_once);
    Buffer raw(from.bytes() * at_once), ready(width * size_of(to.type) * at_once);
    std::vector<void*> wanted(input.source().fields().size(), nullptr);
    wanted[0] = raw.data();
    std::vector<const void*> given(network_->fields().size(), nullptr);
    given[feature_] = ready.data();
    std::vector<std::int64_t> numbers;
    std::vector<std::uint64_t> ids;
    network_->begin_pass();
    for (std::int64_t first = 0; first < samples; first += rows_at_once) {
      const std::int64_t rows = std::min(rows_at_once, samples - first);
      numbers.clear(), ids.clear();
      for (std::int64_t r = 0; r < rows; ++r) numbers.push_back(first + r), ids.push_back(static_cast<std::uint64_t>(first + r));
      input.source().fill(data::Part::training, numbers, wanted);
      convert(raw.data(), from.type, ready.data(), to.type, static_cast<std::size_t>(rows) * width);
      Shape shape;
      const std::span<const float> found = network_->predict({rows, rows, ids, given}, shape);
      std::memcpy(outputs.as<float>().data() + first * out_width, found.data(), found.size_bytes());
    }
  }

  static void convert(const void* from, ElementType from_type, void* to, ElementType to_type, std::size_t count) {
    if (from_type == to_type) {
      std::memcpy(to, from, count * size_of(from_type));
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      double value = 0;
      switch (from_type) {
        case ElementType::f32: value = static_cast<const float*>(from)[i]; break;
        case ElementType::f64: value = static_cast<const double*>(from)[i]; break;
        case ElementType::i32: value = static_cast<const std::int32_t*>(from)[i]; break;
        case ElementType::i64: value = static_cast<double>(static_cast<const std::int64_t*>(from)[i]); break;
        case ElementType::u8: value = static_cast<const std::uint8_t*>(from)[i]; break;
      }
      switch (to_type) {
        case ElementType::f32: static_cast<float*>(to)[i] = static_cast<float>(value); break;
        case ElementType::f64: static_cast<double*>(to)[i] = value; break;
        case ElementType::i32: static_cast<std::int32_t*>(to)[i] = static_cast<std::int32_t>(value); break;
        case ElementType::i64: static_cast<std::int64_t*>(to)[i] = static_cast<std::int64_t>(value); break;
        case ElementType::u8: static_cast<std::uint8_t*>(to)[i] = static_cast<std::uint8_t>(value); break;
      }
    }
  }

  std::vector<std::string> columns(const Tensor& outputs, const std::optional<Classification>& classification) const {
    const std::int64_t width = outputs.shape()[0] ? outputs.count() / outputs.shape()[0] : 0;
    if (classification && classification->outputs() == width && width > 1) return classification->names();
    std::vector<std::string> out;
    for (std::int64_t c = 0; c < width; ++c) out.push_back(fmt::format("y{}", c));
    return out;
  }

  Prediction write_classes(const Tensor& outputs, const Classification& classification, FileFormat out) const {
    const std::int64_t samples = outputs.shape()[0];
    Tensor numbers(ElementType::i64, {samples});
    std::vector<std::string> words;
    for (std::int64_t r = 0; r < samples; ++r) {
      const std::size_t found = classification.predicted(outputs.as<float>().data() + r * classification.outputs());
      numbers.as<std::int64_t>()[static_cast<std::size_t>(r)] = static_cast<std::int64_t>(found);
      words.push_back(classification.names()[found]);
    }
    if (out == FileFormat::csv) write_words(options_.output, network_->fields()[classification.target()].name, words);
    else write_tensor(options_.output, numbers, {});
    return {samples, numbers.shape()};
  }

  const PredictOptions& options_;
  const Restored& restored_;
  Team team_;
  std::unique_ptr<model::Network> network_;
  std::size_t feature_ = 0;
};

}  // namespace

void write_array(const std::string& path, const Tensor& values) { write_tensor(path, values, {}); }

Prediction predict(const PredictOptions& options) {
  const FileFormat in = format_of(options.input, "--input"), out = format_of(options.output, "--output");
  math::keep_openmp_single();
  const Restored restored = restore(options.checkpoint, options.overrides);
  return Predictor(options, restored).run(in, out);
}

}  // namespace teranga::train
