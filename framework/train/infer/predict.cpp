// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/predict.hpp>

#include "session/classification.hpp"
#include "session/part_evaluation.hpp"
#include "session/part_of_recipe.hpp"
#include "infer/prediction_file.hpp"
#include "infer/prediction_input.hpp"
#include "infer/told_texts.hpp"

#include <teranga/core/held_warnings.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/model/network.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <numeric>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::int64_t most_rows_at_once = 256;

template <class F>
void with_values(const void* values, ElementType type, F&& use) {
  switch (type) {
    case ElementType::f32: return use(static_cast<const float*>(values));
    case ElementType::f64: return use(static_cast<const double*>(values));
    case ElementType::i32: return use(static_cast<const std::int32_t*>(values));
    case ElementType::i64: return use(static_cast<const std::int64_t*>(values));
    case ElementType::u8: return use(static_cast<const std::uint8_t*>(values));
  }
}

// A number that the wanted type cannot hold: where it stands, and what it is.
struct Misfit {
  std::size_t at = 0;
  std::string found, expected;
};

// Into whole numbers go whole numbers alone, and those that they can hold.
template <class To, class From>
bool fits(From value) {
  if constexpr (std::is_floating_point_v<To>) return true;
  else if constexpr (std::is_floating_point_v<From>) {
    constexpr double beyond = 2.0 * (static_cast<double>(std::numeric_limits<To>::max() / 2) + 1);  // the largest whole number and 1, exactly
    return value == std::trunc(value) && static_cast<double>(value) >= static_cast<double>(std::numeric_limits<To>::min()) && static_cast<double>(value) < beyond;
  } else return std::in_range<To>(value);
}

std::optional<Misfit> convert(const void* from, ElementType from_type, void* to, ElementType to_type, std::size_t count) {
  std::optional<Misfit> out;
  with_values(from, from_type, [&](const auto* given) {
    with_values(to, to_type, [&](const auto* wanted) {
      using To = std::remove_cvref_t<decltype(*wanted)>;
      const auto* const bad = std::find_if_not(given, given + count, [](const auto value) { return fits<To>(value); });
      if (bad == given + count) std::transform(given, given + count, static_cast<To*>(to), [](const auto value) { return static_cast<To>(value); });
      else out = Misfit{static_cast<std::size_t>(bad - given), fmt::format("{}", *bad), fmt::format("a whole number from {} to {}", std::numeric_limits<To>::min(), std::numeric_limits<To>::max())};
    });
  });
  return out;
}

// Where each field of the network lies for a batch of samples.
class Feed {
 public:
  Feed(const PredictionInput& input, const model::Network& network, std::size_t only_feature, std::int64_t rows) : input_(input) {
    const std::vector<data::Field>& fields = input.source().fields();
    given_.resize(network.fields().size(), nullptr);
    for (std::size_t f = 0; f < fields.size(); ++f) {
      raw_.emplace_back(fields[f].absent ? 0 : fields[f].bytes() * static_cast<std::size_t>(rows));
      wanted_.push_back(fields[f].absent || (!input.prepared() && f > 0) ? nullptr : raw_.back().data());
      if (input.prepared()) given_[f] = wanted_[f];
    }
    if (input.prepared()) return;
    const model::Field& to = network.fields()[only_feature];
    elements_ = static_cast<std::size_t>(fields.front().elements()), to_ = to.type;
    converted_ = Buffer(elements_ * size_of(to.type) * static_cast<std::size_t>(rows));
    given_[only_feature] = converted_.data();
  }

  // Samples first, first + 1, ...; what it gives is valid until the next call.
  model::Batch batch(std::int64_t first, std::int64_t rows) {
    numbers_.resize(static_cast<std::size_t>(rows));
    std::iota(numbers_.begin(), numbers_.end(), first);
    ids_.assign(numbers_.begin(), numbers_.end());
    input_.fill(numbers_, wanted_);
    if (!input_.prepared()) take_array(first, static_cast<std::size_t>(rows));
    return {rows, rows, ids_, given_};
  }

  bool has(std::size_t field) const { return field < given_.size() && given_[field]; }

 private:
  void take_array(std::int64_t first, std::size_t rows) {
    if (const auto misfit = convert(raw_.front().data(), input_.source().fields().front().type, converted_.data(), to_, elements_ * rows))
      throw Error(ExitCode::data, fmt::format("{}: row {}, column {} (both counted from 0): the network takes {}, found {}", input_.name(), static_cast<std::size_t>(first) + misfit->at / elements_, misfit->at % elements_,
                                              misfit->expected, misfit->found));
  }

  const PredictionInput& input_;
  std::vector<Buffer> raw_;  // of each field of the source
  std::vector<void*> wanted_;
  Buffer converted_;         // arrays as the network takes them
  std::size_t elements_ = 0;
  ElementType to_ = ElementType::f32;
  std::vector<const void*> given_;  // of each field of the network
  std::vector<std::int64_t> numbers_;
  std::vector<std::uint64_t> ids_;
};

class Predictor {
 public:
  Predictor(const PredictOptions& options, const Restored& restored) : options_(options), restored_(restored), team_(options.threads), recipe_(recipe_of_network(restored, options.network, "predict")) {
    // A network that calls feed takes arrays, of whose fields only the training knows.
    bool of_calls = false;
    for (const recipe::LayerRecipe* input : recipe::network_inputs(recipe_, recipe_.layers.empty() ? "" : recipe_.layers.front().network)) of_calls = of_calls || recipe::origin_of(input) == "call";
    input_ = std::make_unique<PredictionInput>(restored, options, of_calls);
    network_ = network_of(restored, recipe_to_layer(recipe_, options.layer, "predict: --layer"), input_->prepared() ? fields_of(input_->source()) : fields_of_training(restored), team_);
    choose_feature();
    const auto texts = options.layer.empty() ? recipe_of_texts(recipe_, options.beam) : std::nullopt;
    if (options.beam > 0 && !texts) throw Error(ExitCode::usage, options.layer.empty() ? "predict: --beam is for networks that the loss ctc judges, and this one is none" : "predict: --beam searches for texts of the whole network, and --layer asks for a part of it", "leave out --beam");
    if (texts) teller_ = network_of(restored, *texts, input_->prepared() ? fields_of(input_->source()) : fields_of_training(restored), team_);
  }

  Prediction run(FileFormat format) {
    const std::int64_t samples = input_->source().count(input_->part());
    PredictionTable table;
    Shape shape;
    // Texts in texts, and in arrays the numbers that they are read from.
    const bool tells = teller_ && (options_.classes || format == FileFormat::csv || format == FileFormat::json);
    (tells ? teller_ : network_)->predict({}, shape);
    if (options_.layer.empty()) table.classification = Classification::of(restored_.recipe, network_->fields(), shape);
    const std::optional<std::size_t> target = table.classification ? table.classification->target() : loss_target();
    if (target) table.names = network_->fields()[*target].columns;
    table.classes = options_.classes, table.top = options_.top, table.tells = tells;
    shape[0] = samples;
    table.outputs = Tensor(ElementType::f32, shape);
    if (input_->prepared()) table.files = data::names_of_samples(input_->source());
    keep_columns(table);
    table.losses.resize(options_.errors ? static_cast<std::size_t>(samples) : 0);
    require_place(table, format);  // before the work
    of_data_.release();
    fill(tells ? *teller_ : *network_, table.outputs);
    if (tells) table.texts = texts_of(table.outputs, target ? network_->fields()[*target].class_names : std::vector<std::string>());
    else if (target && !table.classification) to_units_of_data(network_->fields()[*target], table.outputs);
    if (options_.errors) table.losses = losses();
    publish(options_.output, bytes_of(table, format));
    return {samples, options_.classes && !tells ? Shape{samples} : shape};
  }

 private:
  // By what the input calls them, each once, whether it is asked for by its name or by its number.
  void keep_columns(PredictionTable& table) const {
    for (const std::string& asked : options_.keep) {
      auto [name, cells] = input_->column(asked);
      if (std::ranges::find(table.kept, name, &std::pair<std::string, std::vector<std::string>>::first) == table.kept.end()) table.kept.emplace_back(std::move(name), std::move(cells));
    }
  }

  // Where the input is an array, it takes the place of the one feature that the network has. What a call would give comes from the file instead; noise is drawn.
  void choose_feature() {
    std::vector<std::size_t> of_data, of_calls;
    for (const std::size_t input : network_->inputs()) {
      std::vector<std::size_t>& list = network_->fields()[input].origin == model::Origin::given ? of_calls : of_data;
      const model::Origin origin = network_->fields()[input].origin;
      if ((origin == model::Origin::data || origin == model::Origin::given) && std::find(list.begin(), list.end(), input) == list.end()) list.push_back(input);
    }
    const std::vector<std::size_t>& features = of_calls.empty() ? of_data : of_calls;
    if (features.empty()) throw Error(ExitCode::usage, "predict: the network takes noise and nothing else, and so nothing of a file", hint_of_pictures());
    if (input_->prepared()) return;
    if (features.size() > 1) throw Error(ExitCode::usage, fmt::format("predict: the network takes {} features; a file of arrays can give one only", features.size()), of_calls.empty() ? hint_of_files() : "");
    feature_ = features.front();
    const data::Field& found = input_->source().fields().front();
    const model::Field& wanted = network_->fields()[feature_];
    if (found.elements() != element_count(wanted.shape))
      throw Error(ExitCode::data, fmt::format("{}: expected samples of shape {}, as the network was trained on, found {}", input_->name(), to_string(wanted.shape), to_string(found.shape)), hint_of_axis_0(found, wanted.shape));
  }

  std::string hint_of_pictures() const {
    Shape shape;
    network_->predict({}, shape);
    const bool pictures = shape.size() == 3 || (shape.size() == 4 && (shape[3] == 1 || shape[3] == 3));
    return pictures ? fmt::format("teranga generate {}{} --output pictures.npy", shell_word(options_.checkpoint), options_.network.empty() ? "" : " --network " + shell_word(options_.network)) : "";
  }

  std::string hint_of_files() const {
    const host::Item& item = restored_.registry.need(host::Kind::dataset, restored_.recipe.require_data().component.type);
    return data::prepares_new_samples(item) ? fmt::format("--input with a file that the data set \"{}\" reads, like those of the training", item.short_name) : "";
  }

  // One sample is often given without the axis that counts samples.
  std::string hint_of_axis_0(const data::Field& found, const Shape& wanted) const {
    const std::int64_t elements = input_->source().count(input_->part()) * found.elements();
    if (wanted.empty() || elements != element_count(wanted)) return {};
    Shape whole = wanted;
    whole.insert(whole.begin(), 1);
    return fmt::format("axis 0 counts the samples: give the array the shape {}", to_string(whole));
  }

  // The target that the outputs are judged by, where it is one of the data.
  std::optional<std::size_t> loss_target() const {
    const std::vector<std::size_t> targets = network_->targets();
    if (targets.empty() || targets.size() != network_->loss_terms() || network_->fields()[targets.front()].origin != model::Origin::data) return std::nullopt;
    return targets.front();
  }

  // Of a target that the data set normalised, where there is an output for each of its numbers.
  static void to_units_of_data(const model::Field& target, Tensor& outputs) {
    const std::size_t units = target.scales.size(), count = static_cast<std::size_t>(outputs.count());
    if (units == 0 || outputs.count() != outputs.shape()[0] * element_count(target.shape)) return;
    for (std::size_t i = 0; i < count; ++i) {
      float& output = outputs.as<float>()[i];
      output = static_cast<float>(target.offsets[i % units] + target.scales[i % units] * static_cast<double>(output));
    }
  }

  void fill(model::Network& network, Tensor& outputs) {
    // Where a layer keeps states of rows, they go on from batch to batch as in training: of the recipe's size, the last one may be short.
    const std::int64_t at_once = network.store().row_states().empty() ? most_rows_at_once : restored_.recipe.training.batch_size;
    const std::int64_t samples = outputs.shape()[0], width = samples ? outputs.count() / samples : 0;
    Feed feed(*input_, network, feature_, at_once);
    network.begin_pass();
    for (std::int64_t first = 0; first < samples; first += at_once) {
      Shape shape;
      const std::span<const float> found = network.predict(feed.batch(first, std::min(at_once, samples - first)), shape);
      std::memcpy(outputs.as<float>().data() + first * width, found.data(), found.size_bytes());
    }
  }

  // Of each sample by itself, without penalties on weights.
  std::vector<double> losses() {
    if (!options_.layer.empty() || network_->loss_terms() == 0)
      throw Error(ExitCode::usage, options_.layer.empty() ? "predict: --error: this network has no loss of its own: its phases judge it" : "predict: --error is the loss of the whole network, and --layer asks for a part of it", "leave out --error");
    if (const auto& rows = network_->store().row_states(); !rows.empty())
      throw Error(ExitCode::usage, fmt::format("predict: --error is the loss of each sample by itself, and the layer \"{}\" is stateful: what it gives for a sample depends on those before", rows.states().front().layer), "leave out --error");
    Feed feed(*input_, *network_, feature_, 1);
    for (const std::size_t target : network_->targets())
      if (network_->fields()[target].origin == model::Origin::data && !feed.has(target))
        throw Error(ExitCode::data, fmt::format("predict: --error needs the target \"{}\" of each sample, and {} does not give all of them", network_->fields()[target].columns.size() == 1 ? network_->fields()[target].columns[0] : network_->fields()[target].name, input_->name()), "leave out --error, or give each sample its target" + (options_.inputs.empty() ? "" : fmt::format("; where some have one: teranga evaluate {} --input {}", shell_word(options_.checkpoint), shell_words(options_.inputs, " --input "))));
    std::vector<double> out(static_cast<std::size_t>(input_->source().count(input_->part()))), sums(network_->sum_count());
    network_->begin_pass();
    model::Step step;
    step.random_key = noise_key(restored_.recipe.training.seed, restored_.snapshot.step);
    for (std::size_t sample = 0; sample < out.size(); ++sample) {
      std::fill(sums.begin(), sums.end(), 0.0);
      network_->evaluate(feed.batch(static_cast<std::int64_t>(sample), 1), step, sums);
      out[sample] = std::accumulate(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(network_->loss_terms()), 0.0);
    }
    return out;
  }

  const PredictOptions& options_;
  const Restored& restored_;
  log::HeldWarnings of_data_;  // an error of the network or of the options must not stand below warnings of the data
  Team team_;
  recipe::Recipe recipe_;  // of the one network
  std::unique_ptr<PredictionInput> input_;
  std::unique_ptr<model::Network> network_;
  std::unique_ptr<model::Network> teller_;  // of texts; null: it tells none
  std::size_t feature_ = 0;  // that an array is
};

void add_texts(const Value& value, std::vector<std::string>& out) {
  if (value.is<std::string>()) out.push_back(value.as<std::string>());
  if (value.is<Value::List>())
    for (const Value& item : value.as<Value::List>()) add_texts(item, out);
}

// Arrays are bytes, which a terminal would take as letters and commands.
void require_no_terminal(FileFormat format, const std::string& name) {
  if ((format == FileFormat::npy || format == FileFormat::h5) && ::isatty(STDOUT_FILENO) == 1)
    throw Error(ExitCode::usage, fmt::format("predict: --format {} gives bytes, and standard output is a terminal: expected a file or a pipe", name), fmt::format("--output predictions.{}", name));
}

// Known before the work, not behind it.
void require_folder_of(const std::string& output) {
  const std::filesystem::path folder = std::filesystem::path(output).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) throw Error(ExitCode::usage, fmt::format("predict: --output {}: there is no folder {}", output, folder.string()), fmt::format("mkdir -p {}", shell_word(folder.string())));
}

// The predictions must not take the place of what they are made from, nor of the data of the training.
void keep_what_is_read(const PredictOptions& options, const recipe::Recipe& recipe) {
  std::vector<std::string> read = options.inputs;
  if (recipe.data)
    for (const Option& option : recipe.data->component.options) add_texts(option.value, read);
  std::error_code error;
  for (const std::string& path : read)
    if (std::filesystem::equivalent(path, options.output, error) && !error)
      throw Error(ExitCode::usage, fmt::format("predict: --output {} would overwrite a file that holds data", options.output), fmt::format("--output predictions{}", std::filesystem::path(options.output).extension().string()));
}

}  // namespace

Prediction predict(const PredictOptions& options) {
  const FileFormat format = !options.format.empty() ? format_named(options.format) : options.output.empty() ? FileFormat::csv : format_of(options.output, "--output");
  if (options.output.empty()) require_no_terminal(format, options.format);
  math::keep_openmp_single();
  const Restored restored = restore(options.checkpoint, options.overrides, options.trust);
  if (!options.output.empty()) require_folder_of(options.output), keep_what_is_read(options, restored.recipe);
  if (restored.snapshot.step == 0) log::info(fmt::format("{}: step 0: no step of a training has changed these weights", restored.path));
  return Predictor(options, restored).run(format);
}

}  // namespace teranga::train
