// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/evaluate.hpp>

#include "session/agreement.hpp"
#include "session/classification.hpp"
#include "session/data_record.hpp"
#include "session/group.hpp"
#include "session/option_hints.hpp"
#include "session/part_evaluation.hpp"
#include "infer/log_likelihood.hpp"
#include "infer/prediction_input.hpp"
#include "session/recipe_changes.hpp"
#include "session/same_work.hpp"

#include <teranga/comm/memory_of_node.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/host/node_lender.hpp>
#include <teranga/train/data_checks.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/recipe_checks.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

data::Part chosen_part(const data::Source& source, const std::optional<data::Part>& asked) {
  constexpr data::Part in_turn[] = {data::Part::test, data::Part::validation, data::Part::training};
  if (asked) {
    if (source.has(*asked)) return *asked;
    std::vector<std::string> there;
    for (const data::Part part : in_turn)
      if (source.has(part)) there.emplace_back(data::to_string(part));
    throw Error(ExitCode::usage, fmt::format("the data have no {} part; there is: {}", data::to_string(*asked), fmt::join(there, ", ")));
  }
  for (const data::Part part : in_turn)
    if (source.has(part)) return part;
  throw Error(ExitCode::data, "the data have no samples");
}

// Whether a part is split off from the training samples.
bool splits_parts(const recipe::Recipe& recipe) {
  const recipe::DataRecipe& data = recipe.require_data();
  const Value* share = find_option(data.component.options, "test_split");
  return data.validation_share() > 0 || (share != nullptr && share->is<double>() && share->as<double>() > 0);
}

// As they are typed behind a command.
std::string typed_overrides(const std::vector<std::string>& overrides) {
  std::string out;
  for (const std::string& one : overrides) out.append(" --set ").append(shell_text(one));
  return out;
}

class PartEvaluator {
 public:
  PartEvaluator(const EvaluateOptions& options, const Restored& restored, Communicator& comm) : options_(options), restored_(restored), comm_(comm), team_(place_threads(options.threads, options.pin, comm).threads) {}

  Evaluated run() {
    require_same(comm_, {recipe_fact(recipe::resolve(restored_.recipe)),
                         part_fact(options_.part ? data::to_string(*options_.part) : "any"),
                         plugin_fact(plugins_of(restored_.recipe, restored_.registry)),
                         checkpoint_fact(restored_.snapshot)});
    const std::shared_ptr<NodeMemory> node = memory_of_node(comm_);
    together(comm_, [&] {
      const host::LendNode lent(node.get());
      open();
      source_->share(node);
    });
    const FileFact files = file_fact(comm_, paths(), restored_.registry.need(host::Kind::dataset, restored_.recipe.require_data().component.type));
    require_same(comm_, data_facts(*source_, restored_.snapshot.data_state, files));
    const auto& [batch_size, key] = std::pair{restored_.recipe.training.batch_size, noise_key(restored_.recipe.training.seed, restored_.snapshot.step)};  // the training's own: where it judged, its numbers
    NamedNumbers numbers = evaluate_part(*source_, part_, batch_size, *networks_, comm_, key, [this](const model::Batch& batch) {
      if (classification_) count(batch);
      if (likelihood_ && batch.rows > 0) likelihood_->add(batch);
    });
    if (likelihood_) std::ranges::copy(likelihood_->result(source_->count(part_), comm_), std::back_inserter(numbers));
    comm_.sum(std::span<std::int64_t>(counts_));
    const std::vector<Measured> measured = measured_by(*networks_, *source_);
    const bool finite = std::all_of(numbers.begin(), numbers.end(), [&](const auto& number) {
      const Measured* const one = find_measured(measured, number.first);
      return !one || !one->is_loss || std::isfinite(number.second);
    });
    const std::string of_data = finite ? "" : not_finite_in(restored_.recipe, *source_, part_);
    const ExitCode code = finite ? ExitCode::done : of_data.empty() ? ExitCode::diverged : ExitCode::data;
    // Rank 0 tells it, after it has printed: mpirun ends the others, with what they have not yet said, as soon as one ends with a failure.
    if (!comm_.is_root()) return {std::nullopt, ExitCode::done};
    if (!of_data.empty()) log::warning(fmt::format("the loss is not finite because of the data: {}", of_data));

    Evaluation out{restored_.recipe.name, restored_.path, restored_.snapshot.step, options_.inputs, part_, source_->count(part_), numbers, std::nullopt};
    if (classification_) out.confusion = Confusion{classification_->names(), counts_};
    return {std::move(out), code};
  }

 private:
  void open() {
    log::HeldWarnings of_data;  // an error of the network must not stand below warnings of the data
    with_typed_hints(restored_.registry.need(host::Kind::dataset, restored_.recipe.require_data().component.type).schema, [&] {
      if (options_.inputs.empty()) {
        source_ = open_data(restored_.recipe, restored_.registry);
        if (comm_.is_root()) tell_of_other_data();
        source_->restore(restored_.snapshot.data_state);
      } else {
        open_new_samples();
        of_data.release();  // they tell why a target is absent
        require_targets();
      }
    });
    part_ = chosen_part(*source_, options_.part);
    networks_.emplace(restored_.recipe, *source_, restored_.registry, team_);
    check_row_states(restored_.recipe, networks_->store(), *source_, part_);
    set_weights(networks_->layers(), restored_.snapshot, restored_.path);
    if (!options_.likelihood.layer.empty()) likelihood_.emplace(options_.likelihood, restored_, fields_of(*source_), team_);
    of_data.release();
    if (!restored_.recipe.phases.empty()) return;
    Shape output;
    networks_->layers().predict({}, output);
    classification_ = Classification::of(restored_.recipe, networks_->layers().fields(), output);
    if (classification_) counts_.resize(classification_->names().size() * classification_->names().size());
  }

  // Prepared by what the training learnt; no file of the training is read.
  void open_new_samples() {
    const host::Item& item = restored_.registry.need(host::Kind::dataset, restored_.recipe.require_data().component.type);
    require_inputs("evaluate", options_.inputs);
    require_own_files(restored_, options_.checkpoint, options_.inputs);
    data::NewInput input{.paths = {}, .texts = {}, .judged = true};
    for (const std::string& path : options_.inputs) input.paths.push_back(absolute_path(path).string());
    source_ = data::open_new_samples(item, data_options(restored_.recipe, item), restored_.snapshot.data_state, input);
  }

  std::vector<NamedPath> paths() const {
    if (options_.inputs.empty()) return data_paths(restored_.recipe, restored_.registry);
    std::vector<NamedPath> out;
    for (const std::string& path : options_.inputs) out.push_back({"--input", absolute_path(path).string()});
    return out;
  }

  void require_targets() const {
    for (const data::Field& field : source_->fields())
      if (field.absent) throw Error(ExitCode::data, fmt::format("evaluate: --input {}: there is no target \"{}\" to judge the samples by", fmt::join(options_.inputs, ", "), field.columns.size() == 1 ? field.columns[0] : field.name),
                                   fmt::format("teranga predict {} --input {}{}", shell_word(options_.checkpoint), shell_words(options_.inputs, " --input "), typed_overrides(options_.overrides)));
  }

  void tell_of_other_data() const {
    const DataRecord then = data_record_from(restored_.snapshot.data_record);
    if (then.empty()) return;
    DataRecord now = record_of(restored_.recipe, restored_.registry, *source_);
    now.fields = then.fields;  // what is restored settles them
    const std::vector<std::string> lines = differences(then, now);
    if (lines.empty()) return;
    log::warning(fmt::format("the data are not those that {} was trained on, and are prepared by what it learnt:{}", restored_.path, lines_below(lines)));
    if (splits_parts(restored_.recipe)) log::warning("the training, validation and test parts are split anew from these data: a part that is judged now may hold samples that were trained on; --input FILE judges by the samples of a file");
  }

  void count(const model::Batch& batch) {
    Shape shape;
    const std::span<const float> outputs = networks_->phases().front().of(batch.bucket).predict(batch, shape);
    const std::size_t classes = classification_->names().size();
    for (std::int64_t row = 0; row < batch.rows; ++row) {
      const std::size_t truth = classification_->truth(batch.fields[classification_->target()], row);
      if (truth < classes) ++counts_[truth * classes + classification_->predicted(outputs.data() + row * classification_->outputs())];
    }
  }

  const EvaluateOptions& options_;
  const Restored& restored_;
  Communicator& comm_;
  Team team_;
  std::unique_ptr<data::Source> source_;
  std::optional<Networks> networks_;
  data::Part part_ = data::Part::test;
  std::optional<Classification> classification_;
  std::optional<LogLikelihood> likelihood_;
  std::vector<std::int64_t> counts_;
};

}  // namespace

Evaluated evaluate(const EvaluateOptions& options) {
  const Restored restored = restore(options.checkpoint, options.overrides, options.trust);
  restored.recipe.require_data();
  Evaluated out;
  in_group("evaluate", [&](Communicator& comm) {
    out = PartEvaluator(options, restored, comm).run();
    return out.code;
  });
  return out;
}

}  // namespace teranga::train
