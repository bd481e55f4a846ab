// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/generate.hpp>

#include "infer/beam_search.hpp"
#include "infer/next_step.hpp"
#include "session/option_hints.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/data/tokens.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/math/random.hpp>
#include <teranga/model/network.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/networks.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::size_t sequences_at_once = 64;

Error no_writer(const Restored& restored, const std::string& why) {
  return Error(ExitCode::usage, fmt::format("generate: {} holds no network that writes texts: {}", restored.path, why),
               restored.recipe.phases.empty() ? fmt::format("teranga predict {} --input FILE tells its outputs for the samples of a file", shell_word(restored.path)) : fmt::format("for pictures: teranga generate {} --output pictures.png", shell_word(restored.path)));
}

// In [0, 1), multiples of 2^-53: a function of seed, text and step alone.
double uniform(std::int64_t seed, std::uint64_t text, std::int64_t step) {
  std::array<std::uint32_t, 2> bits{};
  math::RandomStream(hash64("teranga.generate") + static_cast<std::uint64_t>(seed), text).bits(2 * static_cast<std::uint64_t>(step), 2, bits.data());
  return static_cast<double>((static_cast<std::uint64_t>(bits[0]) << 21) ^ (bits[1] >> 11)) * 0x1p-53;
}

// A data set that knows what the training learnt: of no sample but an empty text, where it needs no file of the training for it.
std::unique_ptr<data::Source> source_of(const Restored& restored) {
  const host::Item& item = restored.registry.need(host::Kind::dataset, restored.recipe.require_data().component.type);
  if (data::prepares_new_samples(item) && static_cast<const trg_dataset_calls*>(item.native->calls)->extension(TRG_TOKENS)) {
    const log::HeldWarnings of_empty_text;  // it holds nothing that the training knows, which says nothing about the prompt
    return with_typed_hints(item.schema, [&] { return data::open_new_samples(item, data_options(restored.recipe, item), restored.snapshot.data_state, {{}, {""}}); });
  }
  return open_restored_data(restored);
}

// The network, asked for the step after some texts.
class TextGenerator {
 public:
  TextGenerator(const Restored& restored, int threads) : team_(threads), source_(source_of(restored)) {
    if (!restored.recipe.phases.empty()) throw no_writer(restored, "its networks are trained in phases, and none of them alone tells the next step");
    tokens_ = data::Tokens::of(*source_);
    so_far_ = tokens_ ? tokens_->field(data::TokenRole::so_far) : nullptr;
    if (!so_far_) throw no_writer(restored, fmt::format("its data set \"{}\" has no texts that go on", recipe::short_type(restored.recipe.require_data().component.type)));
    given_ = tokens_->field(data::TokenRole::source);
    for (std::size_t f = 0; f < source_->fields().size(); ++f)
      if (source_->fields()[f].role == data::Role::feature && f != so_far_->field && !(given_ && f == given_->field))
        throw no_writer(restored, fmt::format("its data have the feature \"{}\", which is no text", source_->fields()[f].name));
    network_ = std::make_unique<model::Network>(restored.recipe, fields_of(*source_), restored.registry, team_);
    set_weights(*network_, restored.snapshot, restored.path);
    network_->predict({}, output_);
    check(restored);
    for (const data::TokenField& field : tokens_->fields()) memory_.emplace(field.field, std::vector<std::byte>());
  }

  const data::Tokens& tokens() const noexcept { return *tokens_; }
  const data::TokenField& so_far() const noexcept { return *so_far_; }
  const data::TokenField* given() const noexcept { return given_; }  // nullptr: no source is given

  // log p of each id as the step after each text. `rows`, at least as many, is what the network is planned for.
  std::vector<std::vector<double>> after(const std::vector<const Hypothesis*>& texts, const std::vector<std::vector<std::int32_t>>& sources, std::size_t rows) {
    std::vector<std::int64_t> last;
    for (auto& [field, bytes] : memory_) bytes.resize(rows * source_->fields()[field].bytes());
    for (std::size_t row = 0; row < rows; ++row) {
      const Hypothesis& text = *texts[std::min(row, texts.size() - 1)];  // the last one also fills the rows that are too many
      last.push_back(tokens_->lay(*so_far_, text.ids, place(*so_far_, row)));
      if (given_) tokens_->lay(*given_, sources[text.source], place(*given_, row));
    }
    std::vector<const void*> fields(source_->fields().size(), nullptr);
    for (const auto& [field, bytes] : memory_) fields[field] = bytes.data();
    std::vector<std::uint64_t> numbers(rows);
    std::iota(numbers.begin(), numbers.end(), std::uint64_t{0});
    Shape shape;
    const auto count = static_cast<std::int64_t>(rows);
    network_->begin_pass();  // each text is given anew, from its first step on
    const std::span<const float> outputs = network_->predict({count, count, numbers, fields}, shape);
    const auto width = static_cast<std::size_t>(output_.back()), steps = static_cast<std::size_t>(shape.size() == 3 ? shape[1] : 1);
    std::vector<std::vector<double>> out;
    for (std::size_t row = 0; row < texts.size(); ++row) {
      const std::size_t step = shape.size() == 3 ? static_cast<std::size_t>(last[row]) : 0;
      const std::span<const float> told = outputs.subspan((row * steps + step) * width, width);
      if (!std::all_of(told.begin(), told.end(), [](float value) { return std::isfinite(value); })) throw Error(ExitCode::diverged, "generate: the network's outputs are not finite");
      out.push_back(next_.log_p(told));
    }
    return out;
  }

 private:
  // The output must be a probability of each id, for each step of the text or for the one after it.
  void check(const Restored& restored) {
    const recipe::LossRecipe& loss = restored.recipe.losses.front();
    const std::string_view type = recipe::short_type(loss.component.type);
    if (type != "sparse_categorical_crossentropy" && type != "categorical_crossentropy") throw no_writer(restored, fmt::format("the loss \"{}\" judges no probabilities of steps", type));
    const bool each = output_.size() == 3 && output_[1] == so_far_->steps;
    if ((!each && output_.size() != 2) || output_.back() < so_far_->ids)
      throw no_writer(restored, fmt::format("its output is {}; expected (N, {}) or (N, {}, {}), or wider", to_string(output_), so_far_->ids, so_far_->steps, so_far_->ids));
    const Value* logits = find_option(loss.component.options, "from_logits");
    next_ = {logits && logits->is<bool>() && logits->as<bool>(), so_far_->ids, {}};
    for (const std::int32_t id : {so_far_->padding, so_far_->unknown, so_far_->start})
      if (id >= 0) next_.never.push_back(id);
    if (static_cast<std::int64_t>(next_.never.size()) >= so_far_->ids) throw no_writer(restored, "its vocabulary is empty");
  }

  void* place(const data::TokenField& field, std::size_t row) { return memory_.at(field.field).data() + row * source_->fields()[field.field].bytes(); }

  Team team_;
  std::unique_ptr<data::Source> source_;
  std::optional<data::Tokens> tokens_;
  const data::TokenField* so_far_ = nullptr;
  const data::TokenField* given_ = nullptr;
  std::unique_ptr<model::Network> network_;
  Shape output_;
  NextStep next_;
  std::map<std::size_t, std::vector<std::byte>> memory_;  // by field: the samples that it is asked for
};

class Writer {
 public:
  Writer(const GenerateOptions& options, TextGenerator& generator) : options_(options), generator_(generator) {
    encode_sources();
    encode_prompt();
    const data::TokenField& text = generator.so_far();
    steps_ = options.length;
    if (text.end < 0) return;
    const std::int64_t left = text.steps - static_cast<std::int64_t>(begin_.size()) + 1;
    if (left < 1) refuse_long_prompt();
    steps_ = std::min(steps_, left);
  }

  Generation run() {
    Generation out{{}, generator_.so_far().between, given_, unknown_};
    // The sources of the texts to be written, one after the other.
    std::vector<std::size_t> texts;
    for (std::size_t s = 0; s < std::max<std::size_t>(sources_.size(), 1); ++s) texts.insert(texts.end(), static_cast<std::size_t>(options_.count), s);
    const std::size_t width = options_.beam > 0 ? static_cast<std::size_t>(options_.beam) : 1, most = std::max<std::size_t>(sequences_at_once / width, 1);
    for (std::size_t first = 0; first < texts.size(); first += most) {
      const std::vector<std::size_t> some(texts.begin() + static_cast<std::ptrdiff_t>(first), texts.begin() + static_cast<std::ptrdiff_t>(std::min(first + most, texts.size())));
      for (const Hypothesis& h : options_.beam > 0 ? search(some) : draw(some, first)) out.texts.push_back(written(h));
    }
    return out;
  }

 private:
  void encode_sources() {
    const data::TokenField* field = generator_.given();
    if (field && options_.sources.empty()) throw Error(ExitCode::usage, "generate: this network says what becomes of a source, and none is given", "--source TEXT, or --input FILE with a source in each line");
    if (!field && !options_.sources.empty()) throw Error(ExitCode::usage, "generate: this network takes no source; it is a language model", "--prompt TEXT");
    for (const std::string& text : options_.sources) {
      sources_.push_back(generator_.tokens().encode(*field, text));
      count(sources_.back(), field->unknown);
      if (sources_.back().empty() && field->unknown >= 0) sources_.back().push_back(field->unknown);  // a line without words still has its answer
      if (sources_.back().empty()) throw Error(ExitCode::usage, fmt::format("generate: the source \"{}\" has no words", text));
    }
  }

  void encode_prompt() {
    const data::TokenField& field = generator_.so_far();
    begin_ = generator_.tokens().encode(field, options_.prompt);
    count(begin_, field.unknown);
    if (field.start >= 0) begin_.insert(begin_.begin(), field.start);
    if (begin_.empty() && field.first >= 0) begin_.push_back(field.first);
    if (begin_.empty()) throw Error(ExitCode::usage, "generate: a text of this data set cannot begin with nothing: expected --prompt with at least one step");
  }

  // The longest beginning of the prompt that leaves a step to write is what can be typed.
  [[noreturn]] void refuse_long_prompt() const {
    const data::TokenField& text = generator_.so_far();
    const std::size_t first = text.start >= 0 ? 1 : 0, most = static_cast<std::size_t>(text.steps);
    const std::string beginning = generator_.tokens().decode(text, std::span(begin_).subspan(first, most - first));
    throw Error(ExitCode::usage, fmt::format("generate: --prompt has {} steps, and a text that is to go on has {} at most", begin_.size() - first, most - first), fmt::format("--prompt \"{}\"", beginning));
  }

  void count(const std::vector<std::int32_t>& ids, std::int32_t unknown) {
    given_ += static_cast<std::int64_t>(ids.size());
    unknown_ += unknown < 0 ? 0 : std::count(ids.begin(), ids.end(), unknown);
  }

  // Texts are numbered from `first`, whatever else is written beside them.
  std::vector<Hypothesis> draw(const std::vector<std::size_t>& sources, std::size_t first) {
    const Choice choice{options_.temperature.value_or(generator_.given() ? 0 : 1), options_.top_k};
    std::vector<Hypothesis> texts;
    for (const std::size_t source : sources) texts.push_back({source, begin_, 0, 0, false});
    for (std::int64_t step = 0; step < steps_; ++step) {
      std::vector<const Hypothesis*> rows;
      for (const Hypothesis& text : texts) rows.push_back(&text);
      if (std::all_of(texts.begin(), texts.end(), [](const Hypothesis& text) { return text.ended; })) break;
      const auto log_p = generator_.after(rows, sources_, rows.size());
      for (std::size_t row = 0; row < texts.size(); ++row) {
        if (texts[row].ended) continue;
        const std::int32_t id = choice.of(log_p[row], uniform(options_.seed, first + row, step));
        texts[row].ids.push_back(id);
        texts[row].log_p += log_p[row][static_cast<std::size_t>(id)];
        texts[row].ended = id == generator_.so_far().end;
        ++texts[row].steps;
      }
    }
    return texts;
  }

  std::vector<Hypothesis> search(const std::vector<std::size_t>& sources) {
    const BeamSearch beam{options_.beam, options_.length_penalty, steps_, generator_.so_far().end};
    std::vector<std::vector<std::int32_t>> own;
    for (const std::size_t source : sources)
      if (generator_.given()) own.push_back(sources_[source]);
    return beam.run(std::vector(sources.size(), begin_),
                    [&](const std::vector<const Hypothesis*>& rows) { return generator_.after(rows, own, sources.size() * static_cast<std::size_t>(options_.beam)); });
  }

  WrittenText written(const Hypothesis& h) const {
    std::vector<std::int32_t> ids(h.ids.begin() + static_cast<std::ptrdiff_t>(begin_.size()), h.ids.end());
    if (h.ended) ids.pop_back();
    return {generator_.tokens().decode(generator_.so_far(), ids), h.steps, h.log_p, h.ended};
  }

  const GenerateOptions& options_;
  TextGenerator& generator_;
  std::vector<std::vector<std::int32_t>> sources_;
  std::vector<std::int32_t> begin_;  // what every text begins with
  std::int64_t steps_ = 0;           // to write, at most
  std::int64_t given_ = 0, unknown_ = 0;
};

}  // namespace

Generation generate(const GenerateOptions& options) {
  math::keep_openmp_single();
  const Restored restored = restore(options.checkpoint, options.overrides, options.trust);
  TextGenerator generator(restored, options.threads);
  return Writer(options, generator).run();
}

}  // namespace teranga::train
