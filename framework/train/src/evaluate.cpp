// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/evaluate.hpp>

#include "agreement.hpp"
#include "classification.hpp"
#include "group.hpp"
#include "same_work.hpp"

#include <teranga/core/hash.hpp>
#include <teranga/data/loader.hpp>
#include <teranga/model/network.hpp>
#include <teranga/train/restored.hpp>
#include <teranga/train/workbench.hpp>

#include <cmath>

#include <fmt/format.h>

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

class Judge {
 public:
  Judge(const EvaluateOptions& options, const Restored& restored, Communicator& comm) : options_(options), restored_(restored), comm_(comm), team_(threads_for(options.threads, comm)) {}

  Evaluated run() {
    require_same(comm_, {recipe_fact(recipe::resolve(restored_.recipe)),
                         {"part to evaluate", options_.part ? data::to_string(*options_.part) : "any", ExitCode::usage, "start all ranks with the same --data"},
                         plugin_fact(restored_.recipe, restored_.registry),
                         {"checkpoint", weights_text(), ExitCode::data, "name a checkpoint file instead of a folder"}});
    together(comm_, [&] { open(); });
    require_same(comm_, data_facts(*source_, restored_.snapshot.data_state));
    std::vector<double> sums(network_->sum_count());
    const std::size_t terms = network_->loss_terms();
    walk(sums);
    comm_.sum(std::span<double>(sums));
    comm_.sum(std::span<std::int64_t>(counts_));
    const std::int64_t samples = source_->count(part_);
    double loss = network_->penalty();
    for (std::size_t t = 0; t < terms; ++t) loss += sums[t] / static_cast<double>(samples);
    const ExitCode code = std::isfinite(loss) ? ExitCode::done : ExitCode::diverged;
    if (!comm_.is_root()) return {std::nullopt, code};

    Evaluation out{restored_.recipe.name, restored_.path, restored_.snapshot.step, part_, samples, {}, std::nullopt};
    out.numbers.emplace_back("loss", loss);
    const auto metrics = network_->metrics();
    for (std::size_t m = 0; m < metrics.size(); ++m) out.numbers.emplace_back(metrics[m].name, network_->metric_value(m, sums));
    if (classification_) out.confusion = Confusion{classification_->names(), counts_};
    return {std::move(out), code};
  }

 private:
  // A line for the step and each tensor: what the checkpoint holds, wherever each rank read it.
  std::string weights_text() const {
    std::string out = fmt::format("step {}\n", restored_.snapshot.step);
    for (const auto* tensors : {&restored_.snapshot.parameters, &restored_.snapshot.states})
      for (const NamedTensor& t : *tensors) out += fmt::format("{} {}\n", t.name, content_hash(t.tensor.data(), t.tensor.bytes()));
    return out;
  }

  void open() {
    source_ = open_data(restored_.recipe, restored_.registry);
    source_->restore(restored_.snapshot.data_state);
    part_ = chosen_part(*source_, options_.part);
    network_ = std::make_unique<model::Network>(restored_.recipe, fields_of(*source_), restored_.registry, team_);
    set_weights(*network_, restored_.snapshot, restored_.path);
    Shape output;
    network_->predict({}, output);
    classification_ = Classification::of(restored_.recipe, network_->fields(), output);
    if (classification_) counts_.resize(classification_->names().size() * classification_->names().size());
  }

  // Adds this rank's samples to sums and counts.
  void walk(std::vector<double>& sums) {
    data::LoaderOptions loading;
    loading.part = part_;
    loading.batch_size = restored_.recipe.training.batch_size;
    loading.shuffle = false;
    loading.epochs = 1;
    loading.who = {comm_.rank(), comm_.size()};
    data::Loader loader(*source_, loading);
    std::vector<double> of_batch(sums.size());
    model::Step step;
    if (comm_.size() > 1) step.sum_over_ranks = [this](std::span<double> values) { comm_.sum(values); };
    std::vector<const void*> pointers(source_->fields().size());
    while (const data::Batch* batch = loader.next()) {
      for (std::size_t i = 0; i < pointers.size(); ++i) pointers[i] = batch->fields[i].data;
      const model::Batch view{batch->rows, batch->global_rows, batch->sample_ids, pointers};
      std::fill(of_batch.begin(), of_batch.end(), 0.0);
      network_->evaluate(view, step, of_batch);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += i < network_->loss_terms() ? of_batch[i] * static_cast<double>(batch->global_rows) : of_batch[i];
      if (classification_) count(view);
    }
  }

  void count(const model::Batch& batch) {
    Shape shape;
    const std::span<const float> outputs = network_->predict(batch, shape);
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
  std::unique_ptr<model::Network> network_;
  data::Part part_ = data::Part::test;
  std::optional<Classification> classification_;
  std::vector<std::int64_t> counts_;
};

}  // namespace

Evaluated evaluate(const EvaluateOptions& options) {
  const Restored restored = restore(options.checkpoint, options.overrides);
  restored.recipe.require_data();
  Evaluated out;
  in_group([&](Communicator& comm) {
    out = Judge(options, restored, comm).run();
    return out.code;
  });
  return out;
}

}  // namespace teranga::train
